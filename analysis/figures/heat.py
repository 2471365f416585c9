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
from analysis.facts.formatting import formatted
from analysis.facts.values import Value
from analysis.figures.alt import listed
from analysis.figures.drawn import Drawn
from analysis.figures.palette import HEAT, INK, PAPER
from analysis.figures.style import canvas, house_style, legend_above

EDGES = (0.01, 0.05, 0.2, 0.5, 0.8)
"""Where a step ends and the next begins; `palette.HEAT` has one colour more."""
MOST_COLUMNS, MOST_ROWS, MOST_MAPS = 32, 32, 6
_GAP = 0.05
_DARK_CELLS = 3  # from this step on, a mark is drawn in the colour of the page


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
        # Two figures of four maps of five rows fill a page with their captions.
        heights = [1.25 + max(0.8, min(0.24 * len(found.rows), 3.2)) for found in maps]
        figure, axes = canvas(0.6 + sum(heights), 1, len(maps))
        figure.get_layout_engine().set(h_pad=0.02)
        for place, found in zip(axes, maps, strict=True):
            _draw(place, found, max(widest, 12), up)
        handles = [
            *(Patch(facecolor=tone.light, edgecolor=INK.light, linewidth=0.3) for tone in HEAT),
            Line2D([], [], color=INK.light, marker="o", markersize=3, linestyle="none"),
        ]
        legend_above(figure, handles, [*_steps(), mark])
    shows = tuple(value for found in maps for cells in found.rows.values() for value, _ in cells)
    return Drawn(figure, _alt(maps, up, mark), shows)


def _draw(axes: Axes, found: HeatMap, width: int, up: str) -> None:
    squares: dict[int, list[Path]] = {}
    dots: dict[bool, list[tuple[int, int]]] = {}
    for row, cells in enumerate(found.rows.values()):
        for column, (value, marked) in enumerate(cells):
            step = bisect_right(EDGES, value.number())
            squares.setdefault(step, []).append(_square(column, row))
            if marked:
                dots.setdefault(step >= _DARK_CELLS, []).append((column, row))
    for step, paths in sorted(squares.items()):
        axes.add_patch(PathPatch(Path.make_compound_path(*paths), facecolor=HEAT[step].light, linewidth=0))
    for on_dark, places in dots.items():
        tone = PAPER if on_dark else INK
        axes.plot(*zip(*places, strict=True), color=tone.light, marker="o", markersize=2.2, linestyle="none")
    axes.set_xlim(-0.5, width - 0.5)
    axes.set_ylim(-0.5, len(found.rows) - 0.5)
    axes.set_xticks(range(len(found.columns)), [clean(name) for name in found.columns], rotation=90, fontsize=7)
    every = 2 if len(found.rows) < 9 else -(-len(found.rows) // 8)
    names = [name if (len(found.rows) - 1 - number) % every == 0 else "" for number, name in enumerate(found.rows)]
    axes.set_yticks(range(len(names)), [clean(name) for name in names], fontsize=6)
    axes.tick_params(length=0)
    axes.set_ylabel(up)
    axes.set_title(clean(found.title), loc="left")
    for spine in axes.spines.values():
        spine.set_visible(False)


def _square(column: int, row: int) -> Path:
    near, far = -0.5 + _GAP, 0.5 - _GAP
    corners = [(near, near), (far, near), (far, far), (near, far), (near, near)]
    return Path([(column + across, row + above) for across, above in corners], closed=True)


def _steps() -> list[str]:
    """Short names of the steps, to fit one row: "<1%", "1–5%", "≥80%"."""
    ends = [f"{100 * edge:g}" for edge in EDGES]
    between = [f"{low}\N{EN DASH}{high}%" for low, high in pairwise(ends)]
    return [f"<{ends[0]}%", *between, f"≥{ends[-1]}%"]


def _alt(maps: Sequence[HeatMap], up: str, mark: str) -> str:
    parts = []
    for found in maps:
        rows = [
            f"{up} {clean(name)} mean {formatted(mean_of([value for value, _ in cells]), '.1%')}, "
            f"{sum(marked for _, marked in cells)} of {len(cells)} {mark}"
            for name, cells in _ends(found)
        ]
        parts.append(f"{clean(found.title)}: {'; '.join(rows)}.")
    return f"Heat maps of the probability of each token by {up}: {listed([m.title for m in maps])}. {' '.join(parts)}"


def _ends(found: HeatMap) -> list[tuple[str, Sequence[tuple[Value, bool]]]]:
    """The lowest and the highest row."""
    rows = list(found.rows.items())
    return rows if len(rows) == 1 else [rows[0], rows[-1]]
