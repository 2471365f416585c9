"""Before and after, one line a pair: two points with their intervals, and the score of a trivial baseline."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from analysis.facts.errors import FactError
from analysis.facts.escape import clean
from analysis.facts.formatting import MISSING
from analysis.facts.values import Value
from analysis.figures.alt import Alt, Telling, listed
from analysis.figures.drawn import Drawn, Mark
from analysis.figures.lines import (
    TICK,
    TWO_ROWS_CM,
    Estimate,
    draw_estimate,
    draw_tick,
    height_of,
    kinds_of,
    label_lines,
    marker,
    names_of,
    not_given,
    with_headings,
)
from analysis.figures.palette import SOFT_INK
from analysis.figures.style import canvas, house_style, legend_above, scale_in

_APART = 0.17  # of a line: the point before stands above its line, the one after below


@dataclass(frozen=True)
class Pair:
    """One line: what it is about, the two estimates or the second alone, and what a trivial baseline scores."""

    name: str
    before: Estimate | None
    after: Estimate
    baseline: Value | None = None
    group: str | None = None
    """Lines of one group stand together below its name: those of one kind, so that no reader ranks across kinds."""

    @property
    def ends(self) -> tuple[Value, ...]:
        return (self.after.value,) if self.before is None else (self.before.value, self.after.value)

    @property
    def values(self) -> list[Value]:
        baseline = [] if self.baseline is None else [self.baseline]
        return [*(self.before.values if self.before else ()), *self.after.values, *baseline]


def pairs(
    found: Sequence[Pair],
    *,
    axis: str,
    spec: str | None = None,
    sides: tuple[str, str],
    baseline: str = "baseline",
    dense: bool = False,
) -> Drawn:
    """A line for each pair: an open marker before, a filled one after, both by kind; a tick at the baseline.

    `sides` names before and after in the legend, `baseline` the tick; `dense` lines stand closer. A missing value reads
    n/a. Raises FactError where there is no value at all.
    """
    if all(value.missing for pair in found for value in pair.ends):
        raise FactError("a figure of pairs needs at least one value that is not missing")
    lines = with_headings(found)
    marks: list[Mark] = []
    with house_style():
        figure, (axes,) = canvas(height_cm=(1.8 if dense else 2.2) + height_of(lines, 0.42 if dense else TWO_ROWS_CM))
        for position, line in enumerate(lines):
            if isinstance(line, Pair):
                marks += _draw(axes, position, line)
        label_lines(axes, lines, dense=dense)
        axes.set_xlabel(axis)
        scale_in(axes.xaxis, spec)
        legend = _legend(found, sides, baseline)
        legend_above(figure, list(legend.values()), list(legend))
    shows = tuple(value for pair in found for value in pair.values)
    words = (axis, MISSING, baseline, *sides, *legend)
    return Drawn(figure, _alt(found, axis, spec, sides, baseline), shows, tuple(marks), names_of(found), words)


def _draw(axes: Axes, position: int, pair: Pair) -> list[Mark]:
    marks = []
    if pair.baseline is not None and not pair.baseline.missing:
        marks.append(draw_tick(axes, position, pair.baseline, pair.name))
    if pair.before is not None and not pair.before.value.missing:
        marks += draw_estimate(axes, position - _APART, pair.before, filled=False)
    if not pair.after.value.missing:
        marks += draw_estimate(axes, position + _APART, pair.after)
    if all(value.missing for value in pair.ends):
        not_given(axes, position)
    return [replace(mark, name=pair.name) for mark in marks]


def _legend(found: Sequence[Pair], sides: tuple[str, str], baseline: str) -> dict[str, Line2D]:
    kinds = kinds_of([value for pair in found for value in pair.ends])
    legend = {
        f"{side}, {kind}" if len(kinds) > 1 else side: Line2D([], [], **marker(kind, filled=filled))
        for kind in kinds
        for side, filled in zip(sides, (False, True), strict=True)
    }
    if any(pair.baseline is not None for pair in found):
        legend[baseline] = Line2D([], [], color=SOFT_INK.light, linestyle=TICK, linewidth=1)
    return legend


def _alt(found: Sequence[Pair], axis: str, spec: str | None, sides: tuple[str, str], baseline: str) -> Alt:
    telling = Telling()
    names = listed(list(dict.fromkeys(pair.group or pair.name for pair in found)))
    parts: list[str] = []
    for group in dict.fromkeys(pair.group for pair in found):
        of_group = "; ".join(_describe(telling, pair, spec, baseline) for pair in found if pair.group == group)
        parts.append(f"{clean(group)}: {of_group}." if group else f"{of_group}.")
    return telling.finish(f"Chart of {axis}, {sides[0]} and {sides[1]}, for {names}. {' '.join(parts)}")


def _describe(telling: Telling, pair: Pair, spec: str | None, baseline: str) -> str:
    told = [telling(value, spec) for value in pair.ends]
    ends = f"{clean(pair.name)} {told[0] if len(told) == 1 else f'from {told[0]} to {told[1]}'}"
    return (
        ends
        if pair.baseline is None or pair.baseline.missing
        else f"{ends} ({baseline} {telling(pair.baseline, spec)})"
    )
