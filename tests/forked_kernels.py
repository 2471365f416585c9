"""The process that a render forks its kernels from is itself forked: Python and its libraries need not start anew."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.experiments.smoke import forking
from tests.forked_python import Stream

OURS = {"analysis", "experiments", "report", "tests"}


class ForkedKernels:
    """In the place of `subprocess` where that process is started."""

    DEVNULL = subprocess.DEVNULL

    class Popen:
        """The code of `python -c CODE` in a process that is forked."""

        def __init__(
            self, command: Sequence[str], cwd: Path, env: Mapping[str, str], stdin: int, pass_fds: Sequence[int]
        ) -> None:
            [number] = pass_fds
            streams = [Stream(each) for each in (1, 2, number)]
            self._process: multiprocessing.Process = forking().Process(
                target=_serve, args=(command[-1], number, streams, str(cwd), dict(env))
            )
            self._process.start()

        def kill(self) -> None:
            self._process.kill()

        def wait(self) -> None:
            self._process.join()


def _serve(code: str, number: int, streams: Sequence[int], folder: str, variables: Mapping[str, str]) -> None:
    """Do what a new process does: it has the libraries, but of our own packages nothing."""
    import matplotlib

    output, errors, channel = streams
    os.dup2(output, 1)
    os.dup2(errors, 2)
    os.environ.clear()
    os.environ.update(variables)
    tempfile.tempdir = None
    os.chdir(folder)
    sys.path[:] = ["", *filter(None, variables.get("PYTHONPATH", "").split(os.pathsep)), *sys.path]
    for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
        del sys.modules[name]
    if backend := variables.get("MPLBACKEND"):  # which is read where it is imported
        matplotlib.rcParams["backend"] = backend
    exec(code.replace(f"({number})", f"({channel})"), {"__name__": "__main__"})
