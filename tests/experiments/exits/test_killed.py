"""A study that is killed for real ends with the tables of one that ran through."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from experiments.exits.system import TABLES
from experiments.tables.locations import PACKAGE_ROOT
from experiments.tables.read import read_table

from .conftest import STUDY

COMMAND = [sys.executable, "-m", "experiments.cli", "run", STUDY, "--profile", "smoke"]


def project(folder: Path) -> Path:
    """A project in which nothing has run yet."""
    shutil.copytree(PACKAGE_ROOT / "experiments" / "studies", folder / "experiments" / "studies")
    shutil.copytree(PACKAGE_ROOT / "lockfiles", folder / "lockfiles")
    (folder / "_quarto.yml").write_text("project: {type: book}\n", "utf-8")
    return folder


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COLOPHON_")}
    return {**kept, "PYTHONPATH": str(PACKAGE_ROOT), "HF_HUB_OFFLINE": "1"}


def test_a_killed_run_goes_on_to_the_same_tables(tmp_path, smoke_tables):
    folder = project(tmp_path)
    work, frozen = folder / "runs" / STUDY / "smoke" / "smoke-decoder", folder / "runs" / "smoke" / "frozen" / STUDY
    process = subprocess.Popen(COMMAND, cwd=folder, env=environment(), stderr=subprocess.PIPE)
    while process.poll() is None and not any(work.glob("seed-1/checkpoint-*/complete.json")):
        time.sleep(0.005)
    assert process.poll() is None  # it is amid its second training
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert not list(frozen.glob("[!.]*"))
    kept = {name: (work / name).stat().st_mtime_ns for name in ("base.json", "seed-0/found.json")}
    done = subprocess.run(COMMAND, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert kept == {name: (work / name).stat().st_mtime_ns for name in kept}  # not done again
    for table in TABLES.by_name:
        if table != "cost":
            one, other = (read_table(f"{STUDY}/{table}", root).digest for root in (frozen.parent, smoke_tables))
            assert one == other, table
    cost = read_table(f"{STUDY}/cost", frozen.parent).rows
    assert [row["interruptions"] for row in cost if row["stage"] == "training"] == [0, 1]
