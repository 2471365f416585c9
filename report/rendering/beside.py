"""Work done in a process beside this one: what takes a processor of its own, such as writing the PDF.

The process is started, not forked: libraries that keep threads (Typst) do not survive a fork of what has used them.
"""

import ctypes
import multiprocessing
import pkgutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any

from experiments.tables.errors import UserError

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


class WorkError(UserError):
    """What the work beside raised, in its words; or it was killed."""


@contextmanager
def run_beside(function: str) -> Iterator[Callable[..., Callable[[], Any]]]:
    """Start a process that imports a function, named `package.module:function`, and calls it with what this is given.

    What this gives returns at once a function that waits for the result. Arguments and result must pickle. Leaving the
    context ends the process. A UserError there is raised as WorkError with the same message.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_do, args=(function, theirs))
    process.start()
    theirs.close()

    def result() -> Any:
        try:
            failed, found = ours.recv()
        except (EOFError, ConnectionError):
            process.join()
            raise WorkError(f"a process of the renderer ended early (exit code {process.exitcode})") from None
        if failed:
            raise WorkError(found)
        return found

    def begin(*arguments: Any) -> Callable[[], Any]:
        # One that ended before it was asked is told of where its result is waited for.
        with suppress(ConnectionError):
            ours.send(arguments)
        return result

    try:
        yield begin
    finally:
        process.kill()
        process.join()
        ours.close()


def _do(function: str, theirs: Connection) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal: the process that started this one ends it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    work = pkgutil.resolve_name(function)
    try:
        answer = (False, work(*theirs.recv()))
    except (UserError, OSError) as error:
        answer = (True, str(error))
    theirs.send(answer)
