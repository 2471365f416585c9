"""The kernel that runs the cells: always this interpreter, whatever kernels are installed, and no personal settings."""

import asyncio
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import default

from analysis.facts.dependencies import shared_modules
from experiments.tables.secrets import without_secrets
from report.ledger.logs import chapter_log
from report.press import ENGINE
from report.press.execute.warm import CAN_FORK, ForkedProcess, WarmProcess
from report.rendering.ipython import ipython_environment
from report.rendering.project import ChapterRef, Project

KERNELSPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}

# As ipykernel sets it; matplotlib reads it when it is imported, which may be before a kernel is.
_INLINE = "module://matplotlib_inline.backend_inline"

KERNEL_ARGUMENTS = [
    # Without a library that encrypts, each kernel would warn that its sockets are plain; they are this machine's own.
    "--IPKernelApp.log_level=ERROR",
    # Figures that matplotlib shows by itself: one vector format for both outputs, the same bytes each time.
    "--InlineBackend.figure_formats=svg",
    "--InlineBackend.print_figure_kwargs={'bbox_inches': 'tight', 'metadata': {'Date': None}}",
    "--InlineBackend.rc={'svg.hashsalt': 'colophon'}",
]


class _ThisInterpreter(KernelSpecManager):
    """Knows one kernel: `ipykernel` of the running Python."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name=KERNELSPEC["display_name"], language=KERNELSPEC["language"])


class ThisKernelManager(AsyncKernelManager):
    """Starts kernels of the running Python."""

    @default("kernel_spec_manager")
    def _own_kernel_spec_manager(self) -> KernelSpecManager:
        return _ThisInterpreter(parent=self)


class ForkingKernelManager(ThisKernelManager):
    """Has a warm process forked for each kernel; made by `kernels`."""

    warm: WarmProcess

    async def _async_pre_start_kernel(self, **arguments: Any) -> tuple[list[str], dict[str, Any]]:
        self.provisioner = _ForkProvisioner(
            warm=self.warm, kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
        )
        return await super()._async_pre_start_kernel(**arguments)


@contextmanager
def kernels(
    project: Project, chapters: Sequence[ChapterRef], environment: dict[str, str], warm: WarmProcess | None = None
) -> Iterator[type[ThisKernelManager]]:
    """The manager that starts kernels for `chapters`, where it can as forks of one process: `warm`, or their own.

    Their own lasts as long as the context.
    """
    with ExitStack() as stack:
        if warm is None and chapters and CAN_FORK:
            warm = stack.enter_context(warm_process(project, chapters, environment))
        yield type("ForkingKernelManager", (ForkingKernelManager,), {"warm": warm}) if warm else ThisKernelManager


def warm_process(project: Project, chapters: Sequence[ChapterRef], environment: dict[str, str]) -> WarmProcess:
    """A process that imports what the chapters import, and reads the tables that they read when they last ran."""
    modules = {name for chapter in chapters for name in shared_modules(project.root, chapter.path)}
    logs = [log for chapter in chapters if (log := chapter_log(project, ENGINE, chapter)) is not None]
    tables = {table for log in logs for table in log.tables}
    return WarmProcess(modules, tables, environment, execution_folder(project, chapters[0]))


def execution_folder(project: Project, chapter: ChapterRef) -> Path:
    """The folder that the cells run in: the chapter's own, as in Quarto, unless `execute-dir: project` is set."""
    settings = project.metadata.get("project", {})
    return project.root if settings.get("execute-dir") == "project" else chapter.path.parent


class _ForkProvisioner(LocalProvisioner):
    """A kernel on this machine that was not started as a program but forked."""

    def __init__(self, warm: WarmProcess, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._warm = warm

    async def launch_kernel(self, cmd: list[str], **arguments: Any) -> KernelConnectionInfo:
        # The command is `python -m ipykernel_launcher` and what the kernel is told.
        pid = await asyncio.to_thread(self._warm.fork, cmd[3:], arguments["env"], arguments["cwd"])
        self.process = ForkedProcess(pid)
        self.pid = self.pgid = pid
        return self.connection_info


def kernel_environment(scratch: Path) -> dict[str, str]:
    """The environment of a kernel, without tokens, keys and passwords; `scratch` takes IPython's files."""
    own = {"COLOPHON_ENGINE": "press", "MPLBACKEND": _INLINE, **ipython_environment(scratch)}
    return {**without_secrets(os.environ), **own}
