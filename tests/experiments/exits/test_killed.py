"""A study that is killed for real ends with the tables of one that ran through."""

import signal
import time

from experiments.exits.system import TABLES
from experiments.tables.read import read_table
from tests.experiments.smoke import Command, experiments, make_project

from .conftest import STUDY

RUN = ("run", STUDY, "--profile", "smoke")


def test_a_killed_run_goes_on_to_the_same_tables(tmp_path, smoke_tables):
    folder = make_project(tmp_path)
    work, frozen = folder / "runs" / STUDY / "smoke" / "smoke-decoder", folder / "runs" / "smoke" / "frozen" / STUDY
    running = Command(folder, *RUN)
    while running.returncode is None and not any(work.glob("seed-1/checkpoint-*/complete.json")):
        time.sleep(0.005)
    assert running.returncode is None  # it is amid its second training
    running.send_signal(signal.SIGKILL)
    running.wait(60)
    assert not list(frozen.glob("[!.]*"))
    kept = {name: (work / name).stat().st_mtime_ns for name in ("base.json", "seed-0/found.json")}
    done = experiments(folder, *RUN)
    assert done.returncode == 0, done.stderr
    assert kept == {name: (work / name).stat().st_mtime_ns for name in kept}  # not done again
    for table in TABLES.by_name:
        if table != "cost":
            one, other = (read_table(f"{STUDY}/{table}", root).digest for root in (frozen.parent, smoke_tables))
            assert one == other, table
    cost = read_table(f"{STUDY}/cost", frozen.parent).rows
    assert [row["interruptions"] for row in cost if row["stage"] == "training"] == [0, 1]
