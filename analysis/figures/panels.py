"""Curves in rows of small panels, with the levels of trivial baselines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import offset_copy

from analysis.facts.errors import FactError
from analysis.facts.escape import clean
from analysis.facts.values import Value
from analysis.figures.alt import Alt, Telling, extremes
from analysis.figures.curves import MOST_PANELS, Curve, describe, draw_curve, mark_positions
from analysis.figures.drawn import Drawn, Mark
from analysis.figures.palette import GRID, INK, SERIES, SOFT_INK
from analysis.figures.style import canvas, finish, house_style, legend_above, scale_in, wrapped

MOST_ROWS = 8
ROW_CM = 3.8
"""Height of a row with its name, its titles and its ticks."""
_TALLEST = 20.5
"""Height of a figure in cm that leaves room for its caption on a page."""
_HEAD = 1.2
_TITLE_CHARACTERS = 66
"""Characters of the titles of a row together."""
_DOTS = ((0, (1, 1.5)), (0, (5, 2, 1, 2)), (0, (6, 3)))
_RING = {
    "marker": "o",
    "markersize": 10,
    "markerfacecolor": "none",
    "markeredgecolor": INK.light,
    "markeredgewidth": 1.1,
    "linestyle": "none",
    "zorder": 4,
}


@dataclass(frozen=True)
class Scale:
    """What is counted along the panels of a row, and its format."""

    y: str
    spec: str | None = None


@dataclass(frozen=True)
class Panel:
    """One small panel: its row, its title, its curves, and levels with a name, such as the score of a trivial baseline.

    `degenerate` are the positions at which a curve holds no information: hatched, with a ring around the first curve's
    point.
    """

    row: str
    title: str
    curves: Sequence[Curve]
    levels: Sequence[tuple[str, Value]] = ()
    degenerate: Sequence[Value] = ()

    @property
    def reported(self) -> bool:
        """Whether all that it shows was published by somebody else."""
        return {point.y.kind for curve in self.curves for point in curve.drawn()} == {"reported"}

    @property
    def values(self) -> list[Value]:
        ends = [end for curve in self.curves for p in curve.drawn() for end in (p.x, p.y, p.low, p.high)]
        return [value for value in (*ends, *(value for _, value in self.levels), *self.degenerate) if value is not None]


def split_panels(found: Sequence[Panel], row_cm: float = ROW_CM) -> list[list[Panel]]:
    """The panels in as many figures as they need to stay legible: by the columns of each row, then by rows."""
    rows = [[panel for panel in found if panel.row == name] for name in dict.fromkeys(p.row for p in found)]
    at_once = min(MOST_ROWS, int((_TALLEST - _HEAD) / row_cm))
    columns = range(0, max(map(len, rows), default=0), MOST_PANELS)
    return [
        part
        for first in range(0, len(rows), at_once)
        for left in columns
        if (part := [each for row in rows[first : first + at_once] for each in row[left : left + MOST_PANELS]])
    ]


def panels(
    found: Sequence[Panel],
    *,
    x: str,
    y: str | Mapping[str, Scale],
    spec: str | None = None,
    one_scale: bool = False,
    degenerate: str = "degenerate",
    row_cm: float = ROW_CM,
) -> Drawn:
    """The panels, row by row; a name has the same look in all of them, and reported curves have open markers.

    Each panel has a scale of its own, unless `one_scale` gives all of them the same; where `y` has a scale for each row
    by its name, the panels of a row share it. `degenerate` names the hatched positions in the legend. Raises
    FactError for more rows, columns or names than stay readable, and where there is no point at all.
    """
    rows = {name: [panel for panel in found if panel.row == name] for name in dict.fromkeys(p.row for p in found)}
    names = list(dict.fromkeys(curve.name for panel in found for curve in panel.curves))
    levels = list(dict.fromkeys(name for panel in found for name, _ in panel.levels))
    columns = max(map(len, rows.values()), default=0)
    if len(rows) > MOST_ROWS or columns > MOST_PANELS or len(names) > len(SERIES) or len(levels) > len(_DOTS):
        raise FactError(
            f"{len(rows)} rows of {columns} panels with {len(names)} names and {len(levels)} levels are too many to "
            f"read; {MOST_ROWS}, {MOST_PANELS}, {len(SERIES)} and {len(_DOTS)} fit one figure"
        )
    if not any(curve.drawn() for panel in found for curve in panel.curves):
        raise FactError("panels of curves need at least one point that is not missing")
    marks: list[Mark] = []
    with house_style():
        figure, axes = canvas(_HEAD + row_cm * len(rows), columns, len(rows))
        for number, (row, in_row) in enumerate(rows.items()):
            places = axes[number * columns : (number + 1) * columns]
            scale = Scale(y, spec) if isinstance(y, str) else y[row]
            for panel, place in zip(in_row, places, strict=False):
                marks += _draw(place, panel, names, levels)
                place.set_title(wrapped(panel.title, _TITLE_CHARACTERS // columns), loc="left")
                scale_in(place.yaxis, scale.spec)
            for place in places[len(in_row) :]:
                place.set_axis_off()
            places[0].set_ylabel(scale.y)
            if row:
                _name_row(figure, places[: len(in_row)], row)
            if not isinstance(y, str):
                _share(places)
        if one_scale:
            _share(axes)
        for number, place in enumerate(axes):
            if place.axison and (number + columns >= len(axes) or not axes[number + columns].axison):
                place.set_xlabel(x)
        figure.align_ylabels()
        looks = [look for place in axes for look in zip(*place.get_legend_handles_labels(), strict=True)]
        by_name: dict[str, Artist] = {}
        for handle, label in looks:
            by_name.setdefault(label, handle)
        if any(panel.degenerate for panel in found):
            by_name[degenerate] = Line2D([], [], **_RING)
        shown = [name for name in (*map(clean, (*names, *levels)), degenerate) if name in by_name]
        legend_above(figure, [by_name[name] for name in shown], shown)
    alt = _alt(found, x, Scale(y, spec) if isinstance(y, str) else y, degenerate)
    shows = tuple(value for panel in found for value in panel.values)
    scales = [y] if isinstance(y, str) else [y[row].y for row in rows]
    titles = dict.fromkeys(panel.title for panel in found)
    return Drawn(
        figure,
        alt,
        shows,
        tuple(marks),
        names=tuple(name for name in (*rows, *titles, *names) if name),
        words=(x, degenerate, *dict.fromkeys(scales), *levels),
    )


def _name_row(figure: Figure, places: Sequence[Axes], row: str) -> None:
    """The name of a row as a heading, in a line that the titles of its panels leave free.

    It is a text of the figure, not of the first panel: it tells of them all.
    """
    titles = [place.get_title("left") for place in places]
    lines = max(title.count("\n") for title in titles) + 1
    for place, title in zip(places, titles, strict=True):
        place.set_title("\n" * (lines - title.count("\n")) + title, loc="left")
    size, pad = (mpl.rcParams[f"axes.title{what}"] for what in ("size", "pad"))
    over = offset_copy(places[0].transAxes, figure, y=2 * pad + 1.2 * size * lines, units="points")
    figure.text(0, 1, clean(row), transform=over, fontweight="bold")


def _share(places: Sequence[Axes]) -> None:
    """One vertical scale for all of them."""
    ends = [end for place in places if place.axison for end in place.get_ylim()]
    for place in places:
        place.set_ylim(min(ends), max(ends))


def _draw(axes: Axes, panel: Panel, names: Sequence[str], levels: Sequence[str]) -> list[Mark]:
    marks: list[Mark] = []
    for curve in panel.curves:
        marks += draw_curve(axes, curve, names.index(curve.name), filled=not panel.reported)
    for name, value in panel.levels:
        if not value.missing:
            level = axes.axhline(
                value.number(),
                color=SOFT_INK.light,
                linestyle=_DOTS[levels.index(name)],
                linewidth=1.1,
                label=clean(name),
                zorder=1,
            )
            marks.append(Mark(level, "level", [(None, value)], name))
    for at in [place.number() for place in panel.degenerate]:
        axes.axvspan(at - 0.4, at + 0.4, facecolor="none", edgecolor=GRID.light, hatch="//", linewidth=0, zorder=0)
        here = [point.y.number() for point in panel.curves[0].drawn() if point.x.number() == at]
        axes.plot([at] * len(here), here, **_RING)
    mark_positions(axes, panel.curves)
    axes.margins(y=0.12)
    finish(axes, grid="y")
    return marks


def _alt(found: Sequence[Panel], x: str, y: Scale | Mapping[str, Scale], degenerate: str) -> Alt:
    telling = Telling()
    if isinstance(y, Scale):
        return telling.finish(_describe_panels(telling, found, x, y, degenerate))
    rows = {row: [panel for panel in found if panel.row == row] for row in y}
    told = [_describe_panels(telling, in_row, x, y[row], degenerate) for row, in_row in rows.items()]
    return telling.finish(" ".join(told))


def _describe_panels(telling: Telling, found: Sequence[Panel], x: str, scale: Scale, degenerate: str) -> str:
    """The text of panels that have one scale."""
    named = [(f"{panel.row}, {panel.title}" if panel.row else panel.title, panel) for panel in found]
    series = [replace(curve, panel=name) for name, panel in named for curve in panel.curves]
    parts = [describe(telling, series, x, scale.y.replace("\n", " "), scale.spec)]
    for level in dict.fromkeys(name for panel in found for name, _ in panel.levels):
        values = {name: value for name, panel in named for other, value in panel.levels if other == level}
        parts.append(f"Level {clean(level)}: {extremes(telling, values.items(), scale.spec)}.")
    parts += [
        f"{degenerate.capitalize()}: {clean(name)} at {' and '.join(map(telling, panel.degenerate))}."
        for name, panel in named
        if panel.degenerate
    ]
    return " ".join(parts)
