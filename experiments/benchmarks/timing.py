"""Time whole processes in turn, so that a machine that drifts slows both sides of a ratio."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from experiments.benchmarks.figures import Pair, Run
from experiments.tables.errors import UserError, printable


@dataclass(frozen=True)
class Program:
    """A command, the folder it runs in, and what to do in that folder, untimed, before each run."""

    command: Sequence[str]
    folder: Path
    before: Sequence[str] = ()


def search_path() -> str:
    """The PATH with this interpreter's own programs first, as in an activated environment."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


def time_command(command: Sequence[str], folder: Path, shown: bool = False) -> Run:
    """Run a command to its end; where `shown`, its standard error is ours, so that it can tell how far it is.

    Raises UserError where it fails, with the end of what it said unless that was shown.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        environment = {**os.environ, "PATH": search_path()}
        program = shutil.which(command[0], path=environment["PATH"]) or command[0]
        try:
            process = subprocess.Popen(
                [program, *command[1:]],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=None if shown else errors,
            )
        except OSError as error:
            raise UserError(f"cannot run {command[0]}: {error.strerror}; is it on the PATH?") from None
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:  # an interrupt that this process alone was sent
            process.kill()
            raise
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        printed, complained = (_content(file) for file in (output, errors))
        if process.returncode:
            said = "see above what it said" if shown else printable((complained or printed)[-300:], 300)
            raise UserError(f"`{' '.join(command)}` ended with exit code {process.returncode}: {said}")
    return Run(wall, usage.ru_utime + usage.ru_stime, printed)


def _content(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace").strip()


def run_pairs(ours: Program, theirs: Program, count: int, warm_ups: int) -> Iterator[Pair]:
    """`count` pairs after `warm_ups` uncounted runs of each program; the side that starts changes with each pair."""

    def timed(program: Program) -> Run:
        if program.before:
            time_command(program.before, program.folder)
        return time_command(program.command, program.folder)

    for _ in range(warm_ups):
        timed(ours)
        timed(theirs)
    for number in range(count):
        if number % 2:
            first = timed(theirs)
            yield Pair(timed(ours), first)
        else:
            yield Pair(timed(ours), timed(theirs))
