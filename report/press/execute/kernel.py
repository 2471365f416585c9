"""The kernel that runs the cells: always this interpreter, whatever kernels are installed, and no personal settings."""

import os
import sys
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import default

from report.rendering.ipython import ipython_environment

KERNELSPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}

KERNEL_ARGUMENTS = [
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


def kernel_environment(scratch: Path) -> dict[str, str]:
    """The environment of a kernel; `scratch` takes IPython's files."""
    return {**os.environ, "COLOPHON_ENGINE": "press", **ipython_environment(scratch)}
