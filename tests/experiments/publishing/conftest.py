"""A project in which studies have run in the profile smoke."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.tables.locations import PACKAGE_ROOT


@pytest.fixture(scope="session")
def after_runs(tmp_path_factory) -> Path:
    """After `experiments run sst2-head snli-qlora squad-lora --profile smoke --seed 3`; not to be changed."""
    folder = tmp_path_factory.mktemp("push")
    shutil.copytree(PACKAGE_ROOT / "experiments" / "studies", folder / "experiments" / "studies")
    shutil.copytree(PACKAGE_ROOT / "lockfiles", folder / "lockfiles")
    (folder / "_quarto.yml").write_text("project: {type: book}\n", "utf-8")
    command = [
        sys.executable,
        "-m",
        "experiments.cli",
        "run",
        "sst2-head",
        "snli-qlora",
        "squad-lora",
        "--profile",
        "smoke",
        "--seed",
        "3",
        "--into",
        "experiments/frozen",
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COLOPHON_")}
    environment |= {"PYTHONPATH": str(PACKAGE_ROOT), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def pushing(after_runs, monkeypatch) -> Path:
    """The project is the current one, and there is no token."""
    monkeypatch.chdir(after_runs)
    for name in ("COLOPHON_FROZEN", "COLOPHON_STUDIES", "COLOPHON_RUNS", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("huggingface_hub.get_token", lambda: None)
    return after_runs
