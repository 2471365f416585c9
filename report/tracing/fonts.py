"""Fonts for what the reader's machine may have none for: other scripts than Latin, Greek and Cyrillic, and emoji.

A site that shows such a character brings the glyphs along, in one style sheet, which only the pages with one load.
`_extensions/colophon/colophon.css` names the family before the last resort. The fonts lie inside the style sheet,
since a page that is opened from disk may not load them from files.
"""

import io
import re
from base64 import b64encode
from functools import lru_cache
from pathlib import Path

from analysis.figures.fonts import font_files

STYLE = "fonts.css"
FAMILY = "Colophon Scripts"
_OTHERS = re.compile("[\u0530-\u1dff\u2600-\u27bf\u2e80-\U0001faff]")
_JOINERS = {0x200C, 0x200D, 0xFE0E, 0xFE0F}


def embed_fonts(site: Path) -> None:
    """Write the style sheet, and link it from the pages that need it; without any, nothing."""
    shown = {}
    for path in sorted(site.rglob("*.html")):
        text = path.read_text("utf-8")
        if characters := set(_OTHERS.findall(text)):
            shown[path] = text, characters
    (site / STYLE).unlink(missing_ok=True)
    style = _style(frozenset().union(*(characters for _, characters in shown.values())))
    if not style:
        return
    (site / STYLE).write_text(style, "utf-8", newline="\n")
    for path, (text, _) in shown.items():
        link = f'<link rel="stylesheet" href="{"../" * (len(path.relative_to(site).parts) - 1)}{STYLE}">'
        if link not in text:
            path.write_text(text.replace("</head>", f"{link}\n</head>", 1), "utf-8", newline="\n")


@lru_cache(maxsize=4)
def _style(characters: frozenset[str]) -> str:
    """A font face for each font that has some of the characters, with those alone. The same give the same bytes."""
    if not characters:
        return ""
    from fontTools.ttLib import TTFont

    left, faces = {ord(character) for character in characters}, []
    for path in font_files():
        with TTFont(path, recalcTimestamp=False, lazy=True) as font:
            known = set(font.getBestCmap())
            if own := left & known:
                left -= own
                own |= known & _JOINERS
                faces.append(_face(_subset(font, own), sorted(own)))
    return "".join(faces)


def _subset(font: object, wanted: set[int]) -> bytes:
    from fontTools.subset import Options, Subsetter

    subsetter = Subsetter(Options(layout_features=["*"], notdef_outline=True, hinting=False))
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


def _face(font: bytes, characters: list[int]) -> str:
    ranges = ", ".join(f"U+{code:X}" for code in characters)
    return (
        f'@font-face {{\n  font-family: "{FAMILY}";\n  font-weight: 100 900;\n  unicode-range: {ranges};\n'
        f"  src: url(data:font/ttf;base64,{b64encode(font).decode()});\n}}\n"
    )
