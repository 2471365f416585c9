"""What a drawing holds, as it stands in the fact log: its labels, its scales, and the facts that each mark stands for.

The marks and the axes get ids in the SVG, by which a check of the rendered page finds them.
"""

from collections.abc import Callable
from typing import Any

from matplotlib.axes import Axes

from analysis.facts.escape import clean
from analysis.facts.values import Value
from analysis.figures.drawn import Drawn


def name_marks(drawn: Drawn) -> None:
    """Give every pair of axes the id `axes-1`, …, and every mark `mark-1`, …; to be done before it is saved."""
    for number, axes in enumerate(drawn.figure.axes, 1):
        axes.set_gid(f"axes-{number}")
    for number, mark in enumerate(drawn.marks, 1):
        mark.artist.set_gid(f"mark-{number}")


def describe_marks(drawn: Drawn, fact_of: Callable[[Value], str]) -> dict[str, Any]:
    """Names, words, axes (limits and scale of x and y) and marks; `fact_of` gives the id of a shown value."""
    return {
        "names": [clean(name) for name in drawn.names],
        "words": [clean(word) for word in drawn.words],
        "axes": [{"id": axes.get_gid(), "x": _scale(axes, "x"), "y": _scale(axes, "y")} for axes in drawn.figure.axes],
        "marks": [
            {
                "id": mark.artist.get_gid(),
                "axes": mark.artist.axes.get_gid(),
                "role": mark.role,
                "name": clean(mark.name),
                "places": [[None if end is None else fact_of(end) for end in place] for place in mark.places],
            }
            for mark in drawn.marks
        ],
    }


def _scale(axes: Axes, which: str) -> list[Any]:
    """The two ends of an axis, in the direction of the drawing, and its scale: `linear` or `log`."""
    low, high = axes.get_xlim() if which == "x" else axes.get_ylim()
    return [float(low), float(high), axes.get_xscale() if which == "x" else axes.get_yscale()]
