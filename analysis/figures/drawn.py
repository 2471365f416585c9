"""What a figure builder hands to `page.figure`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.facts.values import Value

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class Drawn:
    """A drawing, its alternative text, and every value that it shows, in reading order."""

    figure: "Figure"
    alt: str
    shows: tuple[Value, ...]
