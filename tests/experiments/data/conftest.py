"""Where the shared data lie, and a data folder to write into."""

from pathlib import Path

import pytest

from tests import shared


@pytest.fixture(autouse=True)
def _no_folder_of_the_machine(monkeypatch):
    monkeypatch.delenv("COLOPHON_DATA_DIR", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture
def shared_data() -> Path:
    """The shared data folder; the test is skipped where it is not on the machine."""
    if not (shared.DATA / "sst2" / "dev.tsv").is_file():
        pytest.skip("no shared data folder")
    return shared.DATA


@pytest.fixture
def write(tmp_path):
    """`write("sst2/dev.tsv", text)` puts a file into a data folder and gives the folder."""

    def write(name: str, text: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return tmp_path

    return write
