"""Measure a block of code: `with Meter() as meter: …`, then `meter.usage`."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from typing import Self

from experiments.meter.energy import POWERCAP, start_energy
from experiments.meter.hardware import cpu_seconds, hardware, used_cuda
from experiments.meter.usage import Usage

SAMPLE_SECONDS = 0.01
_running: ContextVar["Meter | None"] = ContextVar("running meter", default=None)


class Meter:
    """Measures what happens inside `with`, apart from what happens inside `with meter.warm_up():`.

    A warm-up comes first: it compiles kernels, fills caches and touches memory for the first time. Times, peaks,
    tokens and energy start anew after it. The peak of memory is sampled every 10 ms, so that a run does not inherit
    the peak of what came before it in the same process.
    """

    def __init__(self, powercap: Path = POWERCAP) -> None:
        self._powercap = powercap
        self._usage: Usage | None = None
        self._warm_up_seconds = 0.0
        self._stop, self._lock = threading.Event(), threading.Lock()
        self._earlier: Usage | None = None
        self.interruptions = 0
        self.is_warming_up = False

    @staticmethod
    def running() -> "Meter | None":
        """The innermost one that is measuring."""
        return _running.get()

    def __enter__(self) -> Self:
        import psutil

        self._process = psutil.Process()
        self._start()
        self._sampler = threading.Thread(target=self._sample_until_stopped, daemon=True)
        self._sampler.start()
        self._outer = _running.set(self)
        return self

    def __exit__(self, *exception: object) -> None:
        _running.reset(self._outer)
        _wait_for_accelerator()
        self._stop.set()
        self._usage = self.so_far()
        self._sampler.join()

    @contextmanager
    def warm_up(self) -> Iterator[None]:
        """What happens inside is timed apart; afterwards everything is measured from zero."""
        begun, self.is_warming_up = time.perf_counter(), True
        yield
        self.is_warming_up = False
        _wait_for_accelerator()
        self._warm_up_seconds += time.perf_counter() - begun
        self._start()

    def count_tokens(self, tokens: int) -> None:
        """Add to the tokens that went through the model since the warm-up, padding left out."""
        self._tokens += tokens

    def go_on_after(self, earlier: Usage, interruptions: int) -> None:
        """Add what an interrupted run had measured of the same, but for its tokens.

        `earlier` is `so_far` of its meter, after so many interruptions of its own.
        """
        self._earlier, self.interruptions = replace(earlier, tokens=0), interruptions

    def so_far(self) -> Usage:
        """What the block has taken until now."""
        wall, cpu = time.perf_counter() - self._wall, cpu_seconds() - self._cpu
        self._sample()
        cuda = used_cuda()
        with self._lock:
            usage = Usage(
                wall_seconds=wall,
                cpu_seconds=cpu,
                warm_up_seconds=self._warm_up_seconds,
                peak_memory_bytes=self._peak,
                peak_allocated_bytes=_over_devices(cuda.max_memory_allocated) if cuda else None,
                peak_reserved_bytes=_over_devices(cuda.max_memory_reserved) if cuda else None,
                tokens=self._tokens,
                energy_joules=self._energy.joules(),
                energy_source=self._energy.source,
                hardware=hardware(),
            )
        return usage.after(self._earlier) if self._earlier else usage

    @property
    def usage(self) -> Usage:
        """What the block took. RuntimeError while it is running."""
        if self._usage is None:
            raise RuntimeError("the meter is still running")
        return self._usage

    def _start(self) -> None:
        cuda = used_cuda()
        if cuda:
            for index in range(cuda.device_count()):
                cuda.reset_peak_memory_stats(index)
        with self._lock:
            self._tokens, self._peak = 0, 0
            self._energy = start_energy(self._powercap)
        self._sample()
        self._wall, self._cpu = time.perf_counter(), cpu_seconds()

    def _sample_until_stopped(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            self._sample()

    def _sample(self) -> None:
        with self._lock:
            self._peak = max(self._peak, self._process.memory_info().rss)
            self._energy.sample()


def _wait_for_accelerator() -> None:
    cuda = used_cuda()
    if cuda:
        cuda.synchronize()


def _over_devices(measure) -> int:
    cuda = used_cuda()
    return sum(measure(index) for index in range(cuda.device_count()))
