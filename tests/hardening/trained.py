"""Kill a run that trains, again and again, until it comes to its end."""

import random
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from experiments.freezing import recover_all
from tests.experiments.smoke import Command, make_project
from tests.hardening.scenes import tables

STUDY = "sst2-head"
RUN = ("run", STUDY, "--profile", "smoke")
COST = f"{STUDY}/cost"
"""The one table that differs from run to run."""


def kill_trainings(chance: random.Random, number: int) -> list[str]:
    """Kill the run so often; what went wrong, a line for each.

    Each call goes on where the one before was killed. Once one comes to its end, its tables are held against those of
    an undisturbed run, and the next begins anew.
    """
    with tempfile.TemporaryDirectory(prefix="trained-") as folder:
        project = make_project(Path(folder).resolve())
        begun = time.monotonic()
        whole = _end(Command(project, *RUN), project)
        seconds = time.monotonic() - begun
        return list(_kill(project, chance, number, whole, seconds))


def _kill(project: Path, chance: random.Random, number: int, whole: dict[str, str], seconds: float) -> Iterator[str]:
    kills = 0
    shutil.rmtree(project / "runs")
    while True:
        running = Command(project, *RUN)
        if kills < number:
            _wait(running, chance.uniform(0.02, 0.7 * seconds))
        if kills < number and running.returncode is None:
            running.send_signal(signal.SIGKILL)
            running.wait(60)
            kills += 1
            # The next command, whatever it is, finishes what was half frozen.
            recover_all(project / "runs" / "smoke" / "frozen")
            if _frozen(project) not in ({}, whole):
                yield f"`experiments {' '.join(RUN)}`, kill {kills}: its tables are neither old nor new"
            continue
        if _end(running, project) != whole:
            yield f"`experiments {' '.join(RUN)}`, gone on after {kills} kills: {running.stderr[-300:]}"
        if kills == number:
            return
        shutil.rmtree(project / "runs")


def _wait(running: Command, seconds: float) -> None:
    end = time.monotonic() + seconds
    while running.returncode is None and time.monotonic() < end:
        time.sleep(0.005)


def _end(running: Command, project: Path) -> dict[str, str]:
    """The tables once it has ended; those of a run that failed are none."""
    running.wait(120)
    return _frozen(project) if running.returncode == 0 else {}


def _frozen(project: Path) -> dict[str, str]:
    found = tables(project / "runs" / "smoke" / "frozen")
    return {name: digest for name, digest in found.items() if name != COST}
