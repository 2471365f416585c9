"""What a printed figure says: its value in a tidy unit, and the interval that its print admits.

A printed figure is a rounded one. "0.85" stands for anything in [0.845, 0.855], "5.6 million" for anything in
[5.55, 5.65] million, but the count "1,235,814,400" and the setting "1e-4" are exact. Everything is worked out in
decimal, so that no binary rounding moves a bound.

| print | is read as |
|---|---|
| `0.85`, `.85`, `0,85` | decimal point or comma |
| `1,234,567`, `1.234.567`, `1 234 567` (any space), `1'234'567` | digits in groups of three |
| `1,234` | 1234; 1.234 where the whole bounds the unit, or `decimal: ","` is given |
| `1e-4`, `2.3×10^-5`, `2·10⁻⁵`, `10^9` | a power of ten |
| `7B`, `5.6 million`, `260K` | a scale word; the digits before it are rounded |
| `13%`, `13 percent`, `14.9 GB` | with the mark of its unit |
| `17/20`, `17 of 20` | an exact share, and the number of examples behind it |
| `−3.2%`, `+0.5` | a difference, which no whole bounds |
| `~7B`, `≈0.9`, `ca. 30` | within one unit of the last digit (`1200`: a hundred), of a share at most a tenth |
| `<0.001`, `≤5`, `>90%` | anything on that side; the value is the bound |
| `85.2 ± 0.3`, `85.2 +/- 0.3`, `3.44 (SD 0.73)` | with a spread in the same unit |
| `85.3*`, `85.3†` | the mark of a footnote is left out |
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite

from experiments.tables.errors import UserError


class PrintedError(UserError):
    """A printed figure that cannot be read in its stated unit."""


@dataclass(frozen=True)
class Unit:
    """How figures of one printed unit are read: the tidy unit, the factor to it, and what bounds them."""

    tidy: str | None
    factor: Decimal = Decimal(1)
    marks: tuple[str, ...] = ()  # what may stand behind the number; a heading may carry it instead
    exact: bool = False  # without a scale word the number is meant exactly, not rounded
    ceiling: Decimal | None = None
    signed: bool = False  # whether it may be less than nothing; a share with a sign is a difference of shares


@dataclass(frozen=True)
class Tidy:
    """A figure in its tidy unit. `low <= value <= high`; all three are None for text and for missing figures.

    `low` or `high` is None where a figure such as ">5" has no bound on that side. `n` is the number of examples that a
    print such as "17/20" names; `spread` is what stands behind ±, with the bounds of its rounding.
    """

    value: float | None
    low: float | None
    high: float | None
    unit: str | None
    n: int | None = None
    spread: float | None = None
    spread_low: float | None = None
    spread_high: float | None = None


_HUNDREDTH, _WHOLE = Decimal("0.01"), Decimal(1)

UNITS = {
    "percent": Unit("fraction", _HUNDREDTH, ("%", "percent", "per cent", "pct", "pp"), ceiling=_WHOLE, signed=True),
    "fraction": Unit("fraction", ceiling=_WHOLE, signed=True),
    "count": Unit("count", exact=True),
    "number": Unit("number", exact=True, signed=True),  # a setting, such as a learning rate: exactly as it stands
    "score": Unit("score", signed=True),  # a rounded number that no whole bounds, such as a perplexity
    "mean": Unit("mean", signed=True),  # the mean of whole numbers, such as answers on a scale
    "mse": Unit("mse"),  # a mean squared error, in squares of what is predicted
    "seconds": Unit("minutes", Decimal(1) / 60, ("seconds", "sec", "s")),
    "minutes": Unit("minutes", marks=("minutes", "min")),
    "hours": Unit("minutes", Decimal(60), ("hours", "hour", "hrs", "h")),
    "MB": Unit("GB", Decimal("0.001"), ("MB",)),
    "GB": Unit("GB", marks=("GB",)),
    "text": Unit(None),  # a setting in words: it has no value
}

SCALES = {"K": 10**3, "thousand": 10**3, "M": 10**6, "million": 10**6, "B": 10**9, "billion": 10**9}

_SPACE = r"[\u00a0\u2007\u2009\u200a\u202f]"
_DIGITS = r"(?:[0-9](?:[0-9.,'\u2019]| (?=[0-9]{3}(?![0-9])))*|\.[0-9]+)"
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")


def _power(name: str) -> str:
    """A pattern of a power of ten whose exponent is the group `name`, or `name_raised` where it is in superscript."""
    return rf"10(?:\^\{{?(?P<{name}>[+\-−]?[0-9]{{1,3}})\}}?|(?P<{name}_raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,3}}))"


_MARKS = "|".join(
    re.escape(mark) for mark in sorted({m for u in UNITS.values() for m in u.marks}, key=len, reverse=True)
)
_FIGURE = re.compile(
    rf"(?P<about>[~∼≈]|ca\.|c\.)? *(?P<bound>[<>]=?|[≤≥])? *(?P<sign>[+\-−])?"
    rf"(?:(?P<part>[0-9]+) *(?:/|of|out of) *(?P<whole>[0-9]+)"
    rf"|{_power('power')}"
    rf"|(?P<number>{_DIGITS})(?:[eE](?P<e>[+\-−]?[0-9]{{1,3}})| *[×x·*] *{_power('times')})?)"
    rf"(?:\s*(?P<scale>K|M|B|[Tt]housand|[Mm]illion|[Bb]illion)(?![A-Za-z]))?"
    rf"(?:\s*(?P<mark>{_MARKS})(?![A-Za-z]))?"
    rf"(?: *(?:(?:±|\+/[-−]|\+-) *(?P<spread>{_DIGITS})"
    rf"|\((?:± *|[Ss]\.?[Dd]\.? *[=:]? *)(?P<deviation>{_DIGITS})\))"
    rf"(?:\s*(?P<mark_behind>{_MARKS})(?![A-Za-z]))?)?"
    r"[*†‡]*"
)
_GROUPED = re.compile(r"(?P<whole>[0-9]{1,3}(?:(?P<by>[.,'\u2019]| )[0-9]{3})(?:(?P=by)[0-9]{3})*)(?P<rest>.*)")
_REST = re.compile(r"(?P<mark>[.,])(?P<digits>[0-9]+)")


def read_printed(printed: str | None, printed_unit: str, decimal: str | None = None) -> Tidy:
    """The tidy value of `printed` and the interval that its print admits (half a unit in the last place).

    `decimal` is the mark before the decimals, "." or ",", where the print leaves open which it is. Raises PrintedError
    for an unknown unit, for text that is no figure, and for a mark of another unit.
    """
    unit = UNITS.get(printed_unit)
    if unit is None:
        raise PrintedError(f"unknown printed unit {printed_unit!r}; known: {', '.join(UNITS)}")
    if printed is None or unit.tidy is None:
        return Tidy(None, None, None, unit.tidy)
    found = _FIGURE.fullmatch(re.sub(_SPACE, " ", printed.strip()))
    if found is None:
        raise _no_figure(printed, printed_unit)
    for mark in (found["mark"], found["mark_behind"]):
        if mark not in (None, *unit.marks):
            raise PrintedError(f"{printed!r} carries the mark {mark!r}, but its unit is given as {printed_unit}")
    if found["sign"] and not unit.signed:
        raise _no_figure(printed, printed_unit, ", which has no sign")
    if found["whole"]:
        return _share(found, unit, printed, printed_unit)
    try:
        return _decimal(found, unit, printed, printed_unit, decimal)
    except _Unreadable:
        raise _no_figure(printed, printed_unit) from None


def _share(found: re.Match, unit: Unit, printed: str, printed_unit: str) -> Tidy:
    """A count of a whole: exact."""
    part, whole = int(found["part"]), int(found["whole"])
    if unit.ceiling is None or found["scale"] or found["mark"] or found["about"] or found["bound"] or found["sign"]:
        raise _no_figure(printed, printed_unit)
    if not 0 <= part <= whole or not whole:
        raise PrintedError(f"{printed!r} is no part of a whole")
    return Tidy(part / whole, part / whole, part / whole, unit.tidy, n=whole)


def _decimal(found: re.Match, unit: Unit, printed: str, printed_unit: str, decimal: str | None) -> Tidy:
    bounded = None if unit.ceiling is None or found["sign"] else unit.ceiling / unit.factor
    power = found["power"] or found["power_raised"]
    number = Decimal(1) if power else _number(found["number"], decimal, bounded)
    exponent = _whole(power or found["e"] or found["times"] or found["times_raised"] or "0")
    scale = unit.factor * _scale(found["scale"]) * Decimal(1).scaleb(exponent)
    rounded = not unit.exact or found["scale"] or (exponent and printed_unit == "count")
    half = last_place(number) / 2 if rounded else Decimal(0)
    if found["about"]:
        half = last_place(number) if last_place(number) < 1 else _last_digit(number)
        half = half if unit.ceiling is None else min(half, unit.ceiling / unit.factor / 10)
    value, low, high = number * scale, (number - half) * scale, (number + half) * scale
    if found["sign"] in ("-", "−"):
        value, low, high = -value, -high, -low
    elif unit.ceiling is not None and not found["sign"]:
        if value > unit.ceiling:
            raise PrintedError(f"{printed!r} is more than the whole, which {printed_unit} cannot be")
        high = min(high, unit.ceiling)
    may_be_negative = unit.signed and (found["sign"] or unit.ceiling is None)
    least = None if may_be_negative else Decimal(0)
    if least is not None or (not found["sign"] and low < 0 <= value):
        low = max(low, Decimal(0))
    if found["bound"]:
        upward = found["bound"][0] in ">≥"
        most = None if found["sign"] else unit.ceiling
        low, high = (value, most) if upward else (least, value)
    spread = (None, None, None)
    if text := found["spread"] or found["deviation"]:
        wide = _number(text, decimal, None)
        spread = tuple(
            float(each * scale)
            for each in (wide, max(wide - last_place(wide) / 2, Decimal(0)), wide + last_place(wide) / 2)
        )
    if not isfinite(value):
        raise _no_figure(printed, printed_unit)
    return Tidy(float(value), _float(low), _float(high), unit.tidy, None, *spread)


class _Unreadable(ValueError):
    """Digits and marks that make no number."""


def _number(text: str, decimal: str | None, bounded: Decimal | None) -> Decimal:
    """The digits as a number, whichever marks stand before the decimals and between the groups of thousands."""
    if re.fullmatch(r"[0-9]+", text):
        return Decimal(text)
    if simple := re.fullmatch(r"(?P<whole>[0-9]*)(?P<mark>[.,])(?P<digits>[0-9]+)", text):
        mark, plain = simple["mark"], Decimal(f"{simple['whole'] or 0}.{simple['digits']}")
        thousands = len(simple["digits"]) == 3 and re.fullmatch("[1-9][0-9]{0,2}", simple["whole"])
        if decimal is not None and mark != decimal:
            if not thousands:
                raise _Unreadable
            return Decimal(simple["whole"] + simple["digits"])
        if mark == "." or decimal == "," or not thousands:
            return plain
        grouped = Decimal(simple["whole"] + simple["digits"])
        return plain if bounded is not None and grouped > bounded else grouped
    found = _GROUPED.fullmatch(text)
    if found is None:
        raise _Unreadable
    whole, rest = re.sub(r"[^0-9]", "", found["whole"]), found["rest"]
    if not rest:
        if found["by"] == decimal:
            raise _Unreadable
        return Decimal(whole)
    behind = _REST.fullmatch(rest)
    if behind is None or behind["mark"] == found["by"] or decimal not in (None, behind["mark"]):
        raise _Unreadable
    return Decimal(f"{whole}.{behind['digits']}")


def _whole(text: str) -> int:
    return int(text.translate(_SUPERSCRIPT).replace("−", "-"))


def _scale(word: str | None) -> int:
    if word is None:
        return 1
    return SCALES[word if len(word) == 1 else word.lower()]


def last_place(number: Decimal) -> Decimal:
    """One unit in the last printed place of `number`: 0.01 for 0.85, 1 for 13."""
    return Decimal(1).scaleb(min(int(number.as_tuple().exponent), 0))


def _last_digit(number: Decimal) -> Decimal:
    """One unit of the last digit of a whole number that is no zero: 100 for 1200."""
    zeros = len(str(number)) - len(str(number).rstrip("0")) if number else 0
    return Decimal(1).scaleb(zeros)


def _float(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


_SEVERAL = re.compile(r"[0-9].*(?:[-–—]|\bto\b|\band\b|:).*[0-9]|[0-9].*[a-z]+ *[0-9]")


def _no_figure(printed: str, printed_unit: str, why: str = "") -> PrintedError:
    if not why and not any(sign.isalnum() for sign in printed):
        why = "; where nothing is printed, write null"
    elif not why and _SEVERAL.search(printed):
        why = "; what is no single number, such as a range, has the unit text"
    return PrintedError(f"{printed!r} is not a figure that can be read as {printed_unit}{why}")
