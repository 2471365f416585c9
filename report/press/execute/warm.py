"""A process that has imported what the chapters import, and is forked for each of their kernels.

Starting Python and importing takes seconds, forking takes milliseconds; what was imported and read is shared. Chapters
stay apart: each kernel is a process of its own. Where there is no fork to rely on, kernels start in the ordinary way.
"""

import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

# macOS has fork, but its system libraries do not survive it.
CAN_FORK = sys.platform == "linux"

# What every kernel imports beside its chapter's modules, which takes half a second. Not matplotlib's inline backend: it
# sets up the kernel in which it is imported.
_KERNEL = ("ipykernel.kernelapp", "ipykernel.ipkernel")


class WarmProcess:
    """The process that is forked, from this side. Use it as a context: it ends with it, and so do its kernels."""

    def __init__(
        self, modules: Iterable[str], tables: Iterable[str], environment: Mapping[str, str], folder: Path
    ) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-c", f"from {__name__} import serve; serve({theirs.fileno()})"]
            self._process = subprocess.Popen(
                command, cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()]
            )
        self._socket = ours
        self._answers = ours.makefile("r", encoding="utf-8")
        self._turn = threading.Lock()
        self._send({"modules": sorted(modules), "tables": sorted(tables)})

    def fork(self, arguments: Sequence[str], environment: Mapping[str, str], folder: str) -> int:
        """The process id of a new kernel. Raises RuntimeError where the warm process has ended."""
        with self._turn:
            self._send({"arguments": list(arguments), "environment": dict(environment), "folder": folder})
            answer = self._answers.readline()
        if not answer:
            raise RuntimeError("the process that is forked for kernels has ended")
        return int(answer)

    def _send(self, message: Mapping[str, Any]) -> None:
        try:
            self._socket.sendall(json.dumps(message).encode() + b"\n")
        except OSError as error:
            raise RuntimeError(f"the process that is forked for kernels has ended ({error})") from None

    def __enter__(self) -> "WarmProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._answers.close()
        self._socket.close()


class ForkedProcess:
    """A kernel that another process forked, with what `jupyter_client` asks of a `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """None while it runs; then 0, because only its parent hears how it ended."""
        if self.returncode is None:
            try:
                os.kill(self.pid, 0)
            except ProcessLookupError:
                self.returncode = 0
        return self.returncode

    def wait(self) -> int:
        """0, once `poll` has found that it ended; called after that."""
        return self.poll() or 0

    def send_signal(self, number: int) -> None:
        """Send a signal to it, unless it has ended."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it and what it started; it leads a session of its own."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


# --- in the process itself --------------------------------------------------------------------------------------------


def serve(descriptor: int) -> None:
    """Prepare, then fork a kernel for each line that comes, until the other side is gone."""
    channel = socket.socket(fileno=descriptor)
    lines = channel.makefile("r", encoding="utf-8")
    prepare(**json.loads(lines.readline()))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal: the other side ends the kernels
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended kernels leave nothing to wait for
    for line in lines:
        pid = os.fork()
        if not pid:
            os.close(channel.detach())
            run_kernel(**json.loads(line))
        channel.sendall(b"%d\n" % pid)


def prepare(modules: Sequence[str], tables: Sequence[str]) -> None:
    """Import and read beforehand. What fails here fails again in its chapter, which says so."""
    from analysis.facts import reads
    from analysis.facts.read_once import read_once
    from report.rendering.memory import collect_rarely

    collect_rarely()
    reads.watch()
    for name in (*_KERNEL, *modules):
        try:
            importlib.import_module(name)
        except (Exception, SystemExit):
            sys.modules.pop(name, None)
    for table in tables:
        try:
            read_once(table)
        except Exception:
            continue
    gc.freeze()  # what is here now stays: the forks need not look through it, which would copy it


def run_kernel(arguments: Sequence[str], environment: Mapping[str, str], folder: str) -> None:
    """Be a kernel from here on; does not return."""
    from ipykernel.kernelapp import IPKernelApp

    status = 1
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        sys.path[:] = [place for place in sys.path if place]  # IPython puts the folder of the cells there itself
        # A kernel ends when its parent does: that is the process that was forked.
        IPKernelApp.launch_instance(argv=[*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])
        status = 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
