"""Where along a scale something was found, such as the layers that meet a rule: marks on named lines, in panels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from analysis.facts.errors import FactError
from analysis.facts.escape import clean
from analysis.facts.values import Value
from analysis.figures.alt import Alt, Telling, listed
from analysis.figures.drawn import Drawn, Mark
from analysis.figures.lines import rule
from analysis.figures.palette import MARKERS, SERIES
from analysis.figures.style import canvas, finish, house_style, legend_above, wrapped

MOST_PANELS = 4
_LINE_CM = 1.15
_BEYOND = 0.04
"""Of a scale, beyond its ends: no mark is cut."""


@dataclass(frozen=True)
class Found:
    """One panel: its title, the last place of the scale, and by line and by kind of mark the places."""

    title: str
    last: Value
    places: Mapping[str, Mapping[str, Sequence[Value]]]


def events(panels: Sequence[Found], *, marks: Sequence[str], x: str) -> Drawn:
    """A panel each, side by side: on every line a row of places for each of `marks`, by marker and colour.

    Raises FactError for more panels or marks than stay readable.
    """
    if not 0 < len(panels) <= MOST_PANELS or len(marks) > len(MARKERS):
        raise FactError(
            f"{len(panels)} panels with {len(marks)} marks; {MOST_PANELS} and {len(MARKERS)} fit one figure"
        )
    lines = list(dict.fromkeys(line for panel in panels for line in panel.places))
    with house_style():
        drawn: list[Mark] = []
        figure, grid = canvas(2.4 + _LINE_CM * len(lines), len(panels))
        for axes, panel in zip(grid, panels, strict=True):
            drawn += _draw(axes, panel, lines, marks, x)
        grid[0].set_yticks(range(len(lines)), [wrapped(line, 22) for line in lines])
        for axes in grid[1:]:
            axes.set_yticks(range(len(lines)), [])
        looks = [
            Line2D([], [], color=SERIES[look].light, marker=MARKERS[look], linestyle="none")
            for look in range(len(marks))
        ]
        legend_above(figure, looks, [clean(mark) for mark in marks])
    shows = [
        place for panel in panels for by_mark in panel.places.values() for found in by_mark.values() for place in found
    ]
    return Drawn(
        figure,
        _alt(panels, marks, x),
        (*(panel.last for panel in panels), *shows),
        tuple(drawn),
        names=(*(panel.title for panel in panels), *lines),
        words=(x, *marks),
    )


def _draw(axes: Axes, panel: Found, lines: Sequence[str], marks: Sequence[str], x: str) -> list[Mark]:
    drawn = []
    for position, line in enumerate(lines):
        rule(axes, position)
        for look, mark in enumerate(marks):
            places = panel.places.get(line, {}).get(mark, ())
            at = [place.number() for place in places]
            height = position + (look - (len(marks) - 1) / 2) * 0.6 / len(marks)
            (dots,) = axes.plot(
                at, [height] * len(at), color=SERIES[look].light, marker=MARKERS[look], linestyle="none", markersize=4
            )
            drawn += [Mark(dots, "point", [(place, None) for place in places], mark)] if places else []
    axes.set_title(wrapped(clean(panel.title)), loc="left")
    beyond = max(0.5, _BEYOND * panel.last.number())
    axes.set_xlim(-beyond, panel.last.number() + beyond)
    axes.set_ylim(len(lines) - 0.5, -0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(x)
    finish(axes)
    return drawn


def _alt(panels: Sequence[Found], marks: Sequence[str], x: str) -> Alt:
    telling, told = Telling(), []
    for panel in panels:
        found = {
            mark: [place for by_mark in panel.places.values() for place in by_mark.get(mark, ())] for mark in marks
        }
        counts = [f"{clean(mark)} {telling.count(at, panel.last, f'places, {mark}')}" for mark, at in found.items()]
        told.append(f"{clean(panel.title)}: {', '.join(counts)}.")
    head = f"Marks along the {x} for {listed([panel.title for panel in panels])}. How many of each:"
    return telling.finish(" ".join([head, *told]))
