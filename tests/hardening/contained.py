"""Read hostile files in a process of their own, with little memory and little time, and tell what came of each."""

import faulthandler
import os
import pickle
import resource
import select
import signal
import struct
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from experiments.tables.errors import UserError

SECONDS = 4
"""Of CPU time that one input may take; none of them takes a healthy reader a tenth of that."""
ROOM = 2**30
"""Bytes of address space beyond what the process has when it begins."""
AT_LEAST, TIMES = 2**22, 40
"""What Python may allocate: so many bytes, or so many times the size of the files."""

Read = Callable[[Path], object]


class OutOfTime(BaseException):
    """No Exception, and no OSError, which what is tried may catch."""


class Case(NamedTuple):
    """One input: its class, what writes it into an empty folder (and returns what is to be read), and what reads it."""

    group: str
    write: Callable[[Path], Path]
    read: Read


class Came(NamedTuple):
    """What came of it: the message for the user, None where the input was taken, and what harm was done, if any."""

    said: str | None
    harm: str | None
    times: float = 0.0
    """The most that Python had allocated, in sizes of the files."""


def try_all(cases: Sequence[Case], warm_up: Callable[[], None] = lambda: None) -> Iterator[Came]:
    """What came of each, in their order. A process that dies takes only the input that killed it along.

    `warm_up` is called in each process before anything is limited or measured.
    """
    done = 0
    while done < len(cases):
        for came in _in_child(cases[done:], warm_up):
            yield came
            done += 1


def _in_child(cases: Sequence[Case], warm_up: Callable[[], None]) -> Iterator[Came]:
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        try:
            _work(cases, theirs, warm_up)
        finally:
            os._exit(0)
    os.close(theirs)
    told, harm = 0, None
    with os.fdopen(ours, "rb", buffering=0) as answers:
        while told < len(cases):
            if not select.select([answers], [], [], 30 * SECONDS)[0]:
                os.kill(child, signal.SIGKILL)
                harm = f"hangs for more than {30 * SECONDS} s, deaf to signals"
                break
            head = _exactly(answers, 4)
            if head is None:
                break
            yield pickle.loads(_exactly(answers, struct.unpack("<I", head)[0]))
            told += 1
    _, status = os.waitpid(child, 0)
    if told < len(cases):
        died = f"the process dies of signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else "the process ends"
        yield Came(None, harm or died)


def _exactly(stream, size: int) -> bytes | None:
    found = b""
    while len(found) < size:
        more = stream.read(size - len(found))
        if not more:
            return None
        found += more
    return found


def _work(cases: Sequence[Case], answers: int, warm_up: Callable[[], None]) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(null, stream)
    faulthandler.disable()
    warm_up()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + ROOM, now + ROOM))
    signal.signal(signal.SIGPROF, _too_long)
    tracemalloc.start()
    for case in cases:
        with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
            told = pickle.dumps(_came_of(case, Path(folder)))
        os.write(answers, struct.pack("<I", len(told)) + told)


def _too_long(number, frame) -> None:
    raise OutOfTime


def _came_of(case: Case, folder: Path) -> Came:
    path = case.write(folder)
    size = sum(os.lstat(file).st_size for file in folder.rglob("*") if file.is_file())
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    said = harm = None
    try:
        case.read(path)
    except UserError as error:
        said = str(error)
        if "\n" in said or not said.isprintable() or not said.strip():
            harm = f"is told in more than one printable line: {said[:300]!a}"
        elif len(said) > 1500:
            harm = f"is told in {len(said)} characters: {said[:200]!a}"
    except OutOfTime:
        harm = f"takes more than {SECONDS} s of CPU time"
    except BaseException as error:  # a panic of a library in Rust is no Exception
        harm = f"{type(error).__name__}: {str(error)[:200]!a}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    peak = tracemalloc.get_traced_memory()[1] - before
    if harm is None and peak > max(AT_LEAST, TIMES * size):
        harm = f"allocates {peak:,} bytes for files of {size:,}"
    with suppress(OSError):
        os.chmod(folder, 0o700)
    return Came(said, harm, peak / max(size, AT_LEAST / TIMES))
