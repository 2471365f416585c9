"""A chapter's document as the HTML of its body."""

import posixpath
from functools import lru_cache
from urllib.parse import unquote

import panflute as pf

from report.press.book import ChapterDoc
from report.press.book.pandoc import dump
from report.press.book.walk import replace
from report.press.html import elements
from report.press.pandoc import run

_WRITER = (
    *("--from=json", "--to=html5", "--wrap=none", "--email-obfuscation=none"),
    *("--mathml", "--syntax-highlighting=pygments"),
)


def body(chapter: ChapterDoc) -> str:
    """The chapter's body; rewrites its document. Raises BookError for math that cannot be shown as MathML."""
    if chapter.html is None:
        replace(chapter.doc, lambda element: _rewrite(element, chapter))
        chapter.html = _written(chapter, chapter.doc)
    return chapter.html


def title(chapter: ChapterDoc) -> str:
    """The chapter's title as HTML, without its number."""
    return _written(chapter, pf.Doc(pf.Plain(*chapter.title)))


def _written(chapter: ChapterDoc, doc: pf.Doc) -> str:
    html, warnings = _html(dump(doc))
    for warning in warnings:
        if "TeX math" in warning:
            raise chapter.error(f"math that cannot be typeset: {' '.join(warning.split())}")
    return html.strip()


@lru_cache(maxsize=256)
def _html(json: str) -> tuple[str, list[str]]:
    """A preview writes most titles again as they were."""
    return run(json, *_WRITER)


def _rewrite(element: pf.Element, chapter: ChapterDoc) -> object:
    if isinstance(element, pf.Header):
        return elements.heading(element)
    if isinstance(element, pf.Table):
        return elements.table(element)
    if isinstance(element, pf.CodeBlock):
        return elements.code(element)
    if isinstance(element, pf.Image):
        place = posixpath.join(posixpath.dirname(chapter.chapter.href), unquote(element.url))
        return elements.image(element, chapter.resources.get(posixpath.normpath(place)))
    if isinstance(element, pf.Span) and "equation" in element.classes:
        return elements.equation(element)
    if isinstance(element, pf.Div):
        for name, write in (
            ("float", elements.figure),
            ("layout", elements.layout),
            ("callout", elements.callout),
            ("tab", elements.tab),
        ):
            if name in element.classes:
                return write(element)
    return None
