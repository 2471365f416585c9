"""The commands of this project as gates: each runs in a fork of one process that has imported and rendered before.

A fork begins as the process was before anything was planted, and nothing of it remains. The sentences of chapters are
imported in kernels alone, which are processes of their own, so that they are always those of the copy.
"""

import atexit
import contextlib
import importlib
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.faults.plant import Command, Plant

_ALARM = re.compile(r"^(error|warning)\b|Traceback|\b(stale|tampered|missing|orphaned)\b")


@dataclass(frozen=True)
class Answer:
    """How a command ended, and what it printed."""

    code: int
    lines: tuple[str, ...]


class Gates:
    """The commands in the copy in which this process works."""

    def __init__(self) -> None:
        self._before: dict[Command, Answer] = {}
        self.said: list[str] = []
        """The last new lines, for whoever looks into why a fault was not caught."""
        self.failed = False
        """Whether a gate ended otherwise than before the last fault, whatever it said."""

    def know(self, commands: Iterable[Command]) -> None:
        """Run commands before anything is planted, for what they say then."""
        for command in commands:
            if command not in self._before:
                self._before[command] = run(command)

    def catches(self, plant: Plant) -> bool:
        """Whether a gate fails and names the place; run where the plant is planted."""
        self.failed = False
        for command in plant.afterwards:
            if self._names(command, run(command), plant.place):
                return True
        return any(self._names(command, run(command), plant.place) for command in plant.gates)

    def reports(self, plant: Plant) -> list[str]:
        """What the gates have to say of a harmless change: nothing, it is hoped."""
        for command in plant.afterwards:
            run(command)
        return [line for command in plant.gates for line in self._alarms(command, run(command))]

    def _names(self, command: Command, answer: Answer, place: str) -> bool:
        self.said = self._new(command, answer)
        before = self._before.get(command)
        self.failed |= answer.code != (before.code if before else 0)
        return answer.code != 0 and any(re.search(place, line) for line in self.said)

    def _alarms(self, command: Command, answer: Answer) -> list[str]:
        before = self._before[command].code if command in self._before else 0
        alarms = [line for line in self._new(command, answer) if _ALARM.search(line)]
        return alarms or ([f"{' '.join(command)} ended with {answer.code}"] if answer.code != before else [])

    def _new(self, command: Command, answer: Answer) -> list[str]:
        known = self._before.get(command, Answer(0, ())).lines
        return [line for line in answer.lines if line not in known]


def main_of(program: str, arguments: list[str]) -> int:
    """Run a program in this process; returns its exit code."""
    try:
        if program == "report":
            from report.rendering.cli import main

            return main(arguments)
        if program == "manuscript-guard":
            from manuscript_guard.cli import main as guard_main

            return guard_main(arguments) or 0
        if program == "scitexlintr":
            from scitexlintr.cli import main as lint_main

            return lint_main(arguments) or 0
        from experiments.cli.app import main as experiments_main

        sys.argv = ["experiments", *arguments]
        experiments_main()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    return 0


def run(command: Command, folder: Path | None = None) -> Answer:
    """Run a command in a fork of this process, in another folder than this process where one is given."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as imported:
        pid = os.fork()
        if not pid:
            code = 70
            try:
                os.setsid()
                at_exit = ExitFunctions()
                if folder is not None:
                    os.chdir(folder)
                for descriptor in (1, 2):
                    os.dup2(output.fileno(), descriptor)
                code = main_of(command[0], list(command[1:]))
            except BaseException:
                traceback.print_exc()
            finally:
                with contextlib.suppress(Exception):
                    sys.stdout.flush()
                    sys.stderr.flush()
                    at_exit.run()
                    os.write(imported.fileno(), "\n".join(list(sys.modules)).encode())
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        output.seek(0)
        imported.seek(0)
        import_alike(imported.read().decode().split())
        text = output.read().decode(errors="replace")
    return Answer(os.waitstatus_to_exitcode(status), tuple(line.rstrip() for line in text.splitlines()))


class ExitFunctions:
    """What a fork registers for its end from now on. What its parent registered is not for the fork to do.

    `atexit._clear` would free the functions of the parent, some of which belong to libraries that crash when that
    happens in a fork.
    """

    def __init__(self) -> None:
        self._registered: list[Callable[[], object]] = []
        atexit.register = self._register

    def _register(self, function: Callable, *arguments: object, **named: object) -> Callable:
        self._registered.append(partial(function, *arguments, **named))
        return function

    def run(self) -> None:
        while self._registered:
            self._registered.pop()()


def import_alike(modules: list[str]) -> None:
    """Import what a fork had to import, so that the next need not."""
    for name in modules:
        if name not in sys.modules and not name.startswith(("analysis.chapters", "analysis.this_report", "_")):
            with contextlib.suppress(Exception):
                importlib.import_module(name)
