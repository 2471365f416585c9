"""Commands of this project in forks of this process, which are ended, interrupted or left to themselves."""

import contextlib
import faulthandler
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.gates import ExitFunctions, import_alike, main_of
from tests.faults.plant import Command

STEPS = {"os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate", "subprocess.Popen"}
STEPS |= {"shutil.copyfile", "shutil.copytree", "shutil.rmtree"}
"""What a process does to the disk, as Python tells it, beside opening files to write."""
ENOUGH = 900
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


class Running:
    """A command that runs in `folder`, in a fork of this process. Its own child processes are not sent the signal."""

    def __init__(self, command: Command, folder: Path, at: At | None = None, settings: Settings | None = None) -> None:
        self._at, self._settings = at or At(), settings or Settings()
        self._output, self._told = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115
        reading, ready = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            _be(command, folder, self._at, self._settings, self._output.fileno(), self._told.fileno(), ready)
        os.close(ready)
        os.read(reading, 1)  # until the fork is the command
        os.close(reading)
        self._start = time.perf_counter()

    def wait(self) -> Ended:
        """Until it has ended."""
        sent, code = not self._at.seconds, None
        while code is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            since = time.perf_counter() - self._start
            if ended:
                code = os.waitstatus_to_exitcode(status)
            elif not sent and since >= self._at.seconds:
                os.kill(self.pid, self._at.number)
                sent = True
            elif since > ENOUGH:
                os.kill(self.pid, signal.SIGKILL)
            else:
                time.sleep(0.002)
        with self._output, self._told:
            self._output.seek(0)
            self._told.seek(0)
            steps, _, modules = self._told.read().decode().partition("\n")
            import_alike(modules.split())
            return Ended(code, self._output.read().decode(errors="replace"), int(steps or 0), since)

    def stopped(self) -> bool:
        """Wait until it has stopped itself, or has ended; whether it has stopped."""
        return os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT).si_code == os.CLD_STOPPED


def run(command: Command, folder: Path, at: At | None = None, settings: Settings | None = None) -> Ended:
    """Run a command until it has ended."""
    return Running(command, folder, at, settings).wait()


def _be(command: Command, folder: Path, at: At, settings: Settings, output: int, told: int, ready: int) -> None:
    """Be the command; does not return."""
    code, taken, done = 70, 0, False

    def count(event: str, arguments: tuple) -> None:
        nonlocal taken
        if event in STEPS or (event == "open" and arguments[1] and set(arguments[1]) & set("wxa+")):
            taken += 1
            if taken == at.step:
                os.kill(os.getpid(), at.number)

    try:
        os.setsid()
        at_exit = ExitFunctions()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for name, value in settings.variables.items():
            os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)
        tempfile.tempdir = None
        os.chdir(folder)
        for descriptor in (1, 2):
            os.dup2(output, descriptor)
        sys.stdout, sys.stderr = (open(descriptor, "w", closefd=False) for descriptor in (1, 2))  # noqa: SIM115
        faulthandler.enable(sys.stderr)
        if settings.before:
            settings.before()
        sys.addaudithook(count)
        os.write(ready, b".")
        os.close(ready)
        code = main_of(command[0], list(command[1:]))
        done = True
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    except BaseException:
        if not done:  # else the signal came too late
            traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
            at_exit.run()
            os.write(told, "\n".join([str(taken), *sys.modules]).encode())
        os._exit(code)
