"""Alternative text made from the data: what kind of chart, its axes, its series, and where they begin, peak and end."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from analysis.facts.escape import clean
from analysis.facts.formatting import formatted
from analysis.facts.values import Value

_NAMED = 6


def listed(names: Sequence[str]) -> str:
    """`a, b and c`; a long list is cut, with the number of those left out."""
    names = [clean(name) for name in names]
    if len(names) > _NAMED:
        return f"{', '.join(names[: _NAMED - 1])} and {len(names) - _NAMED + 1} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "none"


def extremes(values: Mapping[str, Value], spec: str | None = None) -> str:
    """Where the smallest and the largest value lie: `from 0.13 (zero-shot) to 0.95 (fine-tuned)`."""
    there = {name: value for name, value in values.items() if not value.missing}
    if not there:
        return "no values given"
    low = min(there, key=lambda name: there[name].number())
    high = max(there, key=lambda name: there[name].number())
    if there[low] == there[high]:
        return f"always {formatted(there[low], spec)}"
    return f"from {formatted(there[low], spec)} ({clean(low)}) to {formatted(there[high], spec)} ({clean(high)})"


def direction(points: Sequence[Value]) -> str:
    """Which way a series goes: `rise`, `fall`, `stay level` or `turn`; `are not given` without points."""
    steps = [after.number() - before.number() for before, after in pairwise(points)]
    if not points:
        return "are not given"
    if not any(steps):
        return "stay level"
    return "rise" if min(steps) >= 0 else "fall" if max(steps) <= 0 else "turn"


def trend(points: Sequence[Value], spec: str | None = None) -> str:
    """A series in order, with both ends: whether it only rises, only falls, or turns between which bounds."""
    ends = f"{formatted(points[0], spec)} to {formatted(points[-1], spec)}"
    match direction(points):
        case "rise":
            return f"rises from {ends}"
        case "fall":
            return f"falls from {ends}"
        case "stay level":
            return f"stays at {formatted(points[0], spec)}"
    peak, dip = max(points, key=Value.number), min(points, key=Value.number)
    return f"goes from {ends}, between {formatted(dip, spec)} and {formatted(peak, spec)}"
