"""A stranger's project: data of its own, studies in YAML alone, frozen tables that stay fresh until the data change."""

import csv
import shutil

import pytest
import yaml

from experiments.tables.locations import PACKAGE_ROOT
from experiments.tables.read import read_table, table_ids

DATA = {
    "name": "animals",
    "kind": "pair",
    "labels": ["entailment", "not entailment", "Neutral"],
    "splits": {"train": "nli/train.csv", "dev": "nli/validation_matched.csv"},
}
LORA = {
    "model": {"name": "smoke-decoder"},
    "data": DATA,
    "split": {"rule": "stratified", "train": "train", "share": 0.7, "test": "dev"},
    "text": "{premise} so {hypothesis}",
    "training": {
        "method": "lora",
        "lora": {"r": 2, "alpha": 4, "targets": "all-linear"},
        "epochs": 1,
        "batch_size": 8,
        "learning_rate": 5.0e-3,
        "max_tokens": 48,
    },
    "seeds": [0],
}
PROBE = {
    "models": [{"name": "smoke-encoder"}],
    "data": {"name": "songs"},
    "split": "all",
    "prompt": "{words}",
    "targets": [{"kind": "classification", "field": "mood"}, {"kind": "regression", "field": "tempo"}],
    "controls": {"by": "band", "n": 2},
    "poolings": ["mean"],
    "folds": 3,
    "inner_folds": 2,
    "penalties": [1, 100],
}
SONGS = {
    "kind": "free",
    "fields": {"words": "lyrics", "mood": "mood", "tempo": {"column": "bpm", "type": "number"}, "band": "artist"},
    "targets": ["mood", "tempo"],
    "splits": {"all": "songs.csv"},
}


def write_csv(path, columns, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns, *rows])


@pytest.fixture
def own(tmp_path, monkeypatch):
    """The project, as the current folder."""
    (tmp_path / "_quarto.yml").write_text("project: {type: book}\n")
    shutil.copytree(PACKAGE_ROOT / "lockfiles", tmp_path / "lockfiles")
    for name in ("COLOPHON_FROZEN", "COLOPHON_STUDIES", "COLOPHON_RUNS", "COLOPHON_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    for split, n in (("train", 40), ("validation_matched", 20)):
        rows = [
            (
                f"A cat, {split} {i}, sleeps.",
                ["A cat sleeps.", "A dog runs.", f"It is {i}."][i % 3],
                i % 3 if i % 10 else -1,
            )
            for i in range(n)
        ]
        write_csv(tmp_path / "nli" / f"{split}.csv", ("premise", "hypothesis", "label"), rows)
    moods = ["glad", "sad", "calm"]
    songs = [(f"{['sun', 'rain', 'snow'][i % 3]} {i}", moods[i % 3] if i % 9 else "", 60 + i, i % 4) for i in range(36)]
    write_csv(tmp_path / "songs.csv", ("lyrics", "mood", "bpm", "artist"), songs)
    registry = tmp_path / "experiments" / "registry" / "data"
    registry.mkdir(parents=True)
    (registry / "songs.yaml").write_text(yaml.safe_dump(SONGS, sort_keys=False))
    studies = tmp_path / "experiments" / "studies"
    studies.mkdir()
    for study, system, settings in (("animals", "finetuning", LORA), ("song-probe", "probing", PROBE)):
        content = {"study": study, "title": study, "system": system, "profiles": {"cpu": settings}}
        (studies / f"{study}.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
    return tmp_path


def test_from_files_of_ones_own_to_frozen_tables_with_yaml_alone(own, experiments):
    assert experiments("run", "animals", "song-probe").code == 0
    root = own / "experiments" / "frozen"
    parts = {row["part"]: row for row in read_table("animals/splits", root).rows}
    assert {part: row["unlabelled"] for part, row in parts.items()} == {"train": 4, "validation": 4, "test": 2}
    assert parts["test"]["n"] == 18
    counts = [parts["test"][name] for name in ("n_entailment", "n_not_entailment", "n_neutral")]
    assert counts == [6, 6, 6]
    gold = {row["gold"] for row in read_table("animals/predictions", root).rows}
    assert gold == set(DATA["labels"])
    first = read_table("song-probe/selection", root).rows[0]
    assert (first["rule"], first["left_out"], first["remaining"]) == ("has no mood or tempo", 4, 32)
    targets = read_table("song-probe/targets", root).rows
    assert {row["target"] for row in targets} == {"mood", "tempo"}
    assert experiments("status").code == 0

    def edit(path, old, new):
        path.write_text(path.read_text().replace(old, new, 1))

    edit(own / "nli" / "train.csv", "A dog runs.", "A dog ran.")
    assert "data:animals/train" in experiments("status", "--json").out
    edit(own / "experiments" / "registry" / "data" / "songs.yaml", "words: lyrics", "words: artist")
    assert "data:songs.yaml" in experiments("status", "--json").out


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: pair", "kind: pairs", "experiments/studies/animals.yaml:10: profiles.cpu.data.kind: Input should be"),
        ("- entailment\n", "- Neutral\n", "profiles.cpu.data: labels: a label stands twice"),
        (
            "      splits:",
            "      split:",
            "animals.yaml:15: profiles.cpu.data.split: there is no such key; did you mean splits?",
        ),
        (
            "      epochs:",
            "      epoch:",
            "profiles.cpu.training.epoch: there is no such key; did you mean epochs?",
        ),
        ("        r: 2", "        rank: 2", "profiles.cpu.training.lora.rank: there is no such key; there may be "),
        (
            "      kind: pair\n",
            "",
            "animals.yaml:8: profiles.cpu.data: labels describes a data set of your own; say of which",
        ),
        ("test: dev", "test: test", "animals has no split test; it has train, dev"),
        (
            "nli/train.csv",
            "nli/trian.csv",
            "experiments/studies/animals.yaml:16: nli/trian.csv, the split train of animals, ",
        ),
    ],
)
def test_what_is_wrong_in_a_study_is_one_line_with_what_to_do(own, experiments, old, new, said):
    path = own / "experiments" / "studies" / "animals.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    done = experiments("run", "animals")
    assert done.code == 1
    lines = done.err.splitlines()
    assert any(said in line for line in lines), done.err
    assert len(lines) == 1 or "rank" in said  # a key that is near to none stands for none that is missing
    assert "Traceback" not in done.err
    assert table_ids(own / "experiments" / "frozen") == []
