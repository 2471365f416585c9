"""Lines of a figure, one below the other: named on the left, under headings, with a point and its interval each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from matplotlib.axes import Axes

from analysis.facts.escape import clean
from analysis.facts.formatting import MISSING
from analysis.facts.values import Value
from analysis.figures.drawn import Mark
from analysis.figures.palette import GRID, KIND_MARKERS, KIND_TONES, SOFT_INK
from analysis.figures.style import finish, wrapped


class Line(Protocol):
    """What stands on a line; those of one group stand together below its name."""

    @property
    def name(self) -> str: ...

    @property
    def group(self) -> str | None: ...


L = TypeVar("L", bound=Line)
_TALLEST_CM = 18.5
MANY = 25
"""Lines beyond which a name has one row of text instead of two: a page holds no more of them apart."""
TWO_ROWS_CM = 0.72
"""The height of a line whose name has two rows of text."""
TICK = (0, (2, 1.5))
"""The dashes of a tick on a line."""


@dataclass(frozen=True)
class Estimate:
    """One point: its name, its value, and the interval that rounding or sampling admits, where one is known."""

    name: str
    value: Value
    low: Value | None = None
    high: Value | None = None
    group: str | None = None

    @property
    def values(self) -> list[Value]:
        return [value for value in (self.value, self.low, self.high) if value is not None]


def with_headings(found: Sequence[L]) -> list[L | str]:
    """The lines with the headings of their groups before them, in order of first appearance."""
    lines: list[L | str] = []
    for group in dict.fromkeys(line.group for line in found):
        lines += [group] if group is not None else []
        lines += [line for line in found if line.group == group]
    return lines


def names_of(lines: Iterable[Line]) -> tuple[str, ...]:
    """The names of lines and groups, each once."""
    lines = list(lines)
    return tuple(dict.fromkeys([*(line.group for line in lines if line.group), *(line.name for line in lines)]))


def rule(axes: Axes, position: float) -> None:
    """The faint rule of a line."""
    axes.axhline(position, color=GRID.light, linewidth=0.5, zorder=0)


def not_given(axes: Axes, position: float) -> None:
    """Say that the source gives no value here."""
    axes.annotate(
        MISSING,
        (0, position),
        (4, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="center",
        fontsize=7.5,
        color=SOFT_INK.light,
    )


def draw_estimate(axes: Axes, height: float, estimate: Estimate, *, filled: bool = True) -> list[Mark]:
    """A marker by kind, and a bar for the interval; the value is not missing."""
    tone = KIND_TONES[estimate.value.kind].light
    ends = [end for end in (estimate.low, estimate.high) if end is not None and not end.missing]
    marks = []
    if len(ends) == 2:
        (bar,) = axes.plot(
            [end.number() for end in ends],
            [height, height],
            color=tone,
            linewidth=2.2,
            solid_capstyle="butt",
            zorder=2,
        )
        marks.append(Mark(bar, "ends", [(end, None) for end in ends], estimate.name))
    (point,) = axes.plot([estimate.value.number()], [height], zorder=3, **marker(estimate.value.kind, filled=filled))
    return [*marks, Mark(point, "point", [(estimate.value, None)], estimate.name)]


def draw_tick(axes: Axes, position: float, value: Value, name: str) -> Mark:
    """A tick across the line called `name`, such as at the score of a trivial baseline; the value is not missing."""
    at, reach = [value.number()] * 2, [position - 0.25, position + 0.35]
    (tick,) = axes.plot(at, reach, color=SOFT_INK.light, linestyle=TICK, linewidth=1, zorder=1)
    return Mark(tick, "level", [(value, None)], name)


def draw_reference(axes: Axes, name: str, value: Value) -> Mark:
    """A vertical line through all lines, with its name on top."""
    level = axes.axvline(value.number(), color=SOFT_INK.light, linestyle=(0, (4, 3)), linewidth=0.8, zorder=1)
    axes.annotate(
        clean(name),
        (value.number(), 1),
        (2, 2),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        fontsize=7.5,
        color=SOFT_INK.light,
    )
    return Mark(level, "level", [(value, None)], name)


def marker(kind: str, *, filled: bool = True) -> dict[str, object]:
    """The look of a point of this kind; an open one keeps its rim and lets the page through, whatever its colour."""
    look = {"color": KIND_TONES[kind].light, "marker": KIND_MARKERS[kind], "linestyle": "none"}
    return look if filled else {**look, "markerfacecolor": "none", "markeredgewidth": 1.4}


def kinds_of(values: Sequence[Value]) -> list[str]:
    """The kinds among the values, in the order of `KIND_MARKERS`."""
    return [kind for kind in KIND_MARKERS if any(value.kind == kind for value in values)]


def height_of(lines: Sequence[object], each_cm: float) -> float:
    """The height of the lines together in cm: they come closer where a page would not hold them."""
    return min(each_cm * len(lines), _TALLEST_CM)


def label_lines(axes: Axes, lines: Sequence[Line | str], *, dense: bool = False) -> None:
    """Name the lines and headings on the vertical axis, the first on top; `dense` ones in one row of text."""
    width, most = (48, 1) if dense or len(lines) > MANY else (30, 2)
    names = [
        clean(line)
        if isinstance(line, str)
        else wrapped(line.name if most > 1 else line.name.replace("\n", " "), width, most)
        for line in lines
    ]
    for position, line in enumerate(lines):
        if not isinstance(line, str):
            rule(axes, position)
    axes.set_yticks(range(len(lines)), names)
    for line, label in zip(lines, axes.get_yticklabels(), strict=True):
        if isinstance(line, str):
            label.set_fontweight("bold")
    axes.set_ylim(len(lines) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.04)
    finish(axes)
