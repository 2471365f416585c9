"""Of what lies at an address that fsspec knows the files that are read are fetched, and again once they change."""

import os
from pathlib import Path

import pytest

from experiments.data.load import load_split
from experiments.data.registry import dataset_entry
from experiments.hub.addresses import bring, copy_of
from experiments.models.locate import locate
from experiments.models.registry import model_entry
from experiments.tables.errors import UserError
from experiments.tables.locations import cache_root

fsspec = pytest.importorskip("fsspec")


@pytest.fixture
def there(tmp_path, monkeypatch) -> Path:
    """An empty folder that lies at an address."""
    monkeypatch.setenv("COLOPHON_CACHE", str(tmp_path / "cache"))
    (tmp_path / "there").mkdir()
    return tmp_path / "there"


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def fetched() -> set[str]:
    """The names of what has been fetched so far."""
    copies = [path for path in (cache_root() / "fetched").iterdir() if path.is_dir()]
    return {path.relative_to(copy).as_posix() for copy in copies for path in copy.rglob("*") if path.is_file()}


def test_a_file_is_fetched_once_and_again_once_it_has_changed(there):
    write(there, {"nli/train.csv": "a,b\n", "nli/dev.csv": "c\n"})
    train = lambda files: [file for file in files if file == "nli/train.csv"]  # noqa: E731
    first = copy_of(f"file://{there}")
    bring(first, train)
    inode = (first / "nli" / "train.csv").stat().st_ino
    bring(copy_of(f"file://{there}"), train)
    assert (first / "nli" / "train.csv").stat().st_ino == inode
    assert fetched() == {"nli/train.csv"}
    write(there, {"nli/train.csv": "a,b,c\n"})
    second = copy_of(f"file://{there}")
    bring(second, train)
    assert second != first
    assert (second / "nli" / "train.csv").read_text("utf-8") == "a,b,c\n"


@pytest.mark.parametrize("slashes", ["://", ":/"])  # a path keeps one of them
def test_of_data_sets_the_splits_that_are_read_are_fetched(there, monkeypatch, slashes):
    rows = "sentence\tlabel\nfine\t1\nbad\t0\n"
    write(there, {"sst2/train.tsv": rows, "sst2/dev.tsv": rows, "other/huge.tsv": "x\n", ".hidden": "x"})
    monkeypatch.setenv(
        "COLOPHON_DATA_DIR", f"file{slashes}{there.as_posix().lstrip('/') if slashes == ':/' else there}"
    )
    entry = dataset_entry("sst2")
    assert "sst2/dev.tsv" in entry.split("dev").file
    assert [example.text for example in load_split("sst2", "dev").examples] == ["fine", "bad"]
    assert fetched() == {"sst2/dev.tsv"}


def test_of_models_the_one_that_is_named_is_fetched_without_what_nobody_reads(there, monkeypatch):
    name = model_entry("openllama-7b").folders[0]
    ours = {f"{name}/config.json": "{}", f"{name}/model.safetensors": "x"}
    more = {f"{name}/pytorch_model.bin": "x", f"{name}/onnx/model.onnx": "x", "another/model.safetensors": "x"}
    write(there, ours | more)
    monkeypatch.setenv("COLOPHON_MODELS_DIR", f"file://{there}")
    assert locate("openllama-7b").folder.name == name
    assert fetched() == set(ours)


def test_a_file_that_is_gone_meanwhile_is_one_line_and_nothing_is_left(there):
    write(there, {"a.csv": "a\n"})
    copy = copy_of(f"file://{there}")
    os.remove(there / "a.csv")
    with pytest.raises(UserError, match=r"cannot be fetched: .*a\.csv"):
        bring(copy, lambda files: files)
    assert fetched() == set()


@pytest.mark.parametrize("address", ["file:///there/is/nothing", "nosuch://bucket/data"])
def test_nothing_there_is_one_line(there, address):
    with pytest.raises(UserError, match=address):
        copy_of(address)
