"""How a value reads: thousands separated, a real minus sign, percent, and a unit in words."""

import re
from collections.abc import Iterable
from functools import partial

from analysis.facts.errors import FactError
from analysis.facts.escape import clean
from analysis.facts.estimates import Interval, PValue
from analysis.facts.values import Value
from experiments.statistics.level import LEVEL

MISSING = "n/a"
BARE = "bare"
"""The format of a p-value without its letter, for the column of a table."""
SMALLEST_P = 0.001
"""A p-value below it is shown as below it."""

# Units that stand close to their number, and words that do not take an s.
_SYMBOLS = {"percent": "%", "%": "%"}
_INVARIANT = frozenset({"s", "min", "h", "ms", "GB", "MB", "GiB", "MiB", "kB", "KiB", "W", "J", "kJ", "kWh", "GHz"})

_DECIMALS = re.compile(r"\.(\d+)(?=[f%]$)")
_NOT_ZERO = re.compile("[1-9]")


def formatted(value: Value, spec: str | None = None, unit: bool | str = False) -> str:
    """The text of `value`, unescaped.

    `spec` is a Python format specification (`","`, `".2f"`, `".1%"`); by default thousands are separated and numbers
    have the decimals of their column, or else four significant digits and at most those before the point.
    `unit=True` adds the value's own unit, a string another one. A missing value reads `n/a` whatever is asked.
    The bounds of an interval take the same specification; that of a p-value may be `bare`.
    """
    data = value.data
    if value.missing:
        return MISSING
    if isinstance(value, Interval):
        return _interval(value, spec, unit)
    if isinstance(value, PValue) and spec in (None, BARE):
        return _p_value(value, bare=spec == BARE)
    if isinstance(data, bool):
        return "yes" if data else "no"
    if isinstance(data, str):
        return clean(data)
    try:
        text = rounded(data, _default(value) if spec is None else spec)
    except ValueError:
        raise FactError(f"{value.how}: no number format {spec!r}; for example ',' '.2f' '.1%' ',.3g'") from None
    if unit is False:
        return text
    name = value.unit if unit is True else unit
    return text if not name else text + unit_suffix(name, one=data == 1)


def _interval(interval: Interval, spec: str | None, unit: bool | str) -> str:
    """Each of its parts stays on one line; a line may end between the estimate and its bounds."""
    estimate = None if interval.estimate is None else formatted(interval.estimate, spec)
    if not interval.bounded:
        text = estimate or MISSING
    else:
        bounds = unbroken(f"{formatted(interval.lower, spec)} to {formatted(interval.upper, spec)}")
        text = bounds if estimate is None else f"{estimate} ({bounds})"
    name = interval.unit if unit is True else unit
    return text + unit_suffix(name) if name else text


def _p_value(p: PValue, *, bare: bool) -> str:
    small = p < SMALLEST_P
    number = f"{SMALLEST_P:g}" if small else f"{p.number():.3f}"
    if p < LEVEL <= float(number):  # what is significant never reads as the level itself
        number = next(told for more in range(4, 17) if float(told := f"{p.number():.{more}f}") < LEVEL)
    if bare:
        return unbroken(f"< {number}") if small else number
    return unbroken(f"p {'<' if small else '='} {number}")


def unbroken(text: str) -> str:
    """A short text that stays on one line."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def rounded(number: float, spec: str) -> str:
    """A number by a Python format specification, with a real minus sign.

    What is below zero never reads −0.0: up to three more decimals tell which side of zero it is on, as the end of an
    interval must; after that it is rounding, and reads 0.0. Raises ValueError for what is no specification.
    """
    text = format(number, spec)
    if text.startswith("-") and not _NOT_ZERO.search(text):
        told = (format(number, _DECIMALS.sub(partial(_with_more, more=more), spec)) for more in range(1, 4))
        text = next((each for each in told if _NOT_ZERO.search(each)), text.replace("-", "+" if "+" in spec else ""))
    return "−" + text[1:] if text.startswith("-") else text.replace("e-", "e−")


def _with_more(decimals: re.Match[str], more: int) -> str:
    return f".{int(decimals[1]) + more}"


def unit_suffix(unit: str, *, one: bool = False) -> str:
    """A unit as it follows a number: `%`, ` GB`, ` parameters` (` parameter` after one), with a no-break space."""
    if unit in _SYMBOLS:
        return _SYMBOLS[unit]
    plain = one or unit in _INVARIANT or not unit.isalpha() or unit.endswith("s")
    return f"\N{NO-BREAK SPACE}{unit if plain else plural(unit)}"


def closed_up(text: str) -> str:
    """Prose with every per cent sign close to its number, or to the gap for one: as `.1%` writes it, never broken."""
    return re.sub(r"(?<=[0-9}])[ \N{NO-BREAK SPACE}](?=%)", "", text)


def plural(noun: str) -> str:
    """The regular English plural: `parameters`, `epochs`, `entries`, `losses`."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "sh", "tch", "nch")) else "s")


def listed(parts: Iterable[str], last: str = "and") -> str:
    """`a, b and c`; empty for no parts."""
    *first, end = [*parts] or [""]
    return f"{', '.join(first)} {last} {end}" if first else end


def _default(value: Value) -> str:
    if isinstance(value.data, int):
        return ","
    if value.decimals is not None:
        return f",.{value.decimals}f"
    whole = float(value.data).is_integer() or abs(value.data) >= 1000
    return ",.0f" if whole else ".4g"
