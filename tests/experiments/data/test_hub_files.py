"""The hub's Parquet files give the same examples as the files of a data folder."""

import pytest

from experiments.data.load import load_split, local_paths
from experiments.data.registry import dataset_entry

pyarrow = pytest.importorskip("pyarrow")
SST2 = {"sentence": ["good film ", "bad film"], "label": [1, 0], "idx": [0, 1]}
SNLI = {"premise": ["a", "b", "c"], "hypothesis": ["d", "e", "f"], "label": [0, -1, 2]}
SQUAD = {
    "id": ["q1", "q2"],
    "title": ["T", "T"],
    "context": ["Ada was here."] * 2,
    "question": ["Who?", "Why?"],
    "answers": [{"text": ["Ada"], "answer_start": [0]}, {"text": [], "answer_start": []}],
}


@pytest.fixture
def cached(tmp_path, monkeypatch):
    """`cached(name, split, columns)` puts a Parquet file into a hub cache at the pinned commit."""
    import huggingface_hub.constants as constants
    import pyarrow.parquet

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))

    def put(name, split, columns):
        entry = dataset_entry(name)
        folder = tmp_path / ("datasets--" + entry.hub.repo.replace("/", "--")) / "snapshots" / entry.hub.revision
        path = folder / entry.split(split).hub
        path.parent.mkdir(parents=True)
        pyarrow.parquet.write_table(pyarrow.table(columns), path)
        return path

    return put


def test_sentences(cached):
    path = cached("sst2", "dev", SST2)
    split = load_split("sst2", "dev")
    assert [(e.id, e.text, e.label) for e in split.examples] == [
        ("dev-1", "good film", "positive"),
        ("dev-2", "bad film", "negative"),
    ]
    assert (split.how, split.revision) == ("hub cache", dataset_entry("sst2").hub.revision)
    assert local_paths("sst2", ("train", "dev")) == {"sst2/train": None, "sst2/dev": path}


def test_pairs_without_a_gold_label_are_left_out_and_counted(cached):
    cached("snli", "test", SNLI)
    split = load_split("snli", "test")
    assert [(e.id, e.label) for e in split.examples] == [("test-1", "entailment"), ("test-3", "contradiction")]
    assert split.unlabelled == 1


def test_questions(cached):
    cached("squad", "dev", SQUAD)
    one, two = load_split("squad", "dev").examples
    assert (one.answerable, one.answers[0].text, two.answerable) == (True, "Ada", False)
    assert one.paragraph == two.paragraph
