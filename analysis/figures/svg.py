"""A drawing as SVG: the same bytes each time, no background, and colours that follow the reader's page."""

import io
import re
import warnings
from typing import TYPE_CHECKING

import matplotlib

from analysis.figures.palette import TONES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_METADATA = re.compile(rb"\s*<metadata>.*?</metadata>", re.DOTALL)
_FIRST_STYLE = b'<style type="text/css">'


def svg_bytes(figure: "Figure", salt: str) -> bytes:
    """The figure as SVG. `salt` sets the ids inside, so that two figures on one page do not share them.

    Text becomes outlines of fonts out of packages: it looks the same everywhere and needs no font. A character that
    none of them has is drawn as a box with a sign of its script.
    """
    with matplotlib.rc_context({"svg.hashsalt": salt, "svg.fonttype": "path"}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+ ")
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    plain = _METADATA.sub(b"", buffer.getvalue())
    return plain.replace(_FIRST_STYLE, _FIRST_STYLE + _dark_rules().encode(), 1)


def _dark_rules() -> str:
    """Style rules that swap each colour on a dark page; a renderer that knows no media keeps them."""
    rules = []
    for tone in TONES:
        for paint in ("fill", "stroke"):
            selectors = f'[style*="{paint}: {tone.light}"],[{paint}="{tone.light}"]'
            rules.append(f"{selectors}{{{paint}:{tone.dark} !important}}")
    return f"@media (prefers-color-scheme: dark){{{''.join(rules)}}}"
