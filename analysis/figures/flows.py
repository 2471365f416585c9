"""Transition diagrams: right and wrong predictions before and after, one panel a study."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path

from analysis.facts.errors import FactError
from analysis.facts.escape import clean
from analysis.facts.values import Value
from analysis.figures.alt import Alt, Telling, listed
from analysis.figures.drawn import Drawn, Mark
from analysis.figures.palette import BLUE, HATCHES, INK, ORANGE, PLUM, SLATE, SOFT_INK, Tone
from analysis.figures.style import canvas, grid_of, house_style, legend_above, wrapped
from experiments.tables.terms import Correctness

MOST_PANELS, IN_A_ROW = 20, 6


@dataclass(frozen=True)
class Flow:
    """A correctness class: the side that it leaves and reaches, counted from the top, and its look."""

    name: str
    leaves: int
    reaches: int
    tone: Tone
    hatch: str


# From the top: right above wrong on either side, so that what is broken falls and what is corrected rises.
FLOWS: Mapping[str, Flow] = {
    Correctness.BOTH_RIGHT: Flow("both right", 0, 0, BLUE, HATCHES[0]),
    Correctness.BROKEN: Flow("broken", 0, 1, PLUM, HATCHES[4]),
    Correctness.CORRECTED: Flow("corrected", 1, 0, ORANGE, HATCHES[1]),
    Correctness.BOTH_WRONG: Flow("both wrong", 1, 1, SLATE, HATCHES[2]),
}
_LEAVES = {name: flow.leaves for name, flow in FLOWS.items()}
_REACHES = {name: flow.reaches for name, flow in FLOWS.items()}
_SIDE, _GAP = 0.1, 0.05
_SIDES = ("right", "wrong")
_STAGES = ("before", "after")
_LEAST_SHARE = 0.3
"""Of a bar that is as long as the word beside it; a shorter one goes without: right is always above wrong."""


@dataclass(frozen=True)
class Transitions:
    """One panel: its name, and the share of each of `FLOWS`."""

    name: str
    shares: Mapping[str, Value]


def flows(panels: Sequence[Transitions]) -> Drawn:
    """A panel each, in rows: bands from right and wrong before to right and wrong after, as wide as their share.

    Raises FactError for more panels than stay readable, and for shares that are not those of `FLOWS`.
    """
    if not 0 < len(panels) <= MOST_PANELS:
        raise FactError(f"{len(panels)} panels of transitions; 1 to {MOST_PANELS} fit one figure")
    for panel in panels:
        if set(panel.shares) != set(FLOWS):
            raise FactError(f"{panel.name}: transitions need the shares of {', '.join(FLOWS)}")
    with house_style():
        marks: list[Mark] = []
        columns, rows = grid_of(len(panels), IN_A_ROW)
        figure, grid = canvas(7.2 if rows == 1 else 1.2 + 4.5 * rows, columns, rows)
        for axes, panel in zip(grid, panels, strict=False):
            marks += _draw(axes, panel, 96 // columns)
        for axes in grid[len(panels) :]:
            axes.set_axis_off()
        handles = [
            Patch(facecolor=flow.tone.light, hatch=flow.hatch, edgecolor=INK.light, linewidth=0.4, alpha=0.85)
            for flow in FLOWS.values()
        ]
        legend_above(figure, handles, [flow.name for flow in FLOWS.values()])
    shows = tuple(panel.shares[name] for panel in panels for name in FLOWS)
    names = tuple(panel.name for panel in panels)
    words = (*_STAGES, *_SIDES, *(flow.name for flow in FLOWS.values()))
    return Drawn(figure, _alt(panels), shows, tuple(marks), names, words)


def _draw(axes: Axes, panel: Transitions, width: int) -> list[Mark]:
    marks = []
    shares = {name: float(panel.shares[name].number()) for name in FLOWS}
    starts, ends = _places(shares, _LEAVES), _places(shares, _REACHES)
    for name, flow in FLOWS.items():
        if shares[name] > 0:
            band = axes.add_patch(_band(starts[name], ends[name], shares[name], flow))
            marks.append(Mark(band, "length", [(None, panel.shares[name])], flow.name))
    for across, places, side in ((0, starts, _LEAVES), (1 - _SIDE, ends, _REACHES)):
        for which, word in enumerate(_SIDES):
            inside = [name for name in FLOWS if side[name] == which]
            height = sum(shares[name] for name in inside)
            if height > 0:
                top = max(places[name] for name in inside if shares[name] > 0)
                axes.add_patch(Rectangle((across, top - height), _SIDE, height, facecolor=SOFT_INK.light, linewidth=0))
                _word(axes, across, top - height / 2, word, height)
    axes.set_xlim(-0.22, 1.22)
    axes.set_ylim(-0.02, 1 + _GAP + 0.02)
    axes.set_xticks([_SIDE / 2, 1 - _SIDE / 2], _STAGES)
    axes.set_yticks([])
    axes.tick_params(length=0)
    axes.set_title(wrapped(clean(panel.name).replace(", ", ",\n"), width, 3), fontsize=8.5)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return marks


def _places(shares: Mapping[str, float], side: Mapping[str, int]) -> dict[str, float]:
    """The upper edge of each band on one side, right above wrong with a gap between."""
    at, places = 1 + _GAP, {}
    for which in (0, 1):
        for name in FLOWS:
            if side[name] == which:
                places[name] = at
                at -= shares[name]
        at -= _GAP
    return places


def _band(start: float, end: float, width: float, flow: Flow) -> PathPatch:
    left, right = _SIDE, 1 - _SIDE
    middle = (left + right) / 2
    upper = [(left, start), (middle, start), (middle, end), (right, end)]
    lower = [(right, end - width), (middle, end - width), (middle, start - width), (left, start - width)]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    return PathPatch(
        Path(np.array([*upper, *lower, upper[0]]), codes),
        facecolor=flow.tone.light,
        hatch=flow.hatch,
        edgecolor=INK.light,
        linewidth=0.4,
        alpha=0.85,
    )


def _word(axes: Axes, across: float, height: float, word: str, share: float) -> None:
    if share > _LEAST_SHARE:
        left = across == 0
        axes.annotate(
            word,
            (0 if left else 1, height),
            (-3 if left else 3, 0),
            textcoords="offset points",
            ha="right" if left else "left",
            va="center",
            fontsize=7.5,
            color=SOFT_INK.light,
            rotation=90,
        )


def _alt(panels: Sequence[Transitions]) -> Alt:
    telling = Telling()
    parts = [
        f"{clean(panel.name)}: "
        + ", ".join(f"{flow.name} {telling(panel.shares[name], '.0%')}" for name, flow in FLOWS.items())
        for panel in panels
    ]
    return telling.finish(f"Transition diagram for {listed([panel.name for panel in panels])}. {'; '.join(parts)}.")
