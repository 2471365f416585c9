"""One name space for a PDF: what is unique on a page of the site must be unique in the one document of a PDF.

Labels (`fig-x`, `sec-x`) are unique in the book and stay. Any other identifier gets its chapter's name in front, and so
do the links to it.
"""

import panflute as pf

from report.press.book.labels import kind_of
from report.press.book.model import ChapterDoc
from report.press.book.walk import elements
from report.rendering.project import ChapterRef

NAMED = (
    *(pf.Header, pf.Div, pf.Span, pf.Link, pf.Image, pf.Code, pf.CodeBlock, pf.Figure),
    *(pf.Table, pf.TableHead, pf.TableBody, pf.TableFoot, pf.TableRow, pf.TableCell),
)
"""The elements that may have an identifier."""


def make_unique(chapters: list[ChapterDoc]) -> None:
    """Rename the anchors of a book that becomes one document."""
    for chapter in chapters:
        chapter.identifier = name_in_book(chapter.chapter, chapter.identifier)
        for element in elements(chapter.doc, NAMED):
            if element.identifier:
                element.identifier = name_in_book(chapter.chapter, element.identifier)


def name_in_book(chapter: ChapterRef, anchor: str) -> str:
    """An anchor of `chapter` by the name that it has in the one document."""
    return anchor if kind_of(anchor) else f"{chapter.stem}-{anchor}"
