"""Where the shared models lie, one torch thread, and no environment of the machine's own."""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("COLOPHON_MODELS_DIR") or Path(__file__).resolve().parents[4] / "shared" / "models")


@pytest.fixture(autouse=True)
def _quiet_machine(monkeypatch, tmp_path_factory):
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    monkeypatch.delenv("COLOPHON_MODELS_DIR", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture
def shared_models() -> Path:
    """The shared model folder; the test is skipped where it is not on the machine."""
    if not (SHARED / "stories260K" / "model.safetensors").is_file():
        pytest.skip("no shared model folder")
    return SHARED
