"""What lies at an address that fsspec knows is fetched once, and again once it has changed."""

import pytest

from experiments.cli.folders import looking_in
from experiments.clusters.addresses import address_of, fetched
from experiments.tables.errors import UserError

pytest.importorskip("fsspec")


def test_a_folder_is_fetched_once_and_again_once_it_has_changed(tmp_path, monkeypatch):
    monkeypatch.setenv("COLOPHON_CACHE", str(tmp_path / "cache"))
    there = tmp_path / "there"
    (there / "nli").mkdir(parents=True)
    (there / "nli" / "train.csv").write_text("a,b\n", "utf-8")
    address = f"file://{there}"
    first = fetched(address)
    assert (first / "nli" / "train.csv").read_text("utf-8") == "a,b\n"
    assert fetched(address) == first
    assert address_of(str(first)) == address
    (there / "nli" / "train.csv").write_text("a,b,c\n", "utf-8")
    second = fetched(address)
    assert second != first
    assert (second / "nli" / "train.csv").read_text("utf-8") == "a,b,c\n"


def test_an_option_may_be_an_address(tmp_path, monkeypatch):
    import os
    from pathlib import Path

    monkeypatch.setenv("COLOPHON_CACHE", str(tmp_path / "cache"))
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "data.csv").write_text("x\n", "utf-8")
    with looking_in(data_dir=Path(f"file://{tmp_path}/there")):
        assert Path(os.environ["COLOPHON_DATA_DIR"], "data.csv").read_text("utf-8") == "x\n"


@pytest.mark.parametrize("address", ["file:///there/is/nothing", "nosuch://bucket/data"])
def test_nothing_there_is_one_line(tmp_path, monkeypatch, address):
    monkeypatch.setenv("COLOPHON_CACHE", str(tmp_path))
    with pytest.raises(UserError, match=address):
        fetched(address)
