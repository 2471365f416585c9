"""Heat maps of probabilities: a column for each token, a row for each depth, cells in steps that print in greys."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path

from analysis.facts.aggregate import mean_of
from analysis.facts.errors import FactError
from analysis.facts.escape import clean
from analysis.facts.values import Value
from analysis.figures.alt import Alt, Telling, listed
from analysis.figures.drawn import Drawn, Mark
from analysis.figures.palette import HEAT, INK, PAPER, SOFT_INK
from analysis.figures.style import canvas, house_style, legend_above

EDGES = (0.01, 0.05, 0.2, 0.5, 0.8)
"""Where a step ends and the next begins; `palette.HEAT` has one colour more."""
MOST_COLUMNS, MOST_ROWS, MOST_MAPS = 32, 32, 6
_GAP = 0.05
_ROW_CM, _MOST_CM, _TITLE_CM, _CHARACTER_CM = 0.3, 3.2, 0.55, 0.165
"""The height of a row, of all rows of a map at most, of a title, and of a character of a column's label."""
_SIZE = 7.5
# It stands out from cells of any step: of the colour of the page, with a rim of ink.
_DOT = {
    "marker": "o",
    "markersize": 3,
    "markerfacecolor": PAPER.light,
    "markeredgecolor": INK.light,
    "markeredgewidth": 0.5,
    "linestyle": "none",
}
_RIM = {"edgecolor": SOFT_INK.light, "linewidth": 0.35}
"""Of a cell: the lowest steps are hardly darker than the page."""


@dataclass(frozen=True)
class HeatMap:
    """One map: its title, the labels of its columns, and the cells of each row by the row's name, from the bottom up.

    A cell is a probability and whether it is marked.
    """

    title: str
    columns: Sequence[str]
    rows: Mapping[str, Sequence[tuple[Value, bool]]]


def heat_maps(maps: Sequence[HeatMap], *, up: str, mark: str) -> Drawn:
    """The maps one below the other, their columns equally wide; `mark` says in the legend what a dot means.

    Raises FactError for nothing to draw, rows that are not as long as the columns, and more than stays readable.
    """
    widest = max((len(found.columns) for found in maps), default=0)
    tallest = max((len(found.rows) for found in maps), default=0)
    if not (0 < len(maps) <= MOST_MAPS and 0 < widest <= MOST_COLUMNS and 0 < tallest <= MOST_ROWS):
        limits = f"1 to {MOST_MAPS} of at most {MOST_ROWS} by {MOST_COLUMNS}"
        raise FactError(f"{len(maps)} heat maps of {tallest} rows by {widest} columns; {limits} fit one figure")
    if any(len(cells) != len(found.columns) for found in maps for cells in found.rows.values()):
        raise FactError("a row of a heat map needs a cell for each column")
    with house_style():
        bands = [_Band.of(found) for found in maps]
        figure, (axes,) = canvas(0.9 + sum(band.height for band in bands))
        top = 0.0
        marks: list[Mark] = []
        for found, band in zip(maps, bands, strict=True):
            marks += _draw(axes, found, band, top, up)
            top += band.height
        axes.set_xlim(-0.5, max(widest, 12) - 0.5)
        axes.set_ylim(top, 0)
        axes.set_axis_off()
        handles = [
            *(Patch(facecolor=tone.light, **_RIM) for tone in HEAT),
            (Patch(facecolor=HEAT[-2].light, **_RIM), Line2D([], [], **_DOT)),
        ]
        legend_above(figure, handles, [*_steps(), mark], handle=1)
    shows = tuple(value for found in maps for cells in found.rows.values() for value, _ in cells)
    names = [name for found in maps for name in (found.title, *found.columns, *found.rows)]
    words = (up, mark, *_steps())
    return Drawn(figure, _alt(maps, up, mark), shows, tuple(marks), tuple(dict.fromkeys(names)), words)


