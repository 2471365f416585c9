"""Curves over an ordered scale, such as a score at each layer, in panels side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from analysis.facts.errors import FactError
from analysis.facts.escape import clean
from analysis.facts.values import Value
from analysis.figures.alt import Telling, extremes, listed, trend
from analysis.figures.drawn import Drawn, Mark
from analysis.figures.palette import DASHES, MARKERS, SERIES
from analysis.figures.style import canvas, finish, grid_of, house_style, legend_above, scale_in, wrapped

MOST_PANELS = 4
"""Panels that stand side by side."""
MOST_ROWS = 5
_FEW_POSITIONS = 6
_MANY_POINTS = 12
"""Points beyond which the marks of a curve are small: large ones would fuse."""
_MOST_DESCRIBED = 8


@dataclass(frozen=True)
class Point:
    """One point of a curve, with an interval where one is known."""

    x: Value
    y: Value
    low: Value | None = None
    high: Value | None = None


@dataclass(frozen=True)
class Curve:
    """One series: its name, its points, and the panel that it belongs to."""

    name: str
    points: Sequence[Point]
    panel: str = ""

    def drawn(self) -> list[Point]:
        """The points that the source gives, in order of x; the line passes over the others."""
        there = [point for point in self.points if not point.y.missing and not point.x.missing]
        return sorted(there, key=lambda point: point.x.number())


def curves(series: Sequence[Curve], *, x: str, y: str, spec: str | None = None) -> Drawn:
    """The series as lines that differ in colour, marker and dash, with bands for intervals, in rows of panels.

    A name has the same look in every panel. Raises FactError for more names or panels than stay readable.
    """
    names = list(dict.fromkeys(curve.name for curve in series))
    panels = list(dict.fromkeys(curve.panel for curve in series))
    if len(names) > len(SERIES) or len(panels) > MOST_PANELS * MOST_ROWS:
        limits = f"{len(SERIES)} names and {MOST_PANELS * MOST_ROWS} panels"
        raise FactError(f"{len(names)} names in {len(panels)} panels are too many to read; {limits} fit one figure")
    if not any(curve.drawn() for curve in series):
        raise FactError("a figure of curves needs at least one point that is not missing")
    with house_style():
        columns, rows = grid_of(len(panels), MOST_PANELS)
        marks: list[Mark] = []
        figure, grid = canvas(6.8 if rows == 1 else 1.2 + 4.0 * rows, columns, rows)
        for number, (axes, panel) in enumerate(zip(grid, panels, strict=False)):
            for curve in series:
                if curve.panel == panel:
                    marks += draw_curve(axes, curve, names.index(curve.name))
            axes.set_title(wrapped(panel, 80 // columns), loc="left")
            axes.set_xlabel(x)
            if number % columns == 0:
                axes.set_ylabel(y)
            mark_positions(axes, [curve for curve in series if curve.panel == panel])
            scale_in(axes.yaxis, spec)
            finish(axes, grid="y")
        for axes in grid[len(panels) :]:
            axes.set_axis_off()
        figure.align_ylabels()
        looks = [look for axes in grid for look in zip(*axes.get_legend_handles_labels(), strict=True)]
        by_name = {label: handle for handle, label in looks}
        legend_above(figure, list(by_name.values()), list(by_name))
    shows = [v for c in series for p in c.drawn() for v in (p.x, p.y, p.low, p.high) if v is not None]
    telling = Telling()
    told = telling.finish(describe(telling, series, x, y, spec))
    return Drawn(figure, told, tuple(shows), tuple(marks), names=(*names, *panels), words=(x, y))


def draw_curve(axes: Axes, curve: Curve, look: int, *, filled: bool = True) -> list[Mark]:
    """One line in the look of this number, with its band; open markers let the page through."""
    points = curve.drawn()
    across = [point.x.number() for point in points]
    small = {"markersize": 2.4, "linewidth": 0.9} if len(points) > _MANY_POINTS else {}
    (line,) = axes.plot(
        across,
        [point.y.number() for point in points],
        color=SERIES[look].light,
        marker=MARKERS[look],
        markerfacecolor=SERIES[look].light if filled else "none",
        linestyle=DASHES[look],
        label=clean(curve.name),
        **small,
    )
    banded = [p for p in points if p.low is not None and p.high is not None and not (p.low.missing or p.high.missing)]
    marks = [Mark(line, "point", [(point.x, point.y) for point in points], curve.name)]
    if banded:
        band = axes.fill_between(
            [point.x.number() for point in banded],
            [point.low.number() for point in banded],
            [point.high.number() for point in banded],
            facecolor=(SERIES[look].light, 0.14),
            # Its rim stays where the bands of two curves lie on each other.
            edgecolor=(SERIES[look].light, 0.6),
            linewidth=0.5,
        )
        ends = [(point.x, end) for point in banded for end in (point.low, point.high)]
        marks.append(Mark(band, "ends", ends, curve.name))
    return marks


def mark_positions(axes: Axes, series: Sequence[Curve]) -> None:
    """Ticks at the positions themselves where they are few, such as four layers; of halves at the whole ones."""
    positions = sorted({point.x.number() for curve in series for point in curve.drawn()})
    if len(positions) <= _FEW_POSITIONS:
        axes.set_xticks([position for position in positions if float(position).is_integer()] or positions)
    elif all(isinstance(position, int) for position in positions):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))


def describe(telling: Telling, series: Sequence[Curve], x: str, y: str, spec: str | None) -> str:
    """The alternative text of curves: each by itself where they are few, else between which values all of them lie."""
    names = list(dict.fromkeys(curve.name for curve in series))
    panels = list(dict.fromkeys(curve.panel for curve in series))
    drawn = [(curve, [point.y for point in curve.drawn()]) for curve in series]
    inside = f" in panels ({listed(panels)})" if len(panels) > 1 else ""
    head = f"Line chart of {y} over {x}{inside} for {listed(names)}."
    titles = [f"{clean(c.panel)}, {clean(c.name)}" if len(panels) > 1 else clean(c.name) for c, _ in drawn]
    if len(drawn) <= _MOST_DESCRIBED:
        each = [
            f"{title} {trend(telling, ys, spec) if ys else 'is not given'}"
            for title, (_, ys) in zip(titles, drawn, strict=True)
        ]
        return f"{head} {'; '.join(each)}."
    there = [(title, ys) for title, (_, ys) in zip(titles, drawn, strict=True) if ys]
    first = extremes(telling, ((title, ys[0]) for title, ys in there), spec)
    last = extremes(telling, ((title, ys[-1]) for title, ys in there), spec)
    ends = f"{head} The first points of the curves lie {_at(first)}; the last {_at(last)}"
    if len({value.number() for _, ys in there for value in ys}) <= 1:  # where all are one, `all` says nothing more
        return f"{ends}." if there else head
    whole = extremes(telling, ((title, value) for title, ys in there for value in ys), spec)
    return f"{ends}; all points {_at(whole)}."


def _at(extremes_said: str) -> str:
    """`from … to …` as it is, and `at …` where all are one value."""
    return extremes_said if extremes_said.startswith("from ") else f"at {extremes_said}"
