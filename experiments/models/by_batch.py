"""What a model says, batch by batch, each kept as it comes: a part of a run that was stopped goes on after the last.

Batches depend on their rows alone, so that what is kept of one is, to the last digit, what would be computed again.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import TypeAdapter

from experiments.meter.meter import Meter
from experiments.meter.usage import Usage
from experiments.tables.appended import Appended
from experiments.tables.digest import SHORT, sha256_json

if TYPE_CHECKING:
    from numpy.typing import NDArray

B = TypeVar("B")
Said = object
"""What JSON can hold; tuples come back as lists."""

SYNCED_EVERY = 1.0  # seconds: a machine that loses its power computes so much again
_USAGE = TypeAdapter(Usage)


class _Kept:
    """The file of a part: a line for each batch, which its place in the part and its rows name.

    A line that cannot be read is as if it were not there.
    """

    def __init__(self, path: Path) -> None:
        self._file, self.loops = Appended(path), 0
        self._found: dict[str, tuple[Said, dict | None, int]] = {}
        for line in self._file.lines():
            with suppress(ValueError, TypeError, KeyError, RecursionError):
                kept = json.loads(line)
                self._found[kept["batch"]] = kept["said"], kept.get("took"), kept.get("interruptions", 0)

    def take(self, name: str) -> tuple[Said, dict | None, int] | None:
        return self._found.pop(name, None)

    def add(self, name: str, said: Said, meter: Meter | None) -> None:
        line = {"batch": name, "said": said}
        if meter:
            line |= {"took": _USAGE.dump_python(meter.so_far(), mode="json"), "interruptions": meter.interruptions}
        self._file.append([line], every=SYNCED_EVERY)


_kept: ContextVar[_Kept | None] = ContextVar("kept batches", default=None)


@contextmanager
def kept_in(path: Path) -> Iterator[None]:
    """Inside, every batch is kept in this file once it is there, and taken from there where it was kept before."""
    outer = _kept.set(_Kept(path))
    try:
        yield
    finally:
        _kept.reset(outer)


def by_batch(
    batches: Iterable[B], find: Callable[[B], Said], device: object, rows: Callable[[B], object] = lambda batch: batch
) -> Iterator[tuple[B, Said]]:
    """Each batch with what `find` finds in it, or what was found in it on such a `device` before the part was stopped.

    `rows` is what JSON can hold of a batch. What a meter had measured until then counts. Nothing is kept of a warm-up,
    nor outside `kept_in`.
    """
    kept, meter = _kept.get(), Meter.running()
    if kept is None or (meter and meter.is_warming_up):
        yield from ((batch, find(batch)) for batch in batches)
        return
    kept.loops += 1
    loop, went_on = kept.loops, False
    for number, batch in enumerate(batches):
        name = f"{loop}.{number} {sha256_json([str(device), rows(batch)])[:SHORT]}"
        found = kept.take(name)
        if found is None:
            outer = _kept.set(None)  # of a loop within this one nothing is kept: it is not gone through again
            try:
                said = find(batch)
            finally:
                _kept.reset(outer)
            if meter and went_on:
                meter.interruptions += 1
            went_on = False
            kept.add(name, said, meter)
        else:
            (said, took, interruptions), went_on = found, True
            if meter and took:
                meter.go_on_after(_USAGE.validate_python(took), interruptions)
        yield batch, said


def packed(array: "NDArray") -> str:
    """An array of 32-bit floating-point numbers as text, to the last digit; `unpacked` gives it back, in one row."""
    return base64.b64encode(array.astype("<f4", copy=False).tobytes()).decode()


def unpacked(text: str) -> "NDArray":
    """See `packed`."""
    import numpy as np

    return np.frombuffer(base64.b64decode(text), "<f4").astype(np.float32)
