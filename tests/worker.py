"""A worker of pytest-xdist, forked from the process that commands are forked from: torch is imported once for all.

pytest-xdist starts this file in the place of Python. What it forks has its standard streams, and runs its code.
"""

import atexit
import os
import sys
import tempfile
import threading
from multiprocessing import parent_process
from multiprocessing.reduction import DupFd
from pathlib import Path


class Stream:
    """A file descriptor that goes to the process that is forked, where it is a number."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __reduce__(self) -> tuple:
        return _received, (DupFd(self._number),)


def _received(descriptor: object) -> int:
    return descriptor.detach()


def serve(streams: list[int], environment: dict[str, str], code: str) -> None:
    """Run the code of pytest-xdist, which talks to pytest through the streams. It ends with the process that began it,
    also if that is killed."""
    threading.Thread(target=_end_with_the_caller, daemon=True).start()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    sys.stdin = os.fdopen(0, closefd=False)  # as multiprocessing has closed it
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None
    try:
        exec(code, {"__name__": "__main__"})
    finally:
        atexit._run_exitfuncs()  # which multiprocessing leaves out


def _end_with_the_caller() -> None:
    parent_process().join()
    os._exit(1)


def main() -> None:
    from tests.experiments.smoke import forking
    from tests.worker import Stream, serve

    streams = [Stream(number) for number in range(3)]
    process = forking().Process(target=serve, args=(streams, dict(os.environ), sys.argv[-1]))
    process.start()
    process.join()


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    main()
