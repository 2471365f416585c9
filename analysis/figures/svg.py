"""A drawing as SVG: the same bytes each time, no background, and colours that follow the reader's page."""

import io
import re
import warnings
from typing import TYPE_CHECKING

import matplotlib
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.text import Text

from analysis.facts.errors import FactError
from analysis.figures.glyphs import make_drawable
from analysis.figures.palette import TONES
from experiments.tables.errors import printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_METADATA = re.compile(rb"\s*<metadata>.*?</metadata>", re.DOTALL)
_SVG_DPI = 72  # which matplotlib draws SVG in, whatever a figure is set to
_FIRST_STYLE = b'<style type="text/css">'


def svg_bytes(figure: "Figure", salt: str) -> bytes:
    """The figure as SVG. `salt` sets the ids inside, so that two figures on one page do not share them.

    Text becomes outlines of fonts out of packages: it looks the same everywhere and needs no font. Raises FactError for
    what matplotlib warns of, such as names that leave no room for the axes: a warning would stand on the page.
    """
    make_drawable(figure)
    with (
        matplotlib.rc_context({"svg.hashsalt": salt, "svg.fonttype": "path"}),
        warnings.catch_warnings(record=True) as told,
    ):
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        _lay_out(figure)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    if told:
        raise FactError(f"figure {salt}: {_in_words(figure, str(told[0].message))}")
    plain = _METADATA.sub(b"", buffer.getvalue())
    return plain.replace(_FIRST_STYLE, _FIRST_STYLE + _dark_rules().encode(), 1)


def _lay_out(figure: "Figure") -> None:
    """Place the axes once and for all. Saving does so too where a layout is left, but draws the whole figure twice."""
    if engine := figure.get_layout_engine():
        FigureCanvasSVG(figure)  # whose measures of text count
        figure.set_dpi(_SVG_DPI)
        engine.execute(figure)
        figure.set_layout_engine(None)


def _in_words(figure: "Figure", warning: str) -> str:
    """What a warning of matplotlib means for whoever made the figure."""
    if "axes sizes collapsed" not in warning:
        return " ".join(warning.split())
    longest = max((text.get_text() for text in figure.findobj(Text)), key=len)
    return f"its names leave no room for the axes; shorten them, such as “{printable(longest)}”"


def _dark_rules() -> str:
    """Style rules that swap each colour on a dark page; a renderer that knows no media keeps them."""
    rules = []
    for tone in TONES:
        for paint in ("fill", "stroke"):
            selectors = f'[style*="{paint}: {tone.light}"],[{paint}="{tone.light}"]'
            rules.append(f"{selectors}{{{paint}:{tone.dark} !important}}")
    return f"@media (prefers-color-scheme: dark){{{''.join(rules)}}}"
