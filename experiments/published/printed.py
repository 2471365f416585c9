"""What a printed figure says: its value in a tidy unit, and the interval that its rounding admits.

A printed figure is a rounded one. "0.85" stands for anything in [0.845, 0.855], "5.6 million" for anything in
[5.55, 5.65] million, but the count "1,235,814,400" and the setting "16" are exact. Everything is worked out in
decimal, so that no binary rounding moves a bound.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from experiments.tables.errors import UserError


class PrintedError(UserError):
    """A printed figure that cannot be read in its stated unit."""


@dataclass(frozen=True)
class Unit:
    """How figures of one printed unit are read: the tidy unit, the factor to it, and what bounds them."""

    tidy: str | None
    factor: Decimal = Decimal(1)
    mark: str = ""  # what may stand behind the number; a heading may carry it instead
    exact: bool = False  # without a scale word the number is meant exactly, not rounded
    ceiling: Decimal | None = None


@dataclass(frozen=True)
class Tidy:
    """A figure in its tidy unit. `low <= value <= high`; all three are None for text and for missing figures."""

    value: float | None
    low: float | None
    high: float | None
    unit: str | None


UNITS = {
    "percent": Unit("fraction", factor=Decimal("0.01"), mark="%", ceiling=Decimal(1)),
    "fraction": Unit("fraction", ceiling=Decimal(1)),
    "count": Unit("count", exact=True),
    "number": Unit("number", exact=True),  # a setting, such as a learning rate: meant exactly as it stands
    "mse": Unit("mse"),  # a mean squared error, in squares of what is predicted
    "minutes": Unit("minutes", mark="minutes"),
    "GB": Unit("GB", mark="GB"),
    "text": Unit(None),  # a setting in words: it has no value
}

SCALES = {"K": 10**3, "thousand": 10**3, "M": 10**6, "million": 10**6, "B": 10**9, "billion": 10**9}

_FIGURE = re.compile(
    r"(?P<number>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)"
    r"(?:\s*(?P<scale>K|M|B|[Tt]housand|[Mm]illion|[Bb]illion))?"
    r"(?:\s*(?P<mark>%|minutes|GB))?"
)


def read_printed(printed: str | None, printed_unit: str) -> Tidy:
    """The tidy value of `printed` and the interval that its rounding (half a unit in the last place) admits.

    Raises PrintedError for an unknown unit, for text that is no figure, and for a mark of another unit.
    """
    unit = UNITS.get(printed_unit)
    if unit is None:
        raise PrintedError(f"unknown printed unit {printed_unit!r}; known: {', '.join(UNITS)}")
    if printed is None or unit.tidy is None:
        return Tidy(None, None, None, unit.tidy)
    match = _FIGURE.fullmatch(printed)
    if match is None:
        raise PrintedError(f"{printed!r} is not a figure that can be read as {printed_unit}")
    if match["mark"] not in (None, unit.mark):
        raise PrintedError(f"{printed!r} carries the mark {match['mark']!r}, but its unit is given as {printed_unit}")
    number = Decimal(match["number"].replace(",", ""))
    scale = unit.factor * _scale(match["scale"])
    half = Decimal(0) if unit.exact and not match["scale"] else last_place(number) / 2
    high = (number + half) * scale
    if unit.ceiling is not None:
        if number * scale > unit.ceiling:
            raise PrintedError(f"{printed!r} is more than the whole, which {printed_unit} cannot be")
        high = min(high, unit.ceiling)
    low = max((number - half) * scale, Decimal(0))
    return Tidy(float(number * scale), float(low), float(high), unit.tidy)


def _scale(word: str | None) -> int:
    if word is None:
        return 1
    return SCALES[word if len(word) == 1 else word.lower()]


def last_place(number: Decimal) -> Decimal:
    """One unit in the last printed place of `number`: 0.01 for 0.85, 1 for 13."""
    return Decimal(1).scaleb(min(int(number.as_tuple().exponent), 0))
