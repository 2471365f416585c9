"""Commands of this project in forks of this process, which are ended, interrupted or left to themselves."""

import atexit
import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.gates import import_alike, main_of
from tests.faults.plant import Command

STEPS = {"os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate", "subprocess.Popen"}
STEPS |= {"shutil.copyfile", "shutil.copytree", "shutil.rmtree"}
"""What a process does to the disk, as Python tells it, beside opening files to write."""
ENOUGH = 120
"""Seconds after which a command counts as hanging."""


@dataclass(frozen=True)
class At:
    """When a command is sent a signal: before its step of that number, or after so many seconds."""

    step: int = 0
    seconds: float = 0.0
    number: int = signal.SIGKILL


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code (minus the signal that ended it), what it said, its steps, and how long."""

    code: int
    said: str
    steps: int
    seconds: float

    @property
    def lines(self) -> list[str]:
        return self.said.splitlines()


@dataclass(frozen=True)
class Settings:
    """What a command finds: variables of its environment (None for one that is not there), and what to do first."""

    variables: Mapping[str, str | None] = field(default_factory=dict)
    before: Callable[[], object] | None = None
    alike: bool = True
    """Whether this process imports what the command had to import, so that the next need not."""


def run(command: Command, folder: Path, at: At | None = None, settings: Settings | None = None) -> Ended:
    """Run a command in `folder`, in a fork of this process. Its own child processes are not sent the signal."""
    settings = settings or Settings()
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as told:
        start = time.perf_counter()
        pid = os.fork()
        if not pid:
            _be(command, folder, at or At(), settings, output.fileno(), told.fileno())
        code = _wait(pid, at or At())
        seconds = time.perf_counter() - start
        output.seek(0)
        told.seek(0)
        steps, _, modules = told.read().decode().partition("\n")
        if settings.alike:
            import_alike(modules.split())
        return Ended(code, output.read().decode(errors="replace"), int(steps or 0), seconds)


def _wait(pid: int, at: At) -> int:
    begin, sent = time.monotonic(), not at.seconds
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        since = time.monotonic() - begin
        if not sent and since >= at.seconds:
            os.kill(pid, at.number)
            sent = True
        if since > ENOUGH:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            raise TimeoutError(f"a command did not end within {ENOUGH} seconds")
        time.sleep(0.002)


def _be(command: Command, folder: Path, at: At, settings: Settings, output: int, told: int) -> None:
    """Be the command; does not return."""
    code, taken = 70, 0

    def count(event: str, arguments: tuple) -> None:
        nonlocal taken
        if event in STEPS or (event == "open" and arguments[1] and set(arguments[1]) & set("wxa+")):
            taken += 1
            if taken == at.step:
                os.kill(os.getpid(), at.number)

    try:
        os.setsid()
        atexit._clear()  # what is to be done when this process ends, is not for the fork to do
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for name, value in settings.variables.items():
            os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)
        tempfile.tempdir = None
        os.chdir(folder)
        for descriptor in (1, 2):
            os.dup2(output, descriptor)
        if settings.before:
            settings.before()
        sys.addaudithook(count)
        code = main_of(command[0], list(command[1:]))
    except KeyboardInterrupt:
        traceback.print_exc()
        code = 130
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
            atexit._run_exitfuncs()
            os.write(told, "\n".join([str(taken), *sys.modules]).encode())
        os._exit(code)


def restore(source: Path, target: Path) -> None:
    """Make `target` a copy of the folder `source`, whatever it was."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)


def files(folder: Path) -> dict[str, bytes]:
    """The files below a folder by place; empty where it is not there."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
