"""Python in a process that is forked from the one that commands are forked from: torch is imported once for all.

This file takes the place of Python: `forked_python.py [-u] (-c CODE | -m MODULE | FILE) ARGUMENTS`. It waits for the
process that it has forked, which has its standard streams, passes SIGTERM on to it, and ends as it does.
"""

import atexit
import os
import runpy
import signal
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


def serve(streams: list[int], environment: dict[str, str], arguments: list[str]) -> None:
    """Do in this process what Python does with these arguments. It ends with the process that began it, also if that
    is killed."""
    threading.Thread(target=_end_with_the_caller, daemon=True).start()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = os.fdopen(0, closefd=False)  # as multiprocessing has closed it
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None
    how, *rest = arguments[1:] if arguments[0] == "-u" else arguments
    try:
        if how == "-c":
            sys.argv = ["-c", *rest[1:]]
            exec(rest[0], {"__name__": "__main__"})
        elif how == "-m":
            sys.argv = rest
            runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
        else:
            sys.argv = [how, *rest]
            runpy.run_path(how, run_name="__main__")
    finally:
        atexit._run_exitfuncs()  # which multiprocessing leaves out
        sys.__stdout__.flush()


def _end_with_the_caller() -> None:
    parent_process().join()
    os._exit(1)


def main() -> None:
    from tests.experiments.smoke import forking
    from tests.forked_python import Stream, serve

    streams = [Stream(number) for number in range(3)]
    process = forking().Process(target=serve, args=(streams, dict(os.environ), sys.argv[1:]))
    process.start()
    signal.signal(signal.SIGTERM, lambda *_: os.kill(process.pid, signal.SIGTERM))
    process.join()
    if process.exitcode < 0:
        signal.signal(-process.exitcode, signal.SIG_DFL) if process.exitcode != -signal.SIGKILL else None
        os.kill(os.getpid(), -process.exitcode)
    sys.exit(process.exitcode)


if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    main()
