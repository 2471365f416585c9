"""The order of the passes: each chapter for itself, then the book as a whole."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from report.press.book.anchors import make_unique
from report.press.book.citations import cite
from report.press.book.conditional import drop_hidden
from report.press.book.constructs import (
    set_alternative_texts,
    shape_callouts,
    shape_equations,
    shape_tabsets,
    take_title,
)
from report.press.book.floats import shape_floats
from report.press.book.links import resolve_links
from report.press.book.model import ChapterDoc, Format
from report.press.book.numbering import Target, number_chapter
from report.press.book.pandoc import parse
from report.press.book.references import index_targets, resolve_references
from report.press.woven import Woven
from report.rendering.project import Project


def build(project: Project, woven: Sequence[Woven], to: Format) -> list[ChapterDoc]:
    """The chapters of the book as documents for `to`, in the order of `woven`; their shape is told in `model`.

    Raises BookError, naming chapter and line, for what cannot be numbered, resolved or found.
    """
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as threads:
        read = list(threads.map(lambda one: _read(one, to), woven))
    index = index_targets(read)
    chapters = [chapter for chapter, _ in read]
    if to == "typst":
        make_unique(chapters)
    for chapter in chapters:
        resolve_references(chapter, index, to)
    resolve_links(chapters, project, woven, to)
    cite(chapters, project, to)
    return chapters


def _read(woven: Woven, to: Format) -> tuple[ChapterDoc, list[Target]]:
    """Parse a chapter and bring its constructs into shape."""
    chapter = ChapterDoc(woven.chapter, woven.chapter.path.read_text(encoding="utf-8-sig"), parse(woven.markdown))
    drop_hidden(chapter, to)
    shape_callouts(chapter)
    shape_tabsets(chapter)
    take_title(chapter)
    shape_floats(chapter)
    shape_equations(chapter)
    set_alternative_texts(chapter)
    return chapter, number_chapter(chapter)
