"""Several quantities of the same things side by side, such as time and memory: a panel each, one line a thing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil, floor, log10

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullFormatter

from analysis.facts.errors import FactError
from analysis.facts.escape import clean
from analysis.facts.formatting import MISSING
from analysis.facts.values import Value
from analysis.figures.alt import Alt, Telling, listed
from analysis.figures.drawn import Drawn, Mark
from analysis.figures.lines import (
    MANY,
    TICK,
    TWO_ROWS_CM,
    Estimate,
    draw_estimate,
    draw_reference,
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
from analysis.figures.style import canvas, house_style, legend_above, wrapped

MOST_PANELS = 3
MOST_TICKS = 4
_TARGET = "target"


@dataclass(frozen=True)
class Measured:
    """One line: an estimate for each quantity by its name; what is not known is left out."""

    name: str
    estimates: Mapping[str, Estimate]
    group: str | None = None
    target: Value | None = None
    """What each estimate is to reach."""


def measures(found: Sequence[Measured], *, references: Sequence[tuple[str, Value]] = ()) -> Drawn:
    """A panel for each quantity, on a scale of powers of ten; a bar reaches over the runs, a tick stands at a target.

    `references` are vertical lines with a name. Raises FactError where nothing is drawn, where there are too many
    panels, and for a value that is not above 0.
    """
    quantities = list(dict.fromkeys(name for line in found for name in line.estimates))
    drawn = [estimate.value for line in found for estimate in line.estimates.values() if not estimate.value.missing]
    if not drawn or len(quantities) > MOST_PANELS:
        raise FactError(f"{len(drawn)} values of {len(quantities)} quantities; 1 to {MOST_PANELS} quantities fit")
    if any(value.number() <= 0 for value in drawn):
        raise FactError("a scale of powers of ten shows values above 0 only")
    targets = [line.target for line in found if line.target is not None]
    lines = with_headings(found)
    marks: list[Mark] = []
    with house_style():
        figure, grid = canvas(2.2 + height_of(lines, TWO_ROWS_CM if _touch(lines) else 0.55), len(quantities))
        for axes, quantity in zip(grid, quantities, strict=True):
            marks += _draw(axes, lines, quantity)
            marks += [draw_reference(axes, name, value) for name, value in references]
            label_lines(axes, lines)
            _scale(axes, quantity)
        for axes in grid[1:]:
            axes.set_yticklabels([])
        kinds = kinds_of(drawn)
        legend = {kind: Line2D([], [], **marker(kind)) for kind in kinds}
        if targets:
            legend[_TARGET] = Line2D([], [], color=SOFT_INK.light, linestyle=TICK, linewidth=1)
        legend_above(figure, list(legend.values()), list(legend))
    ends = [value for line in found for estimate in line.estimates.values() for value in estimate.values]
    shows = (*ends, *targets, *(value for _, value in references))
    words = (MISSING, *kinds, *quantities, _TARGET, *(name for name, _ in references))
    return Drawn(figure, _alt(found, quantities), shows, tuple(marks), names_of(found), words)


def _touch(lines: Sequence[Measured | str]) -> bool:
    """Whether two names one below the other have two rows of text each."""
    rows = [1 if isinstance(line, str) or len(lines) > MANY else wrapped(line.name).count("\n") + 1 for line in lines]
    return any(above + below > 3 for above, below in pairwise(rows))


def _draw(axes: Axes, lines: Sequence[Measured | str], quantity: str) -> list[Mark]:
    marks = []
    axes.set_xscale("log")
    for position, line in enumerate(lines):
        if isinstance(line, Measured):
            estimate = line.estimates.get(quantity)
            if estimate is None or estimate.value.missing:
                not_given(axes, position)
            else:
                marks += [replace(mark, name=line.name) for mark in draw_estimate(axes, position, estimate)]
            if line.target is not None:
                marks.append(draw_tick(axes, position, line.target, line.name))
    return marks


def _scale(axes: Axes, quantity: str) -> None:
    """A scale with at least two labels; small ticks between them say that it is logarithmic."""
    axes.set_xlabel(quantity)
    low, high = axes.get_xlim()
    first, last = ceil(log10(low)), floor(log10(high))
    if first >= last:
        first, last = floor(log10(low)), ceil(log10(high))
        axes.set_xlim(10**first, 10**last)
    decades = range(first, last + 1, ceil((last - first + 1) / MOST_TICKS))
    axes.set_xticks([10**decade for decade in decades], [_power(decade) for decade in decades])
    axes.xaxis.set_minor_locator(LogLocator(subs=range(2, 10)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(which="minor", length=1.5)


def _power(decade: int) -> str:
    """A power of ten as short as it can be said: "0.1", "100", "1k", "1M"."""
    if decade >= 6:
        return f"{10 ** (decade - 6):,}M"
    if decade >= 3:
        return f"{10 ** (decade - 3)}k"
    return f"{10**decade:,.10g}"


def _alt(found: Sequence[Measured], quantities: Sequence[str]) -> Alt:
    telling, parts = Telling(), []
    for quantity in quantities:
        values = {line.name: line.estimates[quantity].value for line in found if quantity in line.estimates}
        each = "; ".join(f"{clean(name)} {telling(value, ',.3g')}" for name, value in values.items())
        parts.append(f"{clean(quantity)}: {each}.")
    head = f"Charts of {listed(quantities)} for {listed([line.name for line in found])}."
    return telling.finish(" ".join([head, *parts]))
