"""A project of its own in which the studies that ship with Colophon run in the profile smoke.

Commands run in processes of their own, forked from one that has imported what they need: importing torch,
transformers and PEFT takes longer than most of these runs.
"""

import atexit
import multiprocessing
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from multiprocessing import forkserver
from pathlib import Path
from typing import Self

from experiments.tables.locations import PACKAGE_ROOT

ADDRESS = "FORKED_AT"
"""The variable with the address of the process that others than this one fork their commands from, too."""


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


class Command:
    """The command `experiments`, running in a process of its own; `more` are further variables of its environment."""

    def __init__(self, folder: Path, *arguments: str, code: str | None = None, **more: str) -> None:
        """With `code`, it is Python code that runs in the place of the command."""
        said = Path(tempfile.mkdtemp(prefix="command-"))
        self._streams = (said / "stdout", said / "stderr")
        for path in self._streams:
            path.touch()
        variables = {**environment(), **more}
        self._process = forking().Process(target=_run, args=(folder, arguments, code, variables, self._streams))
        self._process.start()

    @property
    def returncode(self) -> int | None:
        """None while it runs; that of a process which a signal ended is minus the signal."""
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self._process.pid, number)

    def wait(self, timeout: float | None = None) -> Self:
        """Until it has ended. What it wrote is in `stdout` and `stderr` then."""
        self._process.join(timeout)
        assert self.returncode is not None, "it is still running"
        self.stdout, self.stderr = (path.read_text("utf-8") for path in self._streams)
        return self


def experiments(folder: Path, *arguments: str) -> Command:
    """The command after it has ended."""
    return Command(folder, *arguments).wait()


def start_server() -> str:
    """Start the process that commands are forked from, which ends with this one, and give its address."""
    forking()
    return forkserver._forkserver._forkserver_address


@cache
def forking() -> multiprocessing.context.ForkServerContext:
    """Where commands and workers are forked. Its process has run nothing, so that no thread and no lock is lost."""
    context = multiprocessing.get_context("forkserver")
    if ADDRESS in os.environ:
        started = forkserver._forkserver
        started._forkserver_address = os.environ[ADDRESS]
        started._forkserver_alive_fd = os.open(os.devnull, os.O_RDONLY)  # another process keeps it alive
        started.ensure_running = lambda: None
        return context
    context.set_forkserver_preload(["tests.experiments.forked"])
    given = dict(os.environ)
    try:
        os.environ.clear()
        os.environ.update(environment())
        forkserver.ensure_running()
    finally:
        os.environ.clear()
        os.environ.update(given)
    return context


class Forking:
    """In the place of `multiprocessing` where processes are spawned: they are forked, with the variables of here."""

    Pipe = staticmethod(multiprocessing.Pipe)

    def get_context(self, _: str) -> Self:
        return self

    def Process(self, target: Callable[..., object], args: tuple[object, ...]) -> multiprocessing.Process:
        return forking().Process(target=_begin, args=(dict(os.environ), target, args))


def _begin(variables: dict[str, str], target: Callable[..., object], args: tuple[object, ...]) -> None:
    os.environ.clear()
    os.environ.update(variables)
    tempfile.tempdir = None
    target(*args)


def _run(
    folder: Path, arguments: tuple[str, ...], code: str | None, variables: dict[str, str], streams: tuple[Path, Path]
) -> None:
    from experiments.cli import main

    for number, path in enumerate(streams, start=1):
        with path.open("wb") as file:
            os.dup2(file.fileno(), number)
    os.environ.clear()
    os.environ.update(variables)
    tempfile.tempdir = None
    os.chdir(folder)
    sys.argv = ["experiments", *arguments]
    try:
        main() if code is None else exec(code, {"__name__": "__main__"})
    finally:
        atexit._run_exitfuncs()  # which multiprocessing leaves out
