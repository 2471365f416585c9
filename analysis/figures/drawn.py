"""What a figure builder hands to `page.figure`: the drawing, what it says in words, and which mark stands for what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from analysis.facts.values import Value
from analysis.figures.alt import Alt

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

Role = Literal["point", "ends", "level", "length", "cells"]
"""What a mark is: points with a value each; the ends of an interval; a level; a length; cells in a step of colour."""
Place = tuple[Value | None, Value | None]
"""Where a point lies along x and y; None where the scale is no quantity."""


@dataclass(frozen=True, eq=False)
class Mark:
    """One artist, and the values that it was drawn for: the check of a rendered page reads them back from the SVG."""

    artist: "Artist"
    role: Role
    places: Sequence[Place]
    """Its points; of a length or of cells only the values, along the scale on which they are counted."""
    name: str = ""
    """The series, line or part that it belongs to, as the figure names it."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """A drawing, its alternative text, and every value that it shows, in reading order."""

    figure: "Figure"
    told: Alt
    shows: tuple[Value, ...]
    marks: tuple[Mark, ...] = ()
    names: tuple[str, ...] = ()
    """The labels that come from the data, unwrapped: of series, lines, panels, columns."""
    words: tuple[str, ...] = ()
    """The labels that the chapter or the builder gives: titles of scales, words of the legend."""

    @property
    def alt(self) -> str:
        """The alternative text."""
        return self.told.text
