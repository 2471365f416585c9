"""Content for one format only: `.content-visible` and `.content-hidden` on divs, spans and code blocks."""

import panflute as pf

from report.press.book.model import ChapterDoc, Format
from report.press.book.walk import replace
from report.press.source.subset import CONDITION_FORMATS

CLASSES = ("content-visible", "content-hidden")

CONDITIONS = ("when-format", "unless-format")


def drop_hidden(chapter: ChapterDoc, to: Format) -> None:
    """Remove what is not for format `to`, and the wrappers of divs that are. Raises BookError for another format."""

    def decide(element: pf.Element) -> list[pf.Element] | None:
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
        for key in CONDITIONS:
            element.attributes.pop(key, None)
        return None

    replace(chapter.doc, decide)


def _visible(chapter: ChapterDoc, element: pf.Element, to: Format) -> bool:
    holds = True
    for key, value in element.attributes.items():
        if key in CONDITIONS:
            if value not in CONDITION_FORMATS:
                known = ", ".join(CONDITION_FORMATS)
                raise chapter.error(f'{key}="{value}" is not a format of this book: {known}', f'{key}="{value}"')
            # As in Quarto, `pdf` means LaTeX: it does not hold for a PDF made by Typst.
            holds = holds and (value == to) == (key == "when-format")
    return holds == ("content-visible" in element.classes)
