"""Points with their intervals, one line of the figure each: published figures beside what was made here."""

from collections.abc import Sequence

from matplotlib.lines import Line2D

from analysis.facts.errors import FactError
from analysis.facts.escape import clean
from analysis.facts.formatting import MISSING
from analysis.facts.values import Value
from analysis.figures.alt import Alt, Telling, extremes, listed
from analysis.figures.drawn import Drawn, Mark
from analysis.figures.lines import (
    Estimate,
    draw_estimate,
    draw_reference,
    height_of,
    kinds_of,
    label_lines,
    marker,
    names_of,
    not_given,
    with_headings,
)
from analysis.figures.style import canvas, house_style, legend_above, scale_in

__all__ = ["Estimate", "intervals"]

_MANY = 6
"""Lines beyond which a name has one row of text: two would touch those of the next line."""


def intervals(
    estimates: Sequence[Estimate], *, axis: str, spec: str | None = None, references: Sequence[tuple[str, Value]] = ()
) -> Drawn:
    """A line for each estimate, in the order given: a marker by kind, and a bar for its interval.

    `axis` names the scale, `spec` formats the numbers in the alternative text (a percent format the scale too),
    `references` are vertical lines with a name (chance, majority). A missing value keeps its line and reads n/a. Raises
    FactError for nothing to draw.
    """
    if all(estimate.value.missing for estimate in estimates):
        raise FactError("an interval figure needs at least one value that is not missing")
    lines = with_headings(estimates)
    marks: list[Mark] = []
    with house_style():
        figure, (axes,) = canvas(height_cm=2.2 + height_of(lines, 0.5))
        for position, line in enumerate(lines):
            if isinstance(line, Estimate):
                if line.value.missing:
                    not_given(axes, position)
                else:
                    marks += draw_estimate(axes, position, line)
        for name, value in references:
            marks.append(draw_reference(axes, name, value))
        label_lines(axes, lines, dense=len(lines) > _MANY)
        axes.set_xlabel(axis)
        scale_in(axes.xaxis, spec)
        # What mixes kinds, such as a ratio of a printed and a computed count, is said by the scale.
        kinds = [kind for kind in kinds_of([estimate.value for estimate in estimates]) if kind != "mixed"]
        legend_above(figure, [Line2D([], [], **marker(kind)) for kind in kinds], kinds)
    shows = [value for estimate in estimates for value in estimate.values] + [value for _, value in references]
    words = (axis, MISSING, *kinds, *(name for name, _ in references))
    return Drawn(
        figure, _alt(estimates, axis, spec, references), tuple(shows), tuple(marks), names_of(estimates), words
    )


def _alt(estimates: Sequence[Estimate], axis: str, spec: str | None, references: Sequence[tuple[str, Value]]) -> Alt:
    telling = Telling()
    there = {f"{e.group}, {e.name}" if e.group else e.name: e.value for e in estimates}
    gaps = [estimate.value for estimate in estimates if estimate.value.missing]
    parts = [f"Point and interval chart of {axis} for {listed([estimate.name for estimate in estimates])}."]
    parts.append(f"Values {extremes(telling, there.items(), spec)}.")
    if gaps:
        parts.append(f"{telling.count(gaps, gaps[0], 'values not given')} not given by the source.")
    parts += [f"Reference line {clean(name)} at {telling(value, spec)}." for name, value in references]
    return telling.finish(" ".join(parts))