@dataclass(frozen=True)
class _Band:
    """The room of one map in cm, from the top: its title, its rows, and the labels of its columns.

    The maps are drawn in one pair of axes whose vertical scale is in cm: a pair for each, and a tick for each label,
    take several times as long.
    """

    row: float
    rows: float
    labels: float

    @classmethod
    def of(cls, found: HeatMap) -> "_Band":
        row = min(_ROW_CM, _MOST_CM / len(found.rows))
        longest = max(len(clean(name)) for name in found.columns)
        return cls(row, row * len(found.rows), 0.12 + _CHARACTER_CM * longest)

    @property
    def height(self) -> float:
        return _TITLE_CM + self.rows + self.labels


def _draw(axes: Axes, found: HeatMap, band: _Band, top: float, up: str) -> list[Mark]:
    floor = top + _TITLE_CM + band.rows
    squares: dict[int, list[Path]] = {}
    held: dict[int, list[Value]] = {}
    marks = []
    dots: list[tuple[float, float]] = []
    for number, cells in enumerate(found.rows.values()):
        middle = floor - (number + 0.5) * band.row
        for column, (value, marked) in enumerate(cells):
            step = bisect_right(EDGES, value.number())
            squares.setdefault(step, []).append(_cell(column, middle, band.row))
            held.setdefault(step, []).append(value)
            if marked:
                dots.append((column, middle))
    for step, paths in sorted(squares.items()):
        drawn = axes.add_patch(PathPatch(Path.make_compound_path(*paths), facecolor=HEAT[step].light, **_RIM))
        marks.append(Mark(drawn, "cells", [(value, None) for value in held[step]], _steps()[step]))
    if dots:
        axes.plot(*zip(*dots, strict=True), **_DOT)
    axes.text(-0.5, top + _TITLE_CM - 0.08, clean(found.title), fontsize=8.5, va="bottom")
    for column, name in enumerate(found.columns):
        axes.text(column, floor + 0.06, clean(name), rotation=90, fontsize=_SIZE, ha="center", va="top")
    every = 1 if len(found.rows) < 5 else 2 if len(found.rows) < 9 else -(-len(found.rows) // 8)
    for number, name in enumerate(found.rows):
        if (len(found.rows) - 1 - number) % every == 0:
            middle = floor - (number + 0.5) * band.row
            axes.text(-0.7, middle, clean(name), fontsize=_SIZE, ha="right", va="center")
    axes.text(-2.1, floor - band.rows / 2, up, rotation=90, fontsize=8, ha="center", va="center")
    return marks


def _cell(column: int, middle: float, height: float) -> Path:
    across, up = 0.5 - _GAP, (0.5 - _GAP) * height
    corners = [(-across, -up), (across, -up), (across, up), (-across, up), (-across, -up)]
    return Path([(column + x, middle + y) for x, y in corners], closed=True)


def _steps() -> list[str]:
    """Short names of the steps, to fit one row: "<1%", "1–5%", "≥80%"."""
    ends = [f"{100 * edge:g}" for edge in EDGES]
    between = [f"{low}\N{EN DASH}{high}%" for low, high in pairwise(ends)]
    return [f"<{ends[0]}%", *between, f"≥{ends[-1]}%"]


def _alt(maps: Sequence[HeatMap], up: str, mark: str) -> Alt:
    telling, parts = Telling(), []
    for found in maps:
        rows = []
        for name, cells in _ends(found):
            values = [value for value, _ in cells]
            marked = telling.count([value for value, is_marked in cells if is_marked], values[0], f"cells, {mark}")
            of = telling.count(values, values[0], "cells")
            rows.append(f"{up} {clean(name)} mean {telling(mean_of(values), '.1%')}, {marked} of {of} {mark}")
        parts.append(f"{clean(found.title)}: {'; '.join(rows)}.")
    head = f"Heat maps of the probability of each token by {up}: {listed([found.title for found in maps])}."
    return telling.finish(" ".join([head, *parts]))


def _ends(found: HeatMap) -> list[tuple[str, Sequence[tuple[Value, bool]]]]:
    """The lowest and the highest row."""
    rows = list(found.rows.items())
    return rows if len(rows) == 1 else [rows[0], rows[-1]]
