"""How and where a table was made, and what that took."""

import platform
import sys
import time
from contextlib import suppress
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path

from experiments.meter.hardware import cpu_seconds, hardware, used_cuda
from experiments.tables.git import ask_git
from experiments.tables.locations import project_root
from experiments.tables.sidecar import Cost, Profile, Provenance

# Packages whose version can change a measured value; those that the run has loaded are recorded.
PACKAGES = {
    "experiments": "colophon",
    "numpy": "numpy",
    "scipy": "scipy",
    "pyarrow": "pyarrow",
    "sklearn": "scikit-learn",
    "torch": "torch",
    "transformers": "transformers",
    "peft": "peft",
    "bitsandbytes": "bitsandbytes",
    "accelerate": "accelerate",
    "datasets": "datasets",
    "tokenizers": "tokenizers",
    "safetensors": "safetensors",
    "sacrebleu": "sacrebleu",
    "rouge_score": "rouge-score",
}


class Meter:
    """Measures from its making on: wall time, CPU time with that of finished child processes, peak memory."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), cpu_seconds()

    def add(self, wall: float, cpu: float) -> None:
        """Count seconds of wall time and of processor time that were measured before."""
        self._wall, self._cpu = self._wall - wall, self._cpu - cpu

    def cost(self, expected_seconds: float | None = None) -> Cost:
        """What the time since the meter was made took; the peaks are those of the whole process."""
        return Cost(
            wall_seconds=round(time.perf_counter() - self._wall, 3),
            cpu_seconds=round(cpu_seconds() - self._cpu, 3),
            expected_seconds=expected_seconds,
            peak_memory_bytes=_peak_memory(),
            peak_accelerator_bytes=cuda.max_memory_allocated() if (cuda := used_cuda()) else None,
        )


def provenance(
    command: str,
    meter: Meter,
    seeds: tuple[int, ...] = (),
    profile: Profile | None = None,
    expected_seconds: float | None = None,
) -> Provenance:
    """The record of a run that `command` repeats, and that was expected to take so long when it began."""
    return Provenance(
        command=command,
        commit=_commit(project_root()),
        seeds=seeds,
        profile=profile,
        environment=_environment(),
        hardware=hardware(),
        cost=meter.cost(expected_seconds),
    )


def _peak_memory() -> int | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # kibibytes on Linux, bytes on macOS


def _environment() -> dict[str, str]:
    found = {"python": platform.python_version(), "system": f"{platform.system()} {platform.machine()}"}
    for module, name in PACKAGES.items():
        if module in sys.modules:
            with suppress(metadata.PackageNotFoundError):  # a module of that name that no package brought
                found[name] = _version(name)
    return found


@cache
def _version(package: str) -> str:
    return metadata.version(package)


@lru_cache(maxsize=8)
def _commit(project: Path) -> str | None:
    """The commit of the project, ending in "-dirty" where anything but the frozen tables differs from it."""

    head = ask_git(project, "rev-parse", "HEAD")
    if head is None:
        return None
    clean = ask_git(project, "diff", "--quiet", "HEAD", "--", ".", ":(exclude)experiments/frozen") is not None
    return head + ("" if clean else "-dirty")
