"""One name space for a PDF: what is unique on a page of the site must be unique in the one document of a PDF.

Labels (`fig-x`, `sec-x`) are unique in the book and stay. Any other identifier gets its chapter's name in front, and so do the
links to it; a chapter's title answers to the chapter's name alone.
"""

from __future__ import annotations

import panflute as pf

from report.press.book.labels import kind_of
from report.press.book.model import ChapterDoc
from report.press.project import ChapterRef


def link(chapter: ChapterRef, anchor: str) -> str:
    """The link, in the one document, to an anchor of `chapter`, or to the chapter itself."""
    return "#" + (_name(chapter, anchor) if anchor else chapter.stem)


def make_unique(chapters: list[ChapterDoc]) -> None:
    """Rename the anchors of a book that becomes one document. Raises BookError for a link to an anchor that is not there."""
    known: set[str] = set()
    for chapter in chapters:
        if not kind_of(chapter.identifier):
            chapter.identifier = chapter.chapter.stem
        known |= {chapter.identifier, chapter.chapter.stem}
        for element in _with_identifier(chapter.doc):
            element.identifier = _name(chapter.chapter, element.identifier)
            known.add(element.identifier)
    for chapter in chapters:
        chapter.doc.walk(lambda element, _doc, chapter=chapter: _check(chapter, element, known))


def _name(chapter: ChapterRef, anchor: str) -> str:
    return anchor if kind_of(anchor) else f"{chapter.stem}-{anchor}"


def _with_identifier(doc: pf.Doc) -> list[pf.Element]:
    found: list[pf.Element] = []
    doc.walk(lambda element, _doc: found.append(element) if getattr(element, "identifier", "") else None)
    return found


def _check(chapter: ChapterDoc, element: pf.Element, known: set[str]) -> None:
    if isinstance(element, pf.Link) and element.url.startswith("#") and element.url[1:] not in known:
        raise chapter.error(f"link {element.url}: there is no such anchor in the PDF")
