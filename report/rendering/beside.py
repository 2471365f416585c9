"""Work done in a process beside this one: what takes a processor of its own, such as writing the PDF.

The process is started, not forked: libraries that keep threads (Typst) do not survive a fork of what has used them.
"""

import ctypes
import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import TypeVar

from experiments.tables.errors import UserError

Result = TypeVar("Result")
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


class WorkError(UserError):
    """What the work beside raised, in its words; or it was killed."""


@contextmanager
def beside(work: Callable[[], Result]) -> Iterator[Callable[[], Result]]:
    """Start `work`; the function given waits for its result. Both must pickle. Leaving the context ends the work.

    A UserError of the work is raised as WorkError with the same message.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_do, args=(work, sender))
    process.start()
    sender.close()

    def result() -> Result:
        try:
            failed, found = receiver.recv()
        except EOFError:
            process.join()
            raise WorkError(f"a process of the renderer ended early (exit code {process.exitcode})") from None
        if failed:
            raise WorkError(found)
        return found

    try:
        yield result
    finally:
        process.kill()
        process.join()
        receiver.close()


def _do(work: Callable[[], Result], sender: Connection) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal: the process that started this one ends it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        answer = (False, work())
    except (UserError, OSError) as error:
        answer = (True, str(error))
    sender.send(answer)
