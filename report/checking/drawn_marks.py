"""Whether marks and ticks stand where their numbers lie on the scale."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import log10
from typing import Any

from report.checking.drawings import Panel, Shape, Tick
from report.checking.drawn_texts import shown
from report.checking.vocabulary import Fact

NEAR = 0.05
"""How far a mark may lie from the place of its value, in points of the page."""
STEP = re.compile(r"(?:(?P<less><)|(?P<more>≥)|(?P<low>[\d.]+)–)(?P<high>[\d.]+)%")
"""The name of a step of colour."""
_NUMBER = re.compile(r"(?P<sign>[−-]?)(?P<digits>\d[\d,]*(?:\.\d+)?)(?P<unit>%|k|M)?")
_SCALED = {"%": 0.01, "k": 1e3, "M": 1e6, None: 1.0}

Place = list[Fact | None]
"""The facts along x and y."""
Problem = tuple[str, str]
"""Rule and message."""


def check_points(name: str, shape: Shape, places: list[Place], axes: Mapping, panel: Panel) -> Iterator[Problem]:
    """Each value has its point, and each point its value."""
    spots = shape.markers or tuple(spot for outline in shape.outlines for spot in outline)
    wanted = [
        tuple(
            None if fact is None else _place_of(fact["value"], axes[which], panel, which)
            for fact, which in zip(place, "xy", strict=True)
        )
        for place in places
    ]
    there, meant = _Near(spots), _Near(wanted)
    for place, want in zip(places, wanted, strict=True):
        if not there.meets(want):
            told = " and ".join(fact["text"] for fact in place if fact is not None)
            yield "figure-mark", f"no mark of {name} stands at {told} ({_how(place)})"
            return
    if not all(map(meant.meets, spots)):
        yield "figure-mark", f"a mark of {name} stands where none of its values lies"


def check_length(name: str, shape: Shape, place: Place, axes: Mapping, panel: Panel) -> Iterator[Problem]:
    """A bar or band is as long, or as wide, as its value."""
    number = 0 if place[0] is not None else 1
    which, value = "xy"[number], place[number]["value"]
    spots = [spot for outline in shape.outlines for spot in outline]
    least = min((spot[1 - number] for spot in spots), default=0.0)
    edge = [spot[number] for spot in spots if abs(spot[1 - number] - least) < NEAR]
    drawn = max(edge) - min(edge) if edge else 0.0
    start, end = (_place_of(each, axes[which], panel, which) for each in (0, value))
    if abs(drawn - abs(end - start)) > NEAR:
        yield "figure-mark", f"the mark of {name} is not as long as its value, {place[number]['text']} ({_how(place)})"


def check_cells(name: str, shape: Shape, facts: list[Fact]) -> Iterator[Problem]:
    """Check that there are as many cells as values, all of them in the step that the legend names."""
    step = STEP.fullmatch(name)
    if step is None or len(shape.outlines) != len(facts):
        cells = f"{len(shape.outlines)} cells"
        yield "figure-mark", f"{cells} are drawn in the step {shown(name)}, for {len(facts)} values"
        return
    high = float(step["high"]) / 100
    low, high = (0, high) if step["less"] else (high, 1) if step["more"] else (float(step["low"]) / 100, high)
    outside = next((fact for fact in facts if not low <= fact["value"] <= high), None)
    if outside is not None:
        yield "figure-mark", f"{outside['text']} ({outside['how']}) has the colour of the step {shown(name)}"


def _how(place: Place) -> str:
    return "; ".join(fact["how"] for fact in place if fact is not None)


def _place_of(value: float, scale: Sequence[Any], panel: Panel, which: str) -> float:
    """Where a number lies on a scale, in points of the page."""
    low, high, kind = scale
    if kind == "log":
        low, high, value = log10(low), log10(high), log10(value) if value > 0 else low
    share = (value - low) / (high - low)
    left, top, right, bottom = panel.box
    return left + share * (right - left) if which == "x" else bottom - share * (bottom - top)


def stands(tick: Tick, scale: Sequence[Any], panel: Panel, which: str) -> bool:
    """Whether a tick's number stands at its place, as exactly as it is written."""
    match = _NUMBER.fullmatch(tick.text)
    if match is None or tick.at is None:
        return False
    digits = match["digits"].replace(",", "")
    scaled = _SCALED[match["unit"]] * panel.factors.get(which, 1.0)
    number = float(digits) * scaled * (-1 if match["sign"] else 1)
    half = 0.5 * 10.0 ** -len(digits.partition(".")[2]) * scaled
    if half > 0.2 * abs(number):  # "0" and "1" mean themselves
        half = 0.0
    places = [_place_of(each, scale, panel, which) for each in (number - half, number, number + half)]
    return min(places) - NEAR <= tick.at <= max(places) + NEAR


class _Near:
    """Places on the page, of which one is asked for by another that is near it; None is any place along x or y."""

    def __init__(self, places: Iterable[Sequence[float | None]]) -> None:
        self._all = list(places)
        self._by_place: dict[tuple[int, int], list[Sequence[float | None]]] = {}
        self._exact = all(None not in place for place in self._all)
        for place in self._all if self._exact else ():
            self._by_place.setdefault((round(place[0]), round(place[1])), []).append(place)

    def meets(self, wanted: Sequence[float | None]) -> bool:
        """Whether one of the places is there."""
        if not self._exact or None in wanted:
            return any(_meets(place, wanted) for place in self._all)
        around = ({round(each - NEAR), round(each + NEAR)} for each in wanted)
        return any(_meets(place, wanted) for cell in product(*around) for place in self._by_place.get(cell, ()))


def _meets(one: Sequence[float | None], other: Sequence[float | None]) -> bool:
    return all(a is None or b is None or abs(a - b) <= NEAR for a, b in zip(one, other, strict=True))
