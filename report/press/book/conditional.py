"""Content for one format only: `.content-visible` and `.content-hidden` on divs, spans and code blocks."""

from __future__ import annotations

import panflute as pf

from report.press.book.model import ChapterDoc, Format

CLASSES = ("content-visible", "content-hidden")

# Quarto's own rule: `pdf` means LaTeX, so it does not hold for a PDF made by Typst.
_HOLDS: dict[str, frozenset[str]] = {
    "html": frozenset({"html", "html:js"}),
    "typst": frozenset({"typst"}),
}
_KNOWN = frozenset({"html", "html:js", "typst", "pdf", "latex", "docx", "epub", "revealjs", "markdown", "gfm"})


def drop_hidden(chapter: ChapterDoc, to: Format) -> None:
    """Remove what is not for format `to`, and the wrappers of divs that are. Raises BookError on another condition."""

    def decide(element: pf.Element, _doc: pf.Doc) -> object:
        if not isinstance(element, pf.Div | pf.Span | pf.CodeBlock):
            return None
        marked = [name for name in CLASSES if name in element.classes]
        if not marked:
            return None
        if not _visible(chapter, element, to):
            return []
        if isinstance(element, pf.Div) and not element.identifier:
            return list(element.content)
        element.classes = [name for name in element.classes if name not in CLASSES]
        for key in ("when-format", "unless-format"):
            element.attributes.pop(key, None)
        return None

    chapter.doc = chapter.doc.walk(decide)


def _visible(chapter: ChapterDoc, element: pf.Element, to: Format) -> bool:
    holds = True
    for key, value in element.attributes.items():
        if key in ("when-meta", "unless-meta", "when-profile", "unless-profile"):
            raise chapter.error(f"{key} is not supported; use when-format or unless-format", f"{key}=")
        if key in ("when-format", "unless-format"):
            if value not in _KNOWN:
                raise chapter.error(f'{key}="{value}" names no format; use html or typst', f'{key}="{value}"')
            holds = holds and (value in _HOLDS[to]) == (key == "when-format")
    return holds == ("content-visible" in element.classes)
