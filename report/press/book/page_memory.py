"""Chapters for HTML, remembered while the process lives: a preview builds anew only what a change concerns.

A chapter is as it was if its own text is, and what it can refer to: the labels of the book with their numbers and
titles, the order of the pages, the bibliography. Where the book's references stand on one page, nothing is remembered.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

from experiments.tables.digest import sha256_file
from report.press.book.citations import cite, has_references
from report.press.book.links import resolve_links
from report.press.book.model import ChapterDoc, Format, Parsed
from report.press.book.numbering import Target
from report.press.book.references import index_targets, resolve_references
from report.rendering.project import Project


@dataclass(frozen=True)
class Page:
    """A chapter as it was built last: from which text, with which labels, in which surroundings."""

    text: Hashable
    targets: list[Target]
    around: Hashable
    chapter: ChapterDoc


REMEMBERED: dict[Path, Page] = {}
"""Of the file of each chapter."""


def build_pages(
    project: Project, parsed: Sequence[Parsed], read: Callable[[Parsed, Format], tuple[ChapterDoc, list[Target]]]
) -> list[ChapterDoc]:
    """Build the chapters for HTML; those that are as they were are taken from memory.

    `read` brings a chapter into shape.
    """
    texts = {one.woven.chapter.path: _text(one) for one in parsed}
    last = {path: REMEMBERED[path] for path in texts if path in REMEMBERED and REMEMBERED[path].text == texts[path]}
    fresh = {one.woven.chapter.path: read(one, "html") for one in parsed if one.woven.chapter.path not in last}
    index = index_targets(
        [fresh[path] if path in fresh else (last[path].chapter, last[path].targets) for path in texts]
    )
    around = (tuple(texts), frozenset(index.items()), _cited(project))
    together = any(has_references(chapter) for chapter, _ in fresh.values())
    for one in parsed:
        path = one.woven.chapter.path
        if path in last and (together or last[path].around != around or not _has_files(last[path].chapter)):
            fresh[path] = read(one, "html")
    book = [fresh[path][0] if path in fresh else last[path].chapter for path in texts]
    anew = [one for one in parsed if one.woven.chapter.path in fresh]
    chapters = [fresh[one.woven.chapter.path][0] for one in anew]
    for chapter in chapters:
        resolve_references(chapter, index, "html")
    resolve_links(chapters, book, project, [one.woven for one in anew], "html")
    cite(chapters, project, "html")
    for path, (chapter, targets) in fresh.items():
        REMEMBERED.pop(path, None)
        if not together:
            REMEMBERED[path] = Page(texts[path], targets, around, chapter)
    return book


def _text(one: Parsed) -> Hashable:
    woven = one.woven
    source = woven.chapter.path.read_text(encoding="utf-8-sig")
    return woven.chapter, woven.markdown, tuple(woven.resources.items()), source


def _cited(project: Project) -> Hashable:
    files = [*project.bibliography, *([project.csl] if project.csl else [])]
    return project.lang, project.date, tuple((path, sha256_file(path) if path.is_file() else "") for path in files)


def _has_files(chapter: ChapterDoc) -> bool:
    return all(path.is_file() for path in chapter.resources.values())
