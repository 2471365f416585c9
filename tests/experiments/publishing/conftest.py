"""A project in which studies have run in the profile smoke."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def after_runs(tmp_path_factory, smoke_runs) -> Path:
    """Studies that trained a model, frozen where a project has its tables, all but sst2-lora; not to be changed."""
    folder = tmp_path_factory.mktemp("push") / "project"
    shutil.copytree(smoke_runs, folder)
    made = folder / "runs" / "smoke" / "frozen"
    shutil.copytree(made, folder / "experiments" / "frozen", ignore=shutil.ignore_patterns("sst2-lora"))
    return folder


@pytest.fixture
def pushing(after_runs, monkeypatch) -> Path:
    """The project is the current one, and there is no token."""
    monkeypatch.chdir(after_runs)
    for name in ("COLOPHON_FROZEN", "COLOPHON_STUDIES", "COLOPHON_RUNS", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("huggingface_hub.get_token", lambda: None)
    return after_runs
