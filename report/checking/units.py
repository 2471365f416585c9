"""Units written after a shown value that contradict it, by a short table of units."""

import re
from functools import cache
from pathlib import Path
from types import NoneType

import yaml

from analysis.facts.read_once import read_once
from report.checking.headings import columns_of
from report.checking.methods import is_p_value
from report.ledger.model import Fact, Origin

_DIVISOR = re.compile(r"÷ ([\d,]+)$")
_DIFFERENCE = re.compile(r"^\|?difference\[[^\]]*\] × 100\|?$")
_LETTERS = re.compile(r"[^\W\d_]+")
# Units of one sort that are another size: "12 s minutes" is as wrong as "12 s tokens".
_SIZED = frozenset({"time", "memory", "energy", "power"})


def contradiction(value: str, after: str, fact: Fact | None) -> tuple[str, str] | None:
    """The word after a value that contradicts it, and why; None where nothing does."""
    sorts = _sorts()
    match = _word().match(after)
    if match is None:
        return None
    word = match["unit"]
    sort = sorts[word]
    if value.endswith("%"):
        if sort in ("share", "points", *_SIZED):
            return word, "the value has its per cent sign already"
        return None
    shown = next((unit for unit in sorts if value.endswith(("\u00a0" + unit, " " + unit))), None)
    if shown is not None and sort != "counts":
        return word, f"the value has its unit already, {shown}"
    own = _unit_of(fact) if fact is not None else None
    if shown is None and own in sorts and sort != sorts[own] and (sort in _SIZED or sorts[own] in _SIZED):
        return word, f"the value is in {own}"
    if shown is None and own in sorts and sorts[own] in _SIZED and _short(word) != _short(own):
        return word, f"the value is in {own}"
    if sort != "counts" and fact is not None and is_p_value(fact):
        return word, "a p-value has no unit"
    if sort in _SIZED and fact is not None and _is_unitless(fact, word):
        return word, "the value has no unit; if it has one, give it to its column"
    if sort != "counts" and fact is not None and _is_count(fact, word):
        return word, "the value is a whole number without a unit; if it has one, give it to its column"
    if sort == "share" and fact is not None and _is_share(fact, value):
        return word, f"the value is a share, {fact.value:g} of 1"
    if sort == "share" and fact is not None and _DIFFERENCE.search(fact.how):
        return word, "a difference of shares is in points"
    return None


def _unit_of(fact: Fact) -> str | None:
    """The unit of the value as it is shown: a division may have changed it. None where that is not known."""
    if not any(sign in fact.how for sign in "×÷"):
        return fact.unit
    divisor = _DIVISOR.search(fact.how)
    conversions = _table()["conversions"].get(_short(fact.unit or ""), {})
    return conversions.get(divisor[1]) if divisor and fact.how.count("÷") == 1 and "×" not in fact.how else None


def unit_after(text: str, end: int) -> str | None:
    """The unit of a time, a memory, an energy or a power that stands behind a number, if it has two letters or more."""
    match = _word().match(text, end)
    return match["unit"] if match and len(match["unit"]) > 1 and _sorts()[match["unit"]] in _SIZED else None


def _is_unitless(fact: Fact, word: str) -> bool:
    """A number or an interval of no unit, of whose column neither the name nor the meaning has that of the word."""
    changed = fact.how.replace("× 100", "")
    if fact.unit is not None or isinstance(fact.value, bool | str | NoneType) or any(sign in changed for sign in "×÷"):
        return False
    said = [fact.how, *(origin.column for origin in fact.origins)]
    said += [each.meaning for o in fact.origins if (each := columns_of(o.table).get(o.column)) is not None]
    said += [unit for origin in fact.origins if (unit := _unit_of_row(origin))]
    return _short(word) not in {_short(each) for text in said for each in _LETTERS.findall(text)}


def _unit_of_row(origin: Origin) -> str | None:
    """The unit of a value whose table has a column for it, as that of the figures of a published report."""
    if "unit" not in columns_of(origin.table):
        return None
    rows = read_once(origin.table).rows
    row = next((row for row in rows if all(row.get(name) == value for name, value in origin.row.items())), {})
    return row.get("unit")


def _is_count(fact: Fact, word: str) -> bool:
    """A whole number of no unit, whose column is not called by the word itself: `minutes`, for example."""
    return (
        isinstance(fact.value, int)
        and not isinstance(fact.value, bool)
        and fact.unit is None
        and not any(sign in fact.how for sign in "×÷")
        and word not in re.split(r"[^a-zA-Z%]+", " ".join([fact.how, *(origin.column for origin in fact.origins)]))
    )


def _is_share(fact: Fact, value: str) -> bool:
    """A share of one, shown as it is: 0.866 and not 86.6."""
    number = fact.value
    return (
        isinstance(number, float)
        and 0 < abs(number) < 1
        and value.lstrip("+−").startswith("0.")
        and "×" not in fact.how
        and len(fact.origins) == 1
    )


_SHORT = {
    **dict.fromkeys(("s", "second", "seconds"), "s"),
    **dict.fromkeys(("min", "minute", "minutes"), "min"),
    **dict.fromkeys(("h", "hour", "hours"), "h"),
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("B", "byte", "bytes"), "B"),
    **dict.fromkeys(("MB", "megabytes"), "MB"),
    **dict.fromkeys(("GB", "gigabytes"), "GB"),
    **dict.fromkeys(("J", "joule", "joules"), "J"),
    **dict.fromkeys(("W", "watt", "watts"), "W"),
}


def _short(unit: str) -> str:
    return _SHORT.get(unit, unit)


@cache
def _table() -> dict:
    return yaml.load((Path(__file__).parent / "units.yaml").read_text("utf-8"), yaml.CSafeLoader)


@cache
def _sorts() -> dict[str, str]:
    return {unit: sort for sort, units in _table()["sorts"].items() for unit in units}


@cache
def _word() -> re.Pattern[str]:
    longest_first = sorted(_sorts(), key=len, reverse=True)
    return re.compile(r"[ \u00a0]?(?P<unit>" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")
