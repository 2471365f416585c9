"""The legend above a figure: in rows that fit its width, never over the data."""

from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.figure import Figure

_CHARACTERS_PER_INCH = 14
_HANDLE = 6


def legend_above(figure: Figure, handles: Sequence[Artist], labels: Sequence[str]) -> None:
    """A legend outside of the axes: one row if it fits, else as many columns as its longest label leaves room for."""
    room = figure.get_size_inches()[0] * _CHARACTERS_PER_INCH
    widths = [len(label) + _HANDLE for label in labels]
    columns = len(widths) if sum(widths) <= room else max(1, int(room // max(widths)))
    figure.legend(handles, labels, loc="outside upper center", ncols=columns, handlelength=2.2, columnspacing=1.4)
