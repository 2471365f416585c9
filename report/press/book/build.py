"""The order of the passes: each chapter for itself, then the book as a whole."""

from collections.abc import Sequence

from report.press.book.anchors import make_unique
from report.press.book.byline import byline
from report.press.book.citations import cite
from report.press.book.conditional import drop_hidden
from report.press.book.constructs import (
    set_image_attributes,
    shape_callouts,
    shape_equations,
    shape_tabsets,
    take_title,
)
from report.press.book.floats import shape_floats
from report.press.book.links import resolve_links
from report.press.book.model import ChapterDoc, Format, Parsed
from report.press.book.numbering import Target, number_chapter
from report.press.book.page_memory import build_pages
from report.press.book.pandoc import load, parse
from report.press.book.references import index_targets, resolve_references
from report.press.book.tables import shape_tables
from report.press.woven import Woven
from report.rendering.project import Project


def parse_chapter(woven: Woven) -> Parsed:
    """Have Pandoc read a chapter, once for all formats."""
    return Parsed(woven, parse(woven.markdown))


def build(project: Project, parsed: Sequence[Parsed], to: Format) -> list[ChapterDoc]:
    """The chapters of the book as documents for `to`, in the order of `parsed`; their shape is told in `model`.

    Raises BookError, naming chapter and line, for what cannot be numbered, resolved or found.
    """
    if to == "html":
        return build_pages(project, parsed, _read)
    read = [_read(one, to) for one in parsed]
    index = index_targets(read)
    chapters = [chapter for chapter, _ in read]
    make_unique(chapters)
    for chapter in chapters:
        resolve_references(chapter, index, to)
    resolve_links(chapters, chapters, project, [one.woven for one in parsed], to)
    cite(chapters, project, to)
    return chapters


def _read(parsed: Parsed, to: Format) -> tuple[ChapterDoc, list[Target]]:
    """Bring the constructs of a chapter into shape."""
    chapter = parsed.woven.chapter
    chapter = ChapterDoc(chapter, chapter.path.read_text(encoding="utf-8-sig"), load(parsed.json))
    drop_hidden(chapter, to)
    shape_callouts(chapter)
    shape_tabsets(chapter)
    take_title(chapter)
    shape_tables(chapter)
    shape_floats(chapter)
    shape_equations(chapter)
    set_image_attributes(chapter)
    chapter.doc.content = [*byline(parsed.woven.metadata, chapter.chapter.path), *chapter.doc.content]
    return chapter, number_chapter(chapter)
