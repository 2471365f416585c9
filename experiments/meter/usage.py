"""One row per run: what it took, as columns of a table."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from experiments.meter.energy import EnergySource
from experiments.tables.sidecar import Column, Hardware


@dataclass(frozen=True)
class Usage:
    """What a run took. Accelerator peaks are None where none was used, and sums over all of them otherwise."""

    wall_seconds: float
    cpu_seconds: float
    warm_up_seconds: float
    peak_memory_bytes: int
    peak_allocated_bytes: int | None
    peak_reserved_bytes: int | None
    tokens: int
    energy_joules: float | None
    energy_source: EnergySource
    hardware: Hardware

    @property
    def tokens_per_second(self) -> float | None:
        """None where no tokens were counted."""
        return self.tokens / self.wall_seconds if self.tokens and self.wall_seconds > 0 else None

    def after(self, earlier: Self) -> Self:
        """What this run and an earlier one took together: sums, and the higher of the peaks."""
        energies = (earlier.energy_joules, self.energy_joules)
        return replace(
            self,
            wall_seconds=earlier.wall_seconds + self.wall_seconds,
            cpu_seconds=earlier.cpu_seconds + self.cpu_seconds,
            warm_up_seconds=earlier.warm_up_seconds + self.warm_up_seconds,
            peak_memory_bytes=max(earlier.peak_memory_bytes, self.peak_memory_bytes),
            peak_allocated_bytes=_higher(earlier.peak_allocated_bytes, self.peak_allocated_bytes),
            peak_reserved_bytes=_higher(earlier.peak_reserved_bytes, self.peak_reserved_bytes),
            tokens=earlier.tokens + self.tokens,
            energy_joules=None if None in energies else sum(energies),
        )

    def row(self) -> Mapping[str, object]:
        """The cells of `USAGE_COLUMNS`."""
        return {
            "wall_seconds": self.wall_seconds,
            "cpu_seconds": self.cpu_seconds,
            "warm_up_seconds": self.warm_up_seconds,
            "peak_memory": self.peak_memory_bytes,
            "peak_gpu_allocated": self.peak_allocated_bytes,
            "peak_gpu_reserved": self.peak_reserved_bytes,
            "tokens": self.tokens or None,
            "tokens_per_second": self.tokens_per_second,
            "energy": self.energy_joules,
            "energy_source": self.energy_source,
            "processor": self.hardware.processor,
            "cores": self.hardware.cores,
            "accelerator": ", ".join(self.hardware.accelerators) or None,
        }


def _higher(first: int | None, second: int | None) -> int | None:
    return max((peak for peak in (first, second) if peak is not None), default=None)


def _seconds(name: str, meaning: str) -> Column:
    return Column(name=name, type="number", unit="s", direction="lower", decimals=3, volatile=True, meaning=meaning)


def _bytes(name: str, meaning: str, nullable: bool) -> Column:
    return Column(
        name=name, type="integer", unit="byte", direction="lower", nullable=nullable, volatile=True, meaning=meaning
    )


USAGE_COLUMNS = (
    _seconds("wall_seconds", "wall time without the warm-up"),
    _seconds("cpu_seconds", "CPU time without the warm-up, with that of finished child processes"),
    _seconds("warm_up_seconds", "wall time of the warm-up"),
    _bytes("peak_memory", "highest resident memory of the process, sampled every 10 ms", nullable=False),
    _bytes("peak_gpu_allocated", "highest GPU memory in use by tensors, over all devices", nullable=True),
    _bytes("peak_gpu_reserved", "highest GPU memory held by the allocator, over all devices", nullable=True),
    Column(name="tokens", type="integer", nullable=True, meaning="tokens that went through the model, without padding"),
    Column(
        name="tokens_per_second",
        type="number",
        volatile=True,
        direction="higher",
        decimals=1,
        nullable=True,
        meaning="tokens per second of wall time",
    ),
    Column(
        name="energy",
        type="number",
        volatile=True,
        unit="J",
        direction="lower",
        decimals=1,
        nullable=True,
        meaning="energy without the warm-up",
    ),
    Column(
        name="energy_source",
        type="string",
        volatile=True,
        meaning="nvml (accelerators only), rapl (processor only), tdp-estimate (rated power x time) or none",
    ),
    Column(name="processor", type="string", volatile=True, meaning="name of the processor"),
    Column(name="cores", type="integer", volatile=True, meaning="processor cores that the process may use"),
    Column(name="accelerator", type="string", nullable=True, volatile=True, meaning="names of the accelerators in use"),
)
