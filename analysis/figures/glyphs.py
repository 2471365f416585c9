"""Which characters the fonts of the figures can draw; for any other its number stands: `‹4E2D›` for 中."""

from functools import lru_cache, partial
from itertools import groupby
from typing import TYPE_CHECKING

from matplotlib.font_manager import FontProperties, font_family_aliases, fontManager, get_font
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, FuncFormatter

if TYPE_CHECKING:
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

MOST_NUMBERS = 8
"""Characters in a row whose numbers stand in a label: more would leave no room beside it."""


def drawable(text: str, family: tuple[str, ...]) -> str:
    """`text` with a number in place of each character that none of these fonts has, of many in a row the first ones."""
    known = _characters(family)
    if known.issuperset(map(ord, text)):
        return text
    shown = []
    for has_glyph, run in groupby(text, lambda c: c == "\n" or ord(c) in known):
        characters = list(run)
        numbers = characters if has_glyph else [f"‹{ord(c):X}›" for c in characters[:MOST_NUMBERS]]
        shown += numbers if has_glyph or len(characters) <= MOST_NUMBERS else [*numbers, "…"]
    return "".join(shown)


def make_drawable(figure: "Figure") -> None:
    """Do so with every text of a figure, the labels of its scales among them.

    A text that the first font can draw has no other: matplotlib looks up every font each time it measures a text.
    """
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            _mend_labels(axis)
            axis.get_ticklabels()  # which writes them
    for text in figure.findobj(Text):
        family = tuple(text.get_fontfamily())
        text.set_text(drawable(text.get_text(), family))
        if _characters(family[:1]).issuperset(map(ord, text.get_text().replace("\n", ""))):
            text.set_fontfamily(family[:1])


def _mend_labels(axis: "Axis") -> None:
    """The labels of a scale that were given by name, which matplotlib writes anew each time it draws."""
    family = tuple(axis.label.get_fontfamily())
    formatter = axis.get_major_formatter()
    if isinstance(formatter, FixedFormatter):
        formatter.seq = [drawable(str(name), family) for name in formatter.seq]
    elif isinstance(formatter, FuncFormatter):
        formatter.func = partial(_mended, formatter.func, family)


def _mended(label, family: tuple[str, ...], *place) -> str:
    return drawable(str(label(*place)), family)


@lru_cache(maxsize=16)
def _characters(family: tuple[str, ...]) -> frozenset[int]:
    """The characters that the fonts of a list of families have together.

    A family that is not there has none; without any, as matplotlib has it, DejaVu Sans counts.
    """
    there = {font.name for font in fontManager.ttflist} | font_family_aliases
    names = [name for name in family if name in there] or ["DejaVu Sans"]
    found = [fontManager.findfont(FontProperties(family=[name])) for name in names]
    return frozenset(code for path in found for code in get_font(path).get_charmap())
