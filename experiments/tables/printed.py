"""What a printed figure says: its value in a tidy unit, and the interval that its print admits.

A printed figure is a rounded one. "0.85" stands for anything in [0.845, 0.855], "5.6 million" for anything in
[5.55, 5.65] million, but the count "1,235,814,400" and the setting "1e-4" are exact. Everything is worked out in
decimal, so that no binary rounding moves a bound.

| print | is read as |
|---|---|
| `0.85`, `.85`, `0,85`, `0·85` | decimal point, comma or middle dot |
| `1,234,567`, `1.234.567`, `1 234 567` (any space), `1'234'567` | digits in groups of three |
| `1,234` | 1234; 1.234 where the whole bounds the unit, or `decimal: ","` is given |
| `1.234` | 1.234; 1234 as a count, which has no decimals without a scale word or an exponent |
| `1e-4`, `2.3×10^-5`, `2·10⁻⁵`, `2x10-5`, `10**-5`, `10^9` | a power of ten |
| `7B`, `5.6 million`, `260K`, `350k`, `7 bn`, `1.8T` | a scale word (`m`, `b`, `t` of counts); digits are rounded |
| `13%`, `13 percent`, `14.9 GB`, `250 ms` | with the mark of its unit |
| `17/20`, `17 of 20`, `½` | an exact share, and (but for `½`) the number of examples behind it |
| `85% (17/20)`, `17/20 (85%)`, `17/20 = 85%`, `85% (n=20)` | the same with its rounding, which must agree |
| `2½` | within half of the fraction |
| `−3.2%`, `– 3.2`, `+0.5` | a difference, which no whole bounds |
| `~7B`, `≈1/3`, `about 90%` | within one unit of the last digit (`1200`: a hundred); of a share at most a tenth |
| `<0.001`, `p<.001`, `≤5`, `>90%`, `at least 5` | anything on that side; the value is the bound |
| `85.2 ± 0.3`, `85.2 +/- 0.3`, `3.44 (SD 0.73)` | with a spread in the same unit |
| `n = 120`, `p = 0.03` | the number |
| `85.3*`, `85.3†` | the mark of a footnote is left out |
| `$85.2\\pm0.3$`, `**85.2**` | as it is set |

What else is printed is refused, and `experiments.tables.misprints` says what to write instead.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from math import isfinite

from experiments.tables.errors import UserError
from experiments.tables.misprints import advice


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

_PERCENT = ("%", "percent", "per cent", "pct", "pp", "percentage points", "points")

UNITS = {
    "percent": Unit("fraction", _HUNDREDTH, _PERCENT, ceiling=_WHOLE, signed=True),
    "fraction": Unit("fraction", ceiling=_WHOLE, signed=True),
    "count": Unit("count", exact=True),
    "number": Unit("number", exact=True, signed=True),  # a setting, such as a learning rate: exactly as it stands
    "score": Unit("score", signed=True),  # a rounded number that no whole bounds, such as a perplexity
    "mean": Unit("mean", signed=True),  # the mean of whole numbers, such as answers on a scale
    "mse": Unit("mse"),  # a mean squared error, in squares of what is predicted
    "ms": Unit("minutes", Decimal(1) / 60000, ("milliseconds", "msec", "ms")),
    "seconds": Unit("minutes", Decimal(1) / 60, ("seconds", "second", "secs", "sec", "s")),
    "minutes": Unit("minutes", marks=("minutes", "minute", "mins", "min")),
    "hours": Unit("minutes", Decimal(60), ("hours", "hour", "hrs", "hr", "h")),
    "days": Unit("minutes", Decimal(1440), ("days", "day", "d")),
    "KB": Unit("GB", Decimal("1e-6"), ("KB", "kB")),
    "MB": Unit("GB", Decimal("0.001"), ("MB",)),
    "MiB": Unit("GB", Decimal("0.001048576"), ("MiB",)),
    "GB": Unit("GB", marks=("GB",)),
    "GiB": Unit("GB", Decimal("1.073741824"), ("GiB",)),
    "TB": Unit("GB", Decimal(1000), ("TB",)),
    "text": Unit(None),  # a setting in words: it has no value
}

SCALES = {
    "K": 10**3, "k": 10**3, "thousand": 10**3, "M": 10**6, "mn": 10**6, "million": 10**6,
    "B": 10**9, "bn": 10**9, "billion": 10**9, "T": 10**12, "tn": 10**12, "trillion": 10**12,
}  # fmt: skip
COUNT_SCALES = {"m": 10**6, "b": 10**9, "t": 10**12}
"""Small letters, which are scale words of counts alone: 5 m of a time are minutes."""

SIGNS = "+-−–"
"""What a signed figure may begin with."""

_SPACE = r"[\u00a0\u2007\u2009\u200a\u202f]"
_DIGITS = r"(?:[0-9](?:[0-9.,']| (?=[0-9]{3}(?![0-9])))*(?:·[0-9]+)?|[.·][0-9]+)"
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_ONE_SPELLING = str.maketrans(
    dict.fromkeys("−–‐‑‒﹣－", "-")
    | dict.fromkeys("∼≈≃≅", "~")
    | dict.fromkeys("⋅∙•", "·")
    | dict.fromkeys("⁄∕", "/")
    | {"≤": "<=", "⩽": "<=", "≥": ">=", "⩾": ">=", "’": "'", "✕": "×"}
)
_TEX = (
    (r"\$([^$]*)\$", r"\1"),
    (r"\\(?:textbf|mathbf|boldsymbol|underline|text|mathrm)\{([^{}]*)\}", r"\1"),
    (r"\\pm(?![a-z])", "±"),
    (r"\\(?:times|cdot)(?![a-z])", "×"),
    (r"\\(?:sim|approx)(?![a-z])", "~"),
    (r"\\leq?(?![a-z])", "<="),
    (r"\\geq?(?![a-z])", ">="),
    (r"\\([%,])", lambda found: "%" if found[1] == "%" else " "),
    (r"\{,\}", ","),
    (r"^\*\*([^*]+)\*\*$", r"\1"),
)
_IN_WORDS = (
    (r"(?:approximately|approx\.?|about|around|roughly|circa|ca\.?|c\.)", "~"),
    (r"(?:at most|up to|(?:no|not) more than)", "<="),
    (r"(?:at least|(?:no|not) (?:less|fewer) than)", ">="),
    (r"(?:less than|fewer than|below|under)", "<"),
    (r"(?:more than|greater than|above|over)", ">"),
)
"""Words that stand before a number, and the sign that they mean."""


def _power(name: str, *, lost: bool = False) -> str:
    """A pattern of a power of ten whose exponent is the group `name`, or `name_raised` where it is in superscript.

    With `lost` also without a mark, as copied from a page: the 10-5 of 2x10-5.
    """
    marked = rf"(?:\^|\*\*) *[{{(]? *(?P<{name}>[+-]?[0-9]{{1,3}}) *[)}}]?"
    raised = rf"(?P<{name}_raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,3}})"
    return rf"10(?:{marked}|{raised}" + (rf"|(?P<{name}_lost>[+-][0-9]{{1,3}}))" if lost else ")")


_MARKS = "|".join(
    re.escape(mark) for mark in sorted({m for u in UNITS.values() for m in u.marks}, key=len, reverse=True)
)
_VULGAR = "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
_FIGURE = re.compile(
    rf"(?P<about>~)? *(?P<bound>[<>]=?)? *(?:(?P<sign>[+-]) *)?"
    rf"(?:(?P<part>{_DIGITS}) *(?:/|of|out of) *(?P<whole>{_DIGITS})"
    rf"|(?P<units>[0-9]+)? ?(?P<vulgar>[{_VULGAR}])"
    rf"|{_power('power')}"
    rf"|(?P<number>{_DIGITS})(?:[eE](?P<e>[+-]?[0-9]{{1,3}})| *[×xX·*] *{_power('times', lost=True)})?)"
    rf"(?:\s*(?P<scale>[KkMmBbTt]|(?:[Bb]|[Mm]|[Tt])[Nn]|(?i:thousand|million|billion|trillion)s?)(?![A-Za-z]))?"
    rf"(?:\s*(?P<mark>{_MARKS})(?![A-Za-z]))?"
    rf"(?: *(?:(?:±|\+/-|\+-) *(?P<spread>{_DIGITS})"
    rf"|\((?:± *|[Ss]\.?[Dd]\.? *[=:]? *)(?P<deviation>{_DIGITS})\))"
    rf"(?:\s*(?P<mark_behind>{_MARKS})(?![A-Za-z]))?)?"
    r"[*†‡]*"
)
_TWICE = re.compile(r"(?P<first>(?:[<>]=)?[^()=]*[^()= ]) *(?:\((?P<inner>[^()]*)\)|=(?P<other>[^()=]*))")
_OF_EXAMPLES = re.compile(rf" *[nN] *= *(?P<n>{_DIGITS}) *")
_GROUPED = re.compile(r"(?P<whole>[0-9]{1,3}(?:(?P<by>[.,']| )[0-9]{3})(?:(?P=by)[0-9]{3})*)(?P<rest>.*)")
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
    text = _tidied(printed, printed_unit)
    found = _FIGURE.fullmatch(text)
    if (
        found is None
        and (twice := _TWICE.fullmatch(text))
        and (tidy := _said_twice(twice, printed, printed_unit, decimal))
    ):
        return tidy
    if found is None:
        raise _no_figure(printed, printed_unit)
    for mark in (found["mark"], found["mark_behind"]):
        if mark not in (None, *unit.marks):
            fitting = next(name for name, each in UNITS.items() if mark in each.marks)
            said = f"{printed!r} carries the mark {mark!r}, but its unit is given as {printed_unit}"
            raise PrintedError(f"{said}; its unit is {fitting}")
    if found["sign"] and not unit.signed:
        raise _no_figure(printed, printed_unit, ", which has no sign; a difference has the unit score or number")
    if found["scale"] in COUNT_SCALES and printed_unit != "count":
        of_time = ", and min where it is minutes" if unit.tidy == "minutes" else ""
        said = f"; write {found['scale'].upper()} where {found['scale']!r} is a scale word{of_time}"
        raise _no_figure(printed, printed_unit, said)
    try:
        if found["whole"]:
            return _share(found, unit, printed, printed_unit)
        alone = found["vulgar"] and not (found["units"] or found["mark"] or found["sign"] or found["spread"])
        if alone and unit.ceiling is not None:
            return _vulgar_share(found, unit, printed, printed_unit)
        return _decimal(found, unit, printed, printed_unit, decimal)
    except _Unreadable:
        raise _no_figure(printed, printed_unit) from None


def _tidied(printed: str, printed_unit: str) -> str:
    """A print in one spelling of spaces, dashes, signs and words."""
    text = re.sub(_SPACE, " ", printed.strip())
    for pattern, instead in _TEX:
        text = re.sub(pattern, instead, text)
    text = re.sub(_SPACE, " ", text.strip()).translate(_ONE_SPELLING)
    if named := re.match(r"([pP]) *(?=[<>=~])=? *|([nN]) *= *", text):
        of_p = printed_unit != "percent" and UNITS[printed_unit].tidy in ("fraction", "number", "score")
        if named[1] and not of_p:
            raise _no_figure(printed, printed_unit, "; a p-value has the unit fraction")
        if named[2] and printed_unit != "count":
            raise _no_figure(printed, printed_unit, "; a number of examples has the unit count")
        text = text[named.end() :]
    for words, sign in _IN_WORDS:
        text = re.sub(rf"^{words}(?![a-z]) *(?=[0-9.·{_VULGAR}])", sign, text, flags=re.I)
    return text


def _said_twice(twice: re.Match, printed: str, printed_unit: str, decimal: str | None) -> Tidy | None:
    """A share and its rounding, or a figure and its number of examples; None for what is neither."""
    first, other = twice["first"], (twice["inner"] or twice["other"] or "").strip()
    if examples := _OF_EXAMPLES.fullmatch(other):
        count = read_printed(examples["n"], "count")
        if count.value is None or count.low != count.value or count.value < 1:
            raise _no_figure(printed, printed_unit, "; a number of examples is a whole number from 1 on")
        return replace(read_printed(first, printed_unit, decimal), n=int(count.value))
    matches = [_FIGURE.fullmatch(each) for each in (first, other)]
    if None in matches or sum(bool(found["whole"]) for found in matches if found) != 1:
        return None
    readings = [read_printed(each, printed_unit, decimal) for each in (first, other)]
    share, rounded = readings if matches[0] and matches[0]["whole"] else readings[::-1]
    if not rounded.low <= share.value <= rounded.high:
        said = f"{printed!r} names two shares, {share.value:.4g} and {rounded.value:.4g}, of which neither rounds to"
        raise PrintedError(f"{said} the other; write the one that is meant, and the other into the note")
    return share


def _share(found: re.Match, unit: Unit, printed: str, printed_unit: str) -> Tidy:
    """A count of a whole: exact, but for ~1/3 and <1/3."""
    part, whole = (_number(found[name], None, None, whole=True) for name in ("part", "whole"))
    if unit.ceiling is None:
        raise _no_figure(printed, printed_unit, "; a count of a whole has the unit fraction")
    if found["scale"] or found["mark"] or found["sign"] or found["spread"] or found["deviation"]:
        raise _no_figure(printed, printed_unit, f"; write {found['part']}/{found['whole']} alone")
    if any(each != each.to_integral_value() for each in (part, whole)):
        raise PrintedError(f"{printed!r} is no share of whole numbers; write it as a decimal")
    if not 0 <= part <= whole or not whole:
        raise PrintedError(f"{printed!r} is no part of a whole; a ratio beyond 1 has the unit score, as a decimal")
    value = float(part / whole)
    if found["about"] or found["bound"]:
        return _near_share(value, found)
    return Tidy(value, value, value, unit.tidy, n=int(whole))


def _near_share(value: float, found: re.Match) -> Tidy:
    if found["bound"]:
        low, high = (value, 1.0) if found["bound"][0] == ">" else (0.0, value)
    else:
        low, high = max(value - 0.1, 0.0), min(value + 0.1, 1.0)
    return Tidy(value, low, high, "fraction")


def _vulgar_share(found: re.Match, unit: Unit, printed: str, printed_unit: str) -> Tidy:
    """A ½ that stands alone: an exact share."""
    of = _fraction(found["vulgar"])
    if printed_unit == "percent":
        written = f"{of[0] / of[1]:.4g}"
        raise _no_figure(printed, printed_unit, f"; write {of[0]}/{of[1]} for a share of the whole, or {written}%")
    if found["scale"] or found["deviation"]:
        raise _no_figure(printed, printed_unit, "; write it as a decimal")
    value = of[0] / of[1]
    return _near_share(value, found) if found["about"] or found["bound"] else Tidy(value, value, value, unit.tidy)


def _fraction(vulgar: str) -> tuple[int, int]:
    part, _, whole = unicodedata.normalize("NFKC", vulgar).partition("\N{FRACTION SLASH}")
    return int(part), int(whole)


def _decimal(found: re.Match, unit: Unit, printed: str, printed_unit: str, decimal: str | None) -> Tidy:
    bounded = None if unit.ceiling is None or found["sign"] else unit.ceiling / unit.factor
    power = found["power"] or found["power_raised"]
    exponent = _whole(power or found["e"] or found["times"] or found["times_raised"] or found["times_lost"] or "0")
    whole = printed_unit == "count" and not found["scale"] and not exponent
    fraction = _fraction(found["vulgar"]) if found["vulgar"] else None
    if fraction:
        number = int(found["units"] or 0) + Decimal(fraction[0]) / fraction[1]
    else:
        number = Decimal(1) if power else _number(found["number"], decimal, bounded, whole=whole)
    if whole and number != number.to_integral_value():
        why = "; a count is a whole number: add the scale word, such as million, or give a mean the unit mean"
        raise _no_figure(printed, printed_unit, why)
    number = number.to_integral_value() if whole else number
    scale = unit.factor * _scale(found["scale"]) * Decimal(1).scaleb(exponent)
    rounded = not unit.exact or found["scale"] or (exponent and printed_unit == "count")
    half = (Decimal(1) / fraction[1] if fraction else last_place(number)) / 2 if rounded else Decimal(0)
    if found["about"]:
        half = half * 2 if fraction else last_place(number) if last_place(number) < 1 else _last_digit(number)
        half = half if unit.ceiling is None else min(half, unit.ceiling / unit.factor / 10)
    value, low, high = number * scale, (number - half) * scale, (number + half) * scale
    if found["sign"] == "-":
        value, low, high = -value, -high, -low
    elif unit.ceiling is not None and not found["sign"]:
        if value > unit.ceiling:
            hint = "; is its unit percent?" if printed_unit == "fraction" and value <= 100 else ""
            raise PrintedError(f"{printed!r} is more than the whole, which {printed_unit} cannot be{hint}")
        high = min(high, unit.ceiling)
    may_be_negative = unit.signed and (found["sign"] or unit.ceiling is None)
    least = None if may_be_negative else Decimal(0)
    if least is not None or (not found["sign"] and low < 0 <= value):
        low = max(low, Decimal(0))
    if found["bound"]:
        upward = found["bound"][0] == ">"
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


def _number(text: str, decimal: str | None, bounded: Decimal | None, *, whole: bool = False) -> Decimal:
    """The digits as a number, whichever marks stand before the decimals and between the groups of thousands.

    `whole`: it has no decimals, so that 1.234 is 1234.
    """
    if "·" in text:
        return _with_middle_dot(text)
    if re.fullmatch(r"[0-9]+", text):
        return Decimal(text)
    if simple := re.fullmatch(r"(?P<whole>[0-9]*)(?P<mark>[.,])(?P<digits>[0-9]+)", text):
        mark, plain = simple["mark"], Decimal(f"{simple['whole'] or 0}.{simple['digits']}")
        thousands = len(simple["digits"]) == 3 and re.fullmatch("[1-9][0-9]{0,2}", simple["whole"])
        if decimal is not None and mark != decimal:
            if not thousands:
                raise _Unreadable
            return Decimal(simple["whole"] + simple["digits"])
        if not thousands or decimal == mark or (mark == "." and not whole):
            return plain
        grouped = Decimal(simple["whole"] + simple["digits"])
        return plain if bounded is not None and grouped > bounded else grouped
    found = _GROUPED.fullmatch(text)
    if found is None:
        raise _Unreadable
    digits, rest = re.sub(r"[^0-9]", "", found["whole"]), found["rest"]
    if not rest:
        if found["by"] == decimal:
            raise _Unreadable
        return Decimal(digits)
    behind = _REST.fullmatch(rest)
    if behind is None or behind["mark"] == found["by"] or decimal not in (None, behind["mark"]):
        raise _Unreadable
    return Decimal(f"{digits}.{behind['digits']}")


def _with_middle_dot(text: str) -> Decimal:
    """0·85, as some journals print it."""
    before, after = text.split("·")
    if after == "10" or not re.fullmatch(r"[0-9]*", re.sub("[,' ]", "", before)):
        raise _Unreadable  # 2·10 may be a product
    return Decimal(f"{re.sub('[^0-9]', '', before) or 0}.{after}")


def _whole(text: str) -> int:
    return int(text.translate(_SUPERSCRIPT))


def _scale(word: str | None) -> int:
    if word is None:
        return 1
    return COUNT_SCALES.get(word) or SCALES[word if len(word) == 1 else word.lower().removesuffix("s")]


def last_place(number: Decimal) -> Decimal:
    """One unit in the last printed place of `number`: 0.01 for 0.85, 1 for 13."""
    return Decimal(1).scaleb(min(int(number.as_tuple().exponent), 0))


def _last_digit(number: Decimal) -> Decimal:
    """One unit of the last digit of a whole number that is no zero: 100 for 1200."""
    zeros = len(str(number)) - len(str(number).rstrip("0")) if number else 0
    return Decimal(1).scaleb(zeros)


def _float(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


def _no_figure(printed: str, printed_unit: str, why: str | None = None) -> PrintedError:
    why = advice(printed) if why is None else why
    return PrintedError(f"{printed!r} is not a figure that can be read as {printed_unit}{why}")
