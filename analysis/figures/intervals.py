"""Points with their intervals, one line of the figure each: published figures beside what was made here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from analysis.facts.errors import FactError
from analysis.facts.escape import clean
from analysis.facts.formatting import MISSING, formatted
from analysis.facts.values import Value
from analysis.figures.alt import extremes, listed
from analysis.figures.drawn import Drawn
from analysis.figures.legends import legend_above
from analysis.figures.palette import GRID, KIND_MARKERS, KIND_TONES, SOFT_INK
from analysis.figures.style import canvas, finish, house_style, scale_in


@dataclass(frozen=True)
class Estimate:
    """One point: its name, its value, and the interval that rounding or sampling admits, where one is known."""

    name: str
    value: Value
    low: Value | None = None
    high: Value | None = None
    group: str | None = None
    """Lines of one group stand together below its name."""

    @property
    def values(self) -> list[Value]:
        return [value for value in (self.value, self.low, self.high) if value is not None]


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
    lines = _lines(estimates)
    with house_style():
        figure, (axes,) = canvas(height_cm=2.4 + 0.5 * len(lines))
        for position, line in enumerate(lines):
            if isinstance(line, Estimate):
                _draw(axes, position, line)
        for name, value in references:
            axes.axvline(value.number(), color=SOFT_INK.light, linestyle=(0, (4, 3)), linewidth=0.8, zorder=1)
            axes.annotate(
                clean(name), (value.number(), 1), (2, 2), xycoords=("data", "axes fraction"),
                textcoords="offset points", fontsize=7.5, color=SOFT_INK.light,
            )  # fmt: skip
        _label(axes, lines)
        axes.set_xlabel(axis)
        scale_in(axes.xaxis, spec)
        kinds = [kind for kind in KIND_MARKERS if any(e.value.kind == kind for e in estimates)]
        legend_above(figure, [_handle(kind) for kind in kinds], kinds)
    shows = [value for estimate in estimates for value in estimate.values] + [value for _, value in references]
    return Drawn(figure, _alt(estimates, axis, spec, references), tuple(shows))


def _lines(estimates: Sequence[Estimate]) -> list[Estimate | str]:
    """Estimates with the headings of their groups before them, in order of first appearance."""
    lines: list[Estimate | str] = []
    for group in dict.fromkeys(estimate.group for estimate in estimates):
        lines += [group] if group is not None else []
        lines += [estimate for estimate in estimates if estimate.group == group]
    return lines


def _draw(axes: Axes, position: int, estimate: Estimate) -> None:
    tone, marker = KIND_TONES[estimate.value.kind].light, KIND_MARKERS[estimate.value.kind]
    axes.axhline(position, color=GRID.light, linewidth=0.5, zorder=0)
    if estimate.value.missing:
        axes.annotate(MISSING, (0, position), (4, 0), xycoords=("axes fraction", "data"),
                      textcoords="offset points", va="center", fontsize=7.5, color=SOFT_INK.light)  # fmt: skip
        return
    ends = [end.number() for end in (estimate.low, estimate.high) if end is not None and not end.missing]
    if len(ends) == 2:
        axes.plot(ends, [position, position], color=tone, linewidth=2.2, solid_capstyle="butt", zorder=2)
    axes.plot([estimate.value.number()], [position], color=tone, marker=marker, linestyle="none", zorder=3)


def _label(axes: Axes, lines: Sequence[Estimate | str]) -> None:
    names = [clean(line.name if isinstance(line, Estimate) else line) for line in lines]
    axes.set_yticks(range(len(lines)), names)
    for line, label in zip(lines, axes.get_yticklabels(), strict=True):
        if isinstance(line, str):
            label.set_fontweight("bold")
    axes.set_ylim(len(lines) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.04)
    finish(axes)


def _handle(kind: str) -> Line2D:
    return Line2D([], [], color=KIND_TONES[kind].light, marker=KIND_MARKERS[kind], linestyle="none")


def _alt(
    estimates: Sequence[Estimate], axis: str, spec: str | None, references: Sequence[tuple[str, Value]]
) -> str:
    names = [estimate.name for estimate in estimates]
    there = {f"{e.group}, {e.name}" if e.group else e.name: e.value for e in estimates}
    gaps = sum(estimate.value.missing for estimate in estimates)
    parts = [f"Point and interval chart of {axis} for {len(estimates)} rows: {listed(names)}."]
    parts.append(f"Values {extremes(there, spec)}.")
    if gaps:
        parts.append(f"{gaps} not given by the source.")
    parts += [f"Reference line {clean(name)} at {formatted(value, spec)}." for name, value in references]
    return " ".join(parts)
