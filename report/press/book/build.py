"""The order of the passes: each chapter for itself, then the book as a whole."""

import re
from collections.abc import Sequence
from functools import partial

import panflute as pf

from report.press.book.anchors import make_unique
from report.press.book.byline import byline
from report.press.book.citations import cite
from report.press.book.constructs import (
    set_image_attributes,
    shape_callouts,
    shape_equations,
    shape_tabsets,
    take_title,
)
from report.press.book.floats import shape_floats
from report.press.book.labels import kind_of
from report.press.book.links import resolve_links
from report.press.book.model import ChapterDoc, Format, Parsed
from report.press.book.numbering import Target, number_chapter
from report.press.book.page_memory import build_pages
from report.press.book.pandoc import load, parse
from report.press.book.references import index_targets, resolve_references
from report.press.book.tables import shape_tables
from report.press.book.walk import elements, replace
from report.press.source.subset import CONDITION_FORMATS
from report.press.woven import Woven
from report.rendering.project import Project

_CONDITIONAL = ("content-visible", "content-hidden")
_CONDITIONS = ("when-format", "unless-format")
"""The classes of content for one format only, and the attributes that say which."""


def parse_chapter(woven: Woven) -> Parsed:
    """Have Pandoc read a chapter, once for all formats."""
    return Parsed(woven, parse(woven.markdown))


def build(project: Project, parsed: Sequence[Parsed], to: Format) -> list[ChapterDoc]:
    """The chapters of the book as documents for `to`, in the order of `parsed`; their shape is told in `model`.

    Raises BookError, naming chapter and line, for what cannot be numbered, resolved or found.
    """
    read_chapter = partial(_read, day=project.date)
    if to == "html":
        return build_pages(project, parsed, read_chapter)
    read = [read_chapter(one, to) for one in parsed]
    index = index_targets(read)
    chapters = [chapter for chapter, _ in read]
    make_unique(chapters)
    for chapter in chapters:
        resolve_references(chapter, index, to)
    resolve_links(chapters, chapters, project, [one.woven for one in parsed], to)
    cite(chapters, project, to)
    return chapters


def _read(parsed: Parsed, to: Format, day: str | None) -> tuple[ChapterDoc, list[Target]]:
    """Bring the constructs of a chapter into shape."""
    chapter = parsed.woven.chapter
    chapter = ChapterDoc(chapter, chapter.path.read_text(encoding="utf-8-sig"), load(parsed.json))
    _drop_hidden(chapter, to)
    shape_callouts(chapter)
    shape_tabsets(chapter)
    take_title(chapter)
    shape_tables(chapter)
    shape_floats(chapter)
    shape_equations(chapter)
    set_image_attributes(chapter)
    chapter.doc.content = [*byline(parsed.woven.metadata, day), *chapter.doc.content]
    _tell_from_labels(chapter, parsed.woven.markdown)
    return chapter, number_chapter(chapter)


def _tell_from_labels(chapter: ChapterDoc, markdown: str) -> None:
    """Give each heading whose words alone make it read like a label (`sec-a`, `fig-1`) an identifier that is none."""
    for heading in elements(chapter.doc, pf.Header, inlines=False):
        label = heading.identifier
        written = rf"\{{.*#{re.escape(label)}[\s}}]"
        headings = rf"^[>\s\d.)*+-]*#.*{written}|^.*{written}.*\n[>\s]*(?:=+|-+)\s*$"
        if kind_of(label) and not re.search(headings, markdown, re.M):
            heading.identifier = f"_{label}"


def _drop_hidden(chapter: ChapterDoc, to: Format) -> None:
    """Remove what is not for format `to`, and the wrappers of divs that are. Raises BookError for another format."""

    def decide(element: pf.Element) -> list[pf.Element] | None:
        if not isinstance(element, pf.Div | pf.Span | pf.CodeBlock):
            return None
        marked = [name for name in _CONDITIONAL if name in element.classes]
        if not marked:
            return None
        if not _visible(chapter, element, to):
            return []
        if isinstance(element, pf.Div) and not element.identifier:
            return list(element.content)
        element.classes = [name for name in element.classes if name not in _CONDITIONAL]
        for key in _CONDITIONS:
            element.attributes.pop(key, None)
        return None

    replace(chapter.doc, decide)


def _visible(chapter: ChapterDoc, element: pf.Element, to: Format) -> bool:
    holds = True
    for key, value in element.attributes.items():
        if key in _CONDITIONS:
            if value not in CONDITION_FORMATS:
                known = ", ".join(CONDITION_FORMATS)
                raise chapter.error(f'{key}="{value}" is not a format of this book: {known}', f'{key}="{value}"')
            # As in Quarto, `pdf` means LaTeX: it does not hold for a PDF made by Typst.
            holds = holds and (value == to) == (key == "when-format")
    return holds == ("content-visible" in element.classes)
