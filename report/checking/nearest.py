"""The facts that a number without a table may be meant to be."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from report.checking.findings import Nearest
from report.checking.numbers import Number
from report.ledger.model import Fact, Interval, PValue

MOST = 2
FAR = 0.05
"""How far a fact's number may be from the number that is asked about, as a share of it."""
SMALL = 100
"""Whole numbers below it are so common that only few facts of the same chapter are worth naming."""


class Known:
    """The numbers of a book's facts."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        found = []
        for order, fact in enumerate(facts):
            for value in numbers_of(fact):
                found += (
                    [(value, order, fact), (100 * value, order, fact)] if abs(value) <= 1 else [(value, order, fact)]
                )
        self._facts = sorted(found, key=lambda each: each[:2])
        self._values = [value for value, _, _ in self._facts]

    def has(self, number: Number) -> bool:
        """Whether one of the facts reads so."""
        return any(number.equals(value) for value, _ in self._around(number))

    def near(self, number: Number, chapter: str | None) -> tuple[Nearest, ...]:
        """The facts whose values are closest, those of the chapter first; none where none is close."""
        ranked = []
        for value, (_, order, fact) in self._around(number):
            off = 0.0 if number.equals(value) else abs(value - number.value) / max(abs(number.value), abs(value), 1e-12)
            ranked.append((fact.chapter != chapter, off, order, fact))
        ranked.sort(key=lambda each: each[:3])
        small = number.value is not None and number.value == int(number.value) and abs(number.value) < SMALL
        found: dict[str, Nearest] = {}
        for elsewhere, off, _, fact in ranked:
            if small and not number.percent and (elsewhere or off):
                break
            table = fact.origins[0].table if fact.origins else "?"
            found.setdefault(fact.how, Nearest(table=table, cell=fact.how, text=fact.text))
        return () if small and len(found) > MOST else tuple(found.values())[:MOST]

    def _around(self, number: Number) -> Iterator[tuple[float, tuple[float, int, Fact]]]:
        if number.value is None:
            return
        reach = max(FAR * abs(number.value), 0.5 * 10.0**-number.decimals) * (1 + 1e-9)
        first = bisect_left(self._values, number.value - reach)
        last = bisect_right(self._values, number.value + reach)
        yield from zip(self._values[first:last], self._facts[first:last], strict=True)


def numbers_of(fact: Fact) -> Iterator[float]:
    """The numbers that a fact holds."""
    value = fact.value
    parts: Sequence[object] = (value,)
    if isinstance(value, Interval):
        parts = (value.estimate, value.low, value.high)
    elif isinstance(value, PValue):
        parts = (value.p,)
    for part in parts:
        if isinstance(part, int | float) and not isinstance(part, bool) and math.isfinite(part):
            yield float(part)
