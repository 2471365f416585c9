"""The hub's Parquet files give the same examples as the files of a data folder."""

import pytest

from experiments.choices import DataChoice
from experiments.data.load import load_split, local_paths
from experiments.data.registry import dataset_entry
from experiments.tables.errors import UserError

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

    def put(name, split, columns, file=None):
        entry = dataset_entry(name)
        folder = tmp_path / ("datasets--" + entry.hub.repo.replace("/", "--")) / "snapshots" / entry.hub.revision
        path = folder / (file or entry.split(split).hub)
        path.parent.mkdir(parents=True, exist_ok=True)
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


MNLI = {"premise": ["a", "b"], "hypothesis": ["c", "d"], "label": [0, 2], "idx": [0, 1]}


def test_a_configuration_has_its_splits_by_name_in_as_many_files_as_there_are(cached):
    paths = [cached("mnli", "train", MNLI, f"mnli/train-0000{number}-of-00002.parquet") for number in range(2)]
    cached("mnli", "train", SST2, "mnli_matched/train-00000-of-00001.parquet")
    split = load_split("mnli", "train")
    assert [pair.id for pair in split.examples] == ["train-1", "train-2", "train-3", "train-4"]
    assert [pair.label for pair in split.examples] == ["entailment", "contradiction"] * 2
    assert local_paths("mnli", ("train",)) == {"mnli/train": paths[0], "mnli/train, file 2": paths[1]}
    assert split.digests.keys() == {"mnli/train", "mnli/train, file 2"}


def test_a_configuration_with_a_file_missing_is_not_taken_for_whole(cached):
    cached("mnli", "train", MNLI, "mnli/train-00000-of-00002.parquet")
    with pytest.raises(UserError, match=r"mnli is not on this machine, and .*HF_HUB_OFFLINE"):
        load_split("mnli", "train")


def test_the_hubs_squad_in_either_version(cached):
    cached(
        "squad-v1",
        "dev",
        {name: cells[:1] for name, cells in SQUAD.items()},
        "plain_text/validation-00000-of-00001.parquet",
    )
    [question] = load_split("squad-v1", "dev").examples
    assert (question.id, question.answers[0].start) == ("q1", 0)


def test_a_study_describes_a_data_set_of_the_hub(cached):
    cached("sst2", "dev", {"review": ["fine"], "stars": [5]}, "de/validation-00000-of-00001.parquet")
    hub = dataset_entry("sst2").hub
    data = DataChoice(
        name="reviews",
        kind="sentence",
        fields={"text": "review", "label": "stars"},
        labels={1: "bad", 5: "good"},
        hub={"repo": hub.repo},
        revision=hub.revision,
        configuration="de",
        splits={"dev": {"hub": "validation"}},
    )
    split = load_split(data.entry, "dev")
    assert [(e.text, e.label) for e in split.examples] == [("fine", "good")]
    assert (split.how, split.revision) == ("hub cache", hub.revision)


def test_streaming_without_the_network_is_one_line(monkeypatch):
    entry = dataset_entry("mnli").model_copy(update={"stream": True, "rows": 3})
    with pytest.raises(UserError, match=r"mnli is to be streamed, and .*HF_HUB_OFFLINE") as error:
        load_split(entry, "train")
    assert "\n" not in str(error.value)
