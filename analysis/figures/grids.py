"""Curves over an ordered scale as small multiples: what is told along the rows and down the columns, one panel each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis.facts.errors import FactError
from analysis.facts.escape import clean
from analysis.facts.formatting import formatted
from analysis.facts.values import Value
from analysis.figures.alt import listed, trend
from analysis.figures.curves import Curve, draw_curve, mark_positions
from analysis.figures.drawn import Drawn
from analysis.figures.legends import legend_above
from analysis.figures.palette import DASHES, GRID, INK, MARKERS, SERIES, SOFT_INK
from analysis.figures.style import canvas, finish, house_style, scale_in

MOST_ROWS, MOST_COLUMNS = 4, 4
_LEVEL = (0, (1, 1.6))
_HATCH = "////"
_RING = {"marker": "o", "markersize": 10, "markerfacecolor": "none", "markeredgecolor": INK.light,
         "markeredgewidth": 1.1, "linestyle": "none", "zorder": 4}  # fmt: skip


@dataclass(frozen=True)
class Scale:
    """What the panels of one row are about, the quantity on their common scale, and its format."""

    title: str
    quantity: str
    spec: str | None = None


@dataclass(frozen=True)
class Panel:
    """One panel. `level` is a horizontal line; `void` are the positions at which a curve can tell nothing."""

    scale: Scale
    column: str
    curves: Sequence[Curve]
    level: Value | None = None
    void: Sequence[Value] = ()

    @property
    def values(self) -> list[Value]:
        ends = [end for c in self.curves for p in c.drawn() for end in (p.x, p.y, p.low, p.high)]
        return [value for value in (*ends, self.level, *self.void) if value is not None]


def grids(panels: Sequence[Panel], *, x: str, level: str, void: str) -> Drawn:
    """A panel for each row and column, the rows with a scale of their own that all their panels share.

    `level` and `void` name the horizontal line and the hatched positions in the legend. Raises FactError for more rows,
    columns or names than stay readable.
    """
    scales = list(dict.fromkeys(panel.scale for panel in panels))
    columns = list(dict.fromkeys(panel.column for panel in panels))
    names = list(dict.fromkeys(curve.name for panel in panels for curve in panel.curves))
    if len(scales) > MOST_ROWS or len(columns) > MOST_COLUMNS or len(names) > len(SERIES):
        raise FactError(f"{len(scales)} rows of {len(columns)} panels with {len(names)} names are too many to read; "
                        f"{MOST_ROWS} rows, {MOST_COLUMNS} columns and {len(SERIES)} names fit one figure")  # fmt: skip
    if not any(curve.drawn() for panel in panels for curve in panel.curves):
        raise FactError("a figure of curves needs at least one point that is not missing")
    with house_style():
        figure, axes = canvas(height_cm=2 + 5.2 * len(scales), columns=len(columns), rows=len(scales))
        for number, one in enumerate(axes):
            row, column = divmod(number, len(columns))
            if column:
                one.sharey(axes[row * len(columns)])
                one.tick_params(labelleft=False)
            found = [panel for panel in panels if panel.scale == scales[row] and panel.column == columns[column]]
            for panel in found:
                _draw(one, panel, names)
            one.set_title(clean(columns[column] if row == 0 else ""), loc="left")
            one.set_xlabel(x if row == len(scales) - 1 else "")
            scale_in(one.yaxis, scales[row].spec)
            finish(one, grid="y")
        for row, scale in enumerate(scales):
            axes[row * len(columns)].set_ylabel(f"{clean(scale.title)}: {scale.quantity}")
        legend = _legend(panels, names, level, void)
        legend_above(figure, list(legend.values()), list(legend))
    shows = tuple(value for panel in panels for value in panel.values)
    return Drawn(figure, _alt(panels, scales, columns, names, x, level, void), shows)


def _draw(axes: Axes, panel: Panel, names: Sequence[str]) -> None:
    for place in panel.void:
        at = place.number()
        axes.axvspan(at - 0.4, at + 0.4, facecolor="none", edgecolor=GRID.light, hatch=_HATCH, linewidth=0, zorder=0)
    if panel.level is not None:
        axes.axhline(panel.level.number(), color=SOFT_INK.light, linestyle=_LEVEL, linewidth=1.2, zorder=1)
    for curve in panel.curves:
        draw_curve(axes, curve, names.index(curve.name))
    void = {place.number() for place in panel.void}
    for point in panel.curves[0].drawn():
        if point.x.number() in void:
            axes.plot([point.x.number()], [point.y.number()], **_RING)
    mark_positions(axes, panel.curves)


def _legend(panels: Sequence[Panel], names: Sequence[str], level: str, void: str) -> dict[str, Line2D | Patch]:
    legend: dict[str, Line2D | Patch] = {
        clean(name): Line2D([], [], color=SERIES[look].light, marker=MARKERS[look], linestyle=DASHES[look])
        for look, name in enumerate(names)
    }
    if any(panel.level is not None for panel in panels):
        legend[level] = Line2D([], [], color=SOFT_INK.light, linestyle=_LEVEL, linewidth=1.2)
    if any(panel.void for panel in panels):
        legend[void] = Line2D([], [], **_RING)
    return legend


def _alt(
    panels: Sequence[Panel], scales: Sequence[Scale], columns: Sequence[str], names: Sequence[str],
    x: str, level: str, void: str,
) -> str:  # fmt: skip
    rows = listed([f"{scale.title} ({scale.quantity})" for scale in scales])
    told = " ".join(_told(panel, level, void) for panel in panels)
    head = f"Line charts over {x} for {listed(names)}: a row each for {rows}, a column each for {listed(columns)}."
    return f"{head} {told}"


def _told(panel: Panel, level: str, void: str) -> str:
    drawn = [(curve.name, [point.y for point in curve.drawn()]) for curve in panel.curves]
    parts = [f"{clean(name)} {trend(ys, panel.scale.spec)}" for name, ys in drawn if ys]
    if panel.level is not None:
        parts.append(f"{level} {formatted(panel.level, panel.scale.spec)}")
    if panel.void:
        parts.append(f"{void} at {listed([formatted(place) for place in panel.void])}")
    return f"{clean(panel.scale.title)}, {clean(panel.column)}: {'; '.join(parts)}."
