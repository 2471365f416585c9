"""A project of its own in which the studies that ship with Colophon run in the profile smoke."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from experiments.tables.locations import PACKAGE_ROOT


def make_project(folder: Path) -> Path:
    """Studies and lock files, copied, so that nothing is written into the real project."""
    shutil.copytree(PACKAGE_ROOT / "experiments" / "studies", folder / "experiments" / "studies")
    shutil.copytree(PACKAGE_ROOT / "lockfiles", folder / "lockfiles")
    (folder / "_quarto.yml").write_text("project: {type: book}\n", "utf-8")
    return folder


def environment() -> dict[str, str]:
    """That of a command in the project: nothing points to data or models of this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COLOPHON_")}
    return {**kept, "PYTHONPATH": str(PACKAGE_ROOT), "HF_HUB_OFFLINE": "1"}


def experiments(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    command = [sys.executable, "-m", "experiments.cli", *arguments]
    return subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
