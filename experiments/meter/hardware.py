"""The machine as far as it matters to a measurement: its names, and the CPU time that this process has used."""

import os
import platform
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

from experiments.tables.sidecar import Hardware


def hardware() -> Hardware:
    """This machine. Accelerators are named only where this process has used one."""
    cuda = used_cuda()
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        memory = None
    return Hardware(
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory_bytes=memory,
        accelerators=tuple(cuda.get_device_name(index) for index in range(cuda.device_count())) if cuda else (),
    )


def used_cuda() -> ModuleType | None:
    """`torch.cuda` where this process has loaded torch and has used an accelerator; torch is never imported for it."""
    torch = sys.modules.get("torch")
    return torch.cuda if torch is not None and torch.cuda.is_initialized() else None


def cpu_seconds() -> float:
    """CPU time so far of this process and of the child processes that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


@cache
def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
