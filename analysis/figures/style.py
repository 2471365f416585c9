"""The style of every figure: seaborn's axes, the colours of `palette`, sizes for a text 16.2 cm wide."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from textwrap import wrap

import matplotlib as mpl
import seaborn as sns
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from analysis.facts.escape import clean
from analysis.figures.fonts import matplotlib_families
from analysis.figures.palette import GRID, INK, SERIES, SOFT_INK

TEXT_WIDTH_CM = 16.2
_CM_PER_INCH = 2.54
_CHARACTERS_PER_INCH = 14
_APART_CM, _ASIDE_CM = 0.35, 0.55
"""Between rows of axes and between those of a row: no title or tick touches those of a neighbour."""
_CHARACTERS_PER_EM, _BESIDE_HANDLE = 1.6, 2.2
"""Of a legend: its average characters in the size of its type, and what stands beside a sample."""

_FACE = "DejaVu Sans"
_RULES = {
    "font.size": 8.5,
    "axes.labelsize": 8.5,
    "axes.titlesize": 9,
    "axes.titlepad": 4,
    "axes.labelpad": 2.5,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "xtick.major.pad": 2.5,
    "ytick.major.pad": 2.5,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "legend.borderpad": 0.1,
    "legend.borderaxespad": 0.2,
    "text.color": INK.light,
    "axes.labelcolor": INK.light,
    "axes.edgecolor": SOFT_INK.light,
    "axes.linewidth": 0.6,
    "xtick.color": SOFT_INK.light,
    "ytick.color": SOFT_INK.light,
    "xtick.labelcolor": INK.light,
    "ytick.labelcolor": INK.light,
    "grid.color": GRID.light,
    "grid.linewidth": 0.5,
    "hatch.color": INK.light,
    "hatch.linewidth": 0.5,
    "patch.linewidth": 0.6,
    "lines.linewidth": 1.4,
    "lines.markersize": 5,
    # A label out of a table is text, never a formula.
    "text.parse_math": False,
    "text.usetex": False,
    "axes.formatter.use_mathtext": False,
    "axes.unicode_minus": True,
    # A tick says its whole number, or a part of the power of ten that stands beside the scale.
    "axes.formatter.useoffset": False,
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the style of the report; matplotlib's own settings return afterwards."""
    theme = {**sns.axes_style("ticks"), **sns.plotting_context("paper")}
    with mpl.rc_context({**theme, **_RULES, "font.family": [_FACE, *matplotlib_families()]}):
        mpl.rcParams["axes.prop_cycle"] = mpl.cycler(color=[tone.light for tone in SERIES])
        yield


def canvas(height_cm: float, columns: int = 1, rows: int = 1) -> tuple[Figure, list[Axes]]:
    """A figure of the text's width with `columns` axes side by side, row by row, laid out so that no label is clipped.

    Not registered with pyplot: it leaves no state behind in the kernel.
    """
    apart = ConstrainedLayoutEngine(hspace=_APART_CM * rows / height_cm, wspace=_ASIDE_CM * columns / TEXT_WIDTH_CM)
    figure = Figure(figsize=(TEXT_WIDTH_CM / _CM_PER_INCH, height_cm / _CM_PER_INCH), layout=apart)
    axes = figure.subplots(rows, columns, squeeze=False)
    return figure, list(axes.flat)


def grid_of(count: int, in_a_row: int) -> tuple[int, int]:
    """Columns and rows for so many panels: one row while it holds them, else rows as full as each other."""
    rows = -(-count // in_a_row)
    return -(-count // rows), rows


def finish(axes: Axes, *, grid: str = "x") -> None:
    """No box around the data, and a faint grid across the axis that is read."""
    sns.despine(ax=axes)
    axes.grid(axis=grid, zorder=0)
    axes.set_axisbelow(True)


def scale_in(axis: Axis, spec: str | None) -> None:
    """Label a scale in percent where values are shown so; never with fewer digits than its steps need."""
    if spec is not None and spec.endswith("%"):
        axis.set_major_formatter(lambda number, _: f"{round(100 * number, 8):g}%".replace("-", "−"))


def legend_above(
    figure: Figure, handles: Sequence[Artist | tuple[Artist, ...]], labels: Sequence[str], *, handle: float = 2.2
) -> None:
    """A legend outside of the axes: one row if it fits, else as many columns as its longest label leaves room for.

    `handle` is the length of a sample, in the size of the type.
    """
    room = figure.get_size_inches()[0] * _CHARACTERS_PER_INCH
    widths = [len(label) + _CHARACTERS_PER_EM * (handle + _BESIDE_HANDLE) for label in labels]
    columns = len(widths) if sum(widths) <= room else max(1, int(room // max(widths)))
    figure.legend(
        handles,
        labels,
        loc="outside upper center",
        ncols=columns,
        handlelength=handle,
        handletextpad=0.8,
        columnspacing=1.4,
    )


def wrapped(name: str, width: int = 30, most: int = 2) -> str:
    """A name in at most `most` lines of at most `width` characters; its own lines are cut first."""
    own = [wrap(clean(line), width) or [""] for line in name.split("\n")]
    room = max(1, most // len(own))
    lines = [part for parts in own for part in (parts if sum(map(len, own)) <= most else _cut(parts, room, width))]
    return "\n".join(_cut(lines, most, width))


def _cut(lines: Sequence[str], most: int, width: int) -> list[str]:
    if len(lines) <= most:
        return list(lines)
    return [*lines[: most - 1], f"{lines[most - 1][: width - 1].rstrip()}…"]
