"""Energy between two moments, and who measured it.

`nvml` is what the accelerators say of themselves (their counter of total energy, else their power sampled over time);
`rapl` the processor packages' counters (Linux powercap); `tdp-estimate` no measurement at all but seconds times a
rated power, and only where COLOPHON_RATED_WATTS gives one; `none` otherwise. Sources are never added up: `nvml` leaves
the processor out, `rapl` the accelerators.
"""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from math import inf
from pathlib import Path
from typing import Literal, Protocol

from experiments.meter.hardware import used_cuda
from experiments.tables.errors import UserError, printable

EnergySource = Literal["nvml", "rapl", "tdp-estimate", "none"]
POWERCAP = Path("/sys/class/powercap")
RATED_WATTS = "COLOPHON_RATED_WATTS"


class EnergyCounter(Protocol):
    """Counts from its making on. `sample` is called now and then, `joules` once; None where nothing was measured."""

    source: EnergySource

    def sample(self) -> None: ...

    def joules(self) -> float | None: ...


def start_energy(powercap: Path = POWERCAP) -> EnergyCounter:
    """The best counter that this machine has, started; an estimate where none is readable and a rated power is given.

    Raises UserError where COLOPHON_RATED_WATTS is no power.
    """
    with suppress(OSError, ValueError):
        if used_cuda() is None:
            return RaplCounter(powercap)
    with suppress(Exception):  # NVML has its own error for every way in which a driver can be absent
        if used_cuda() is not None:
            return NvmlCounter()
    given = os.environ.get(RATED_WATTS)
    return RatedPower(_read_watts(given)) if given else NoCounter()


def _read_watts(given: str) -> float:
    with suppress(ValueError):
        if 0 < (watts := float(given)) < inf:
            return watts
    raise UserError(f"{RATED_WATTS} is {printable(given)}, and must be the rated power of this machine in watts")


class NoCounter:
    """Nothing measures energy here."""

    source: EnergySource = "none"

    def sample(self) -> None:
        """Nothing to sample."""

    def joules(self) -> None:
        return None


class RatedPower:
    """Wall seconds times a rated power (W): an upper guess, and labelled as one."""

    source: EnergySource = "tdp-estimate"

    def __init__(self, watts: float) -> None:
        self._watts, self._start = watts, time.perf_counter()

    def sample(self) -> None:
        """Nothing to sample: the power is taken as constant."""

    def joules(self) -> float:
        return self._watts * (time.perf_counter() - self._start)


class RaplCounter:
    """The energy counters of all processor packages. Raises OSError where they cannot be read, ValueError for none.

    A counter starts again at its maximum, after minutes on a busy server: `sample` must come more often than that.
    """

    source: EnergySource = "rapl"

    def __init__(self, powercap: Path = POWERCAP) -> None:
        packages = [zone for zone in sorted(powercap.glob("intel-rapl:*")) if zone.name.count(":") == 1]
        if not packages:
            raise ValueError(f"no processor package below {powercap}")
        self._files = [zone / "energy_uj" for zone in packages]
        self._ranges = [int((zone / "max_energy_range_uj").read_text()) for zone in packages]
        self._last = self._read()
        self._microjoules = 0

    def sample(self) -> None:
        now = self._read()
        for last, current, span in zip(self._last, now, self._ranges, strict=True):
            self._microjoules += current - last if current >= last else current - last + span
        self._last = now

    def joules(self) -> float:
        self.sample()
        return self._microjoules / 1e6

    def _read(self) -> list[int]:
        return [int(file.read_text()) for file in self._files]


class NvmlCounter:
    """The accelerators that this process sees. Raises NVML's errors where there is no driver or no power reading."""

    source: EnergySource = "nvml"

    def __init__(self) -> None:
        import pynvml

        self._nvml = pynvml
        pynvml.nvmlInit()
        self._devices = [pynvml.nvmlDeviceGetHandleByUUID(uuid) for uuid in _device_uuids()]
        self._sampled, self._when, self._watts = 0.0, time.perf_counter(), self._power()
        try:
            self._start: Sequence[int] | None = self._counters()
        except pynvml.NVMLError:  # before Volta there is no counter
            self._start = None

    def sample(self) -> None:
        """Add a trapezium to the integral of power over time; needed only where there is no counter."""
        if self._start is None:
            now, watts = time.perf_counter(), self._power()
            self._sampled += (now - self._when) * (watts + self._watts) / 2
            self._when, self._watts = now, watts

    def joules(self) -> float:
        self.sample()
        if self._start is None:
            return self._sampled
        return sum(end - start for end, start in zip(self._counters(), self._start, strict=True)) / 1e3

    def _counters(self) -> list[int]:
        return [self._nvml.nvmlDeviceGetTotalEnergyConsumption(device) for device in self._devices]

    def _power(self) -> float:
        return sum(self._nvml.nvmlDeviceGetPowerUsage(device) for device in self._devices) / 1e3


def _device_uuids() -> list[str]:
    cuda = used_cuda()
    count = cuda.device_count() if cuda else 0
    return [f"GPU-{cuda.get_device_properties(index).uuid}" for index in range(count)]
