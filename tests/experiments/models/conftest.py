"""One torch thread, and no environment of the machine's own."""

import pytest


@pytest.fixture(autouse=True)
def _quiet_machine(monkeypatch, tmp_path_factory):
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    monkeypatch.delenv("COLOPHON_MODELS_DIR", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
