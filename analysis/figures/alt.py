"""Alternative text made from the data: what kind of chart, its axes, its series, and where they begin, peak and end.

It says where values lie, not that they rise or are high: a sentence that ranks stands in the chapter, with what it
rests on.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.facts.escape import clean, part_braces
from analysis.facts.formatting import formatted
from analysis.facts.values import Value, derived

_NAMED = 6
_GAP = re.compile("\x02(\\d+)\x03")


@dataclass(frozen=True, eq=False)
class Alt:
    """An alternative text, and the values in it in order of appearance, each with where it begins and ends."""

    text: str
    values: tuple[tuple[Value, int, int], ...] = ()


class Telling:
    """Puts values into a text that is still being written: `telling(value, ".1%")` stands for the value in it."""

    def __init__(self) -> None:
        self._told: list[tuple[Value, str]] = []

    def __call__(self, value: Value, spec: str | None = None) -> str:
        self._told.append((value, formatted(value, spec)))
        return f"\x02{len(self._told) - 1}\x03"

    def count(self, counted: Sequence[Value], among: Value, what: str) -> str:
        """How many values there are; `among` is one of what they were looked for in, for there may be none."""
        return self(derived(len(counted), [*counted, among], f"number of {what}"))

    def finish(self, text: str) -> Alt:
        """The text with its values as an attribute holds it: white space as single spaces, no doubled braces."""
        whole, values = "", []
        for number, part in enumerate(_GAP.split(part_braces(re.sub(r"\s+", " ", text)))):
            if number % 2:
                value, part = self._told[int(part)]
                part = part.replace("\N{NO-BREAK SPACE}", " ")
                values.append((value, len(whole), len(whole) + len(part)))
            whole += part
        return Alt(whole, tuple(values))


def listed(names: Sequence[str]) -> str:
    """`a, b and c`; a long list is cut."""
    names = [clean(name) for name in names]
    if len(names) > _NAMED:
        return f"{', '.join(names[: _NAMED - 1])} and others"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "none"


def extremes(telling: Telling, values: Iterable[tuple[str, Value]], spec: str | None = None) -> str:
    """Between which values they lie, each with its name: `from 0.13 (zero-shot) to 0.95 (fine-tuned)`."""
    there = [(name, value) for name, value in values if not value.missing]
    if not there:
        return "no values given"
    low, least = min(there, key=lambda named: named[1].number())
    high, most = max(there, key=lambda named: named[1].number())
    if least == most:
        return telling(least, spec)
    return f"from {telling(least, spec)} ({clean(low)}) to {telling(most, spec)} ({clean(high)})"


def trend(telling: Telling, points: Sequence[Value], spec: str | None = None) -> str:
    """A series in order: where it begins and ends, and between which bounds it lies where these are no ends."""
    first, last = points[0], points[-1]
    peak, dip = max(points, key=Value.number), min(points, key=Value.number)
    ends = f"from {telling(first, spec)} to {telling(last, spec)}"
    if {dip.number(), peak.number()} <= {first.number(), last.number()}:
        return ends
    return f"{ends}, between {telling(dip, spec)} and {telling(peak, spec)}"
