"""Alternative text: Quarto's `fig-alt` becomes the text that every writer takes for an image's alternative."""

import panflute as pf

from report.press.book.model import ChapterDoc
from report.press.book.pandoc import words


def set_alternative_texts(chapter: ChapterDoc) -> None:
    """Move `fig-alt` into each image. An image in a labelled float that has none is left without a text."""
    chapter.doc.walk(_set)


def _set(element: pf.Element, _doc: pf.Doc) -> None:
    if isinstance(element, pf.Image) and "fig-alt" in element.attributes:
        element.content = words(element.attributes.pop("fig-alt"))
