"""A stranger's project: data of its own, studies in YAML alone, frozen tables that stay fresh until the data change."""

import json
import shutil
from contextlib import contextmanager

import pytest

from experiments.tables.locations import PACKAGE_ROOT
from experiments.tables.read import read_table, table_ids
from tests.own_data import DATA, write_own_data


@pytest.fixture
def own(tmp_path, monkeypatch):
    """The project, as the current folder."""
    (tmp_path / "_quarto.yml").write_text("project: {type: book}\n")
    shutil.copytree(PACKAGE_ROOT / "lockfiles", tmp_path / "lockfiles")
    for name in ("COLOPHON_FROZEN", "COLOPHON_STUDIES", "COLOPHON_RUNS", "COLOPHON_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    write_own_data(tmp_path)
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


def test_what_a_study_names_and_cannot_be_used_is_told_with_the_line_that_names_it(own, experiments):
    study, models = own / "experiments" / "studies" / "animals.yaml", own / "models"
    (models / "odd").mkdir(parents=True)
    (models / "bad.gguf").write_bytes(b"no model at all")
    config = {"model_type": "llama", "hidden_size": "many", "num_attention_heads": 4}
    (models / "odd" / "config.json").write_text(json.dumps(config))
    (models / "odd" / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    model, data = "  cpu:\n    model:\n      name: smoke-decoder\n", (own / "nli" / "train.csv").read_text()
    for place, file in (("gguf: models/bad.gguf", "bad.gguf"), ("folder: models/odd", "models/odd/config.json")):
        with edited(study, model, f"  cpu:\n    model:\n      name: mine\n      {place}\n"):
            line = only_error(experiments("run", "animals"))
        assert line.startswith("error: experiments/studies/animals.yaml:6: profiles.cpu.model: mine: ")
        assert file in line
    (own / "nli" / "train.csv").write_text(data.replace("premise", "premiss", 1))
    line = only_error(experiments("run", "animals"))
    assert line.startswith("error: experiments/studies/animals.yaml:8: profiles.cpu.data: ")
    assert "nli/train.csv:1: there is no column premise" in line
    (models / "odd" / "model.safetensors").unlink()
    with edited(study, model, "  cpu:\n    model:\n      name: mine\n      folder: models/odd\n"):
        line = only_error(experiments("run", "animals"))
    assert line.startswith("error: experiments/studies/animals.yaml:6: profiles.cpu.model: mine: ")
    assert table_ids(own / "experiments" / "frozen") == []


@contextmanager
def edited(path, old, new):
    """The file with other text in one place, until the block ends."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    yield
    path.write_text(text)


def only_error(done):
    """The one line that a command that failed has said."""
    assert done.code == 1
    [line] = [line for line in done.err.splitlines() if line.startswith("error: ")]
    assert "Traceback" not in done.err
    return line
