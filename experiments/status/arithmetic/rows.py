"""What the cells of one row must agree on, by what the columns say of themselves."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from experiments.statistics.comparisons import least_p_value, mcnemar
from experiments.statistics.level import LEVEL
from experiments.tables.canonical import Row
from experiments.tables.relations import span
from experiments.tables.sidecar import Column, Sidecar

ABOUT_ZERO = re.compile(r"\b(minus|less|difference|slope)\b")
"""The meaning of a column whose interval and p-value are about no difference."""

ONE_METHOD, OTHER_METHOD = 0.005, (0.005, 0.2)
"""How far a p-value and an interval may disagree about zero. Both from one bootstrap: by as much as the steps of a
thousand resamples and their two ways to count a tie. An exact test beside a bootstrap interval: between these p-values
either may be right, and they are not compared. A p-value by Holm's correction answers for several tests and an interval
for one, so these are never compared."""

_COUNTS = (("corrected", "broken"), ("only_model", "only_other"))
"""Columns of the two discordant counts of McNemar's test."""


class Contradiction(NamedTuple):
    """What is wrong in a row: in which column, and how."""

    column: str
    what: str


class _Interval(NamedTuple):
    of: Column
    low: Column
    high: Column


def check_of(sidecar: Sidecar) -> "RowCheck | None":
    """The check of a table's rows, None where its columns have nothing to agree on."""
    check = RowCheck(sidecar)
    return check if check.has_work else None


class RowCheck:
    """The checks that the columns of one table allow."""

    def __init__(self, sidecar: Sidecar) -> None:
        columns = {column.name: column for column in sidecar.columns}
        low = {column.lower_bound_of: column for column in sidecar.columns if column.lower_bound_of}
        high = {column.upper_bound_of: column for column in sidecar.columns if column.upper_bound_of}
        self._columns = columns
        self._intervals = [_Interval(columns[name], low[name], high[name]) for name in low if name in high]
        about_zero = [each for each in self._intervals if ABOUT_ZERO.search(each.of.meaning)]
        self._difference = about_zero[0] if len(about_zero) == 1 else None
        self._p = [
            name
            for name, column in columns.items()
            if re.fullmatch(r"p_(value|mcnemar|holm)", name) or (name == "p" and "p-value" in column.meaning)
        ]
        self._counts = next((pair for pair in _COUNTS if set(pair) <= set(columns)), None)
        self._shares = [
            name for name, column in columns.items() if column.type == "number" and re.match(r"share\b", column.meaning)
        ]

    @property
    def has_work(self) -> bool:
        return bool(self._intervals or self._p or self._shares)

    def of_row(self, row: Row) -> Iterator[Contradiction]:
        """What the cells of a row do not agree on."""
        for interval in self._intervals:
            yield from self._inside(row, interval)
        for name in self._p:
            if _number(row[name]) is not None and not 0 <= row[name] <= 1:
                yield Contradiction(name, f"{row[name]} is no p-value, which lies between 0 and 1")
        for name in self._shares:
            cell = _number(row[name])
            if cell is not None and not -1e-9 <= cell <= 1 + 1e-9:
                yield Contradiction(name, f"{cell} is no share, which lies between 0 and 1")
        yield from self._of_counts(row)
        yield from self._corrected(row)
        yield from self._about_zero(row)

    def _inside(self, row: Row, interval: _Interval) -> Iterator[Contradiction]:
        value, low, high = (_number(row[column.name]) for column in interval)
        if low is not None and high is not None and low > high:
            yield Contradiction(interval.low.name, f"{low} is above the upper bound {high}")
        elif value is not None:
            known = span(value, interval.of)
            if low is not None and known.high < span(low, interval.low).low:
                yield Contradiction(interval.of.name, f"{value} is below its interval, {_shown(low, high)}")
            if high is not None and known.low > span(high, interval.high).high:
                yield Contradiction(interval.of.name, f"{value} is above its interval, {_shown(low, high)}")

    def _of_counts(self, row: Row) -> Iterator[Contradiction]:
        """A p-value of McNemar's exact test that is not that of the two counts beside it."""
        name = self._of_mcnemar(row)
        if self._counts is None or name is None:
            return
        one, other, p = (_number(row[each]) for each in (*self._counts, name))
        if one is None or other is None or p is None or one != int(one) or other != int(other) or min(one, other) < 0:
            return
        right, known = mcnemar(int(one), int(other)), span(p, self._columns[name])
        if not known.low - 1e-9 * right <= right <= known.high + 1e-9 * right:
            yield Contradiction(name, f"{p} is not the p-value of {one} against {other}, which is {right:.6g}")

    def _of_mcnemar(self, row: Row) -> str | None:
        if "p_mcnemar" in self._columns:
            return "p_mcnemar"
        return "p_value" if "p_value" in self._columns and row.get("test") == "mcnemar-exact" else None

    def _corrected(self, row: Row) -> Iterator[Contradiction]:
        """A p-value by Holm's correction that is less than the one before it, or more than it times all tests."""
        raw, corrected = _number(row.get("p_value")), _number(row.get("p_holm"))
        if raw is None or corrected is None:
            return
        if corrected < raw * (1 - 1e-9):
            yield Contradiction("p_holm", f"{corrected} is less than the p-value before the correction, {raw}")
        tests = _number(row.get("tests"))
        if tests is not None and corrected > min(1.0, max(raw * tests, raw)) * (1 + 1e-9) and tests == 1:
            yield Contradiction("p_holm", f"{corrected} is not {raw}, though it is corrected for one test alone")

    def _about_zero(self, row: Row) -> Iterator[Contradiction]:
        p = _number(row.get("p_value"))
        if self._difference is None or p is None:
            return
        low, high = _number(row[self._difference.low.name]), _number(row[self._difference.high.name])
        if low is None or high is None:
            return
        excludes = low > 0 or high < 0
        includes = low < 0 < high
        below, above = self._margin(row)
        if (p < below and includes) or (p > max(above, self._least(row)) and excludes):
            says = "a difference" if p < below else "no difference"
            yield Contradiction(
                "p_value", f"{p} says {says} at {LEVEL:g}, and the interval {_shown(low, high)} the other"
            )

    def _least(self, row: Row) -> float:
        """The least that the p-value can be: a few examples, all on one side, exclude zero from their interval."""
        if self._counts and self._of_mcnemar(row) == "p_value":
            tossed = [_number(row[name]) for name in self._counts]
        else:
            tossed = [_number(row.get("paragraphs", row.get("n")))]
        return 0.0 if None in tossed else least_p_value(int(sum(tossed))) * (1 + 1e-9)

    def _margin(self, row: Row) -> tuple[float, float]:
        """Below which p-value zero must be outside of the interval, and above which it must not."""
        test = row.get("test")
        exact = isinstance(test, str) and "bootstrap" not in test
        return OTHER_METHOD if exact else (LEVEL - ONE_METHOD, LEVEL + ONE_METHOD)


def _number(cell: object) -> float | None:
    return cell if isinstance(cell, int | float) and not isinstance(cell, bool) else None


def _shown(low: float | None, high: float | None) -> str:
    return f"{'…' if low is None else low} to {'…' if high is None else high}"


def at_row(row: Mapping[str, object], key: tuple[str, ...]) -> str:
    """A row as messages name it: by its key."""
    return ", ".join(f"{name}={row[name]}" for name in key)
