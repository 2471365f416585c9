"""Where the shared data lie, and a data folder to write into."""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("COLOPHON_DATA_DIR") or Path(__file__).resolve().parents[4] / "shared" / "data")


@pytest.fixture(autouse=True)
def _no_folder_of_the_machine(monkeypatch):
    monkeypatch.delenv("COLOPHON_DATA_DIR", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture
def shared_data() -> Path:
    """The shared data folder; the test is skipped where it is not on the machine."""
    if not (SHARED / "sst2" / "dev.tsv").is_file():
        pytest.skip("no shared data folder")
    return SHARED


@pytest.fixture
def write(tmp_path):
    """`write("sst2/dev.tsv", text)` puts a file into a data folder and gives the folder."""

    def write(name: str, text: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return tmp_path

    return write
