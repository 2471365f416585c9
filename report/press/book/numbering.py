"""Number sections, floats and equations by chapter, as Quarto does.

Sections of chapter 2 are 2.1, 2.1.1, …; its figures, tables and equations 2.1, 2.2, …, each kind counted for itself.
In an unnumbered chapter sections have no number, and floats are plain 1, 2, …
"""

import string
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import panflute as pf

from report.press.book.floats import is_float, parts_of
from report.press.book.labels import kind_of
from report.press.book.model import ChapterDoc, Heading, plain
from report.press.book.walk import elements
from report.rendering.project import ChapterRef


@dataclass(frozen=True)
class Target:
    """Something that carries a label: where it is and how it is numbered."""

    label: str
    kind: str
    number: str | None
    chapter: ChapterRef
    title: str = ""
    """Of sections and chapters: the heading as plain text."""
    is_chapter: bool = False


def number_chapter(chapter: ChapterDoc) -> list[Target]:
    """Set the `number` attributes and `chapter.headings`; return the chapter's targets in reading order."""
    prefix = chapter.chapter.label
    targets = []
    if kind_of(chapter.identifier) == "sec":
        targets.append(Target(chapter.identifier, "sec", prefix, chapter.chapter, chapter.plain_title, is_chapter=True))
    sections = SectionCounter()
    counts: Counter[str] = Counter()
    outline = set(map(id, _outline(chapter.doc.content)))
    for element in _elements(chapter.doc):
        if is_float(element) and "part" in element.classes:
            continue
        kind = kind_of(element.identifier) or ""
        number, title = None, ""
        if isinstance(element, pf.Header):
            title = plain(list(element.content))
            if prefix is not None and "unnumbered" not in element.classes:
                number = sections.advance(prefix, element.level)
            if id(element) in outline:
                chapter.headings.append(Heading(element.level, number, title, element.identifier))
        else:
            counts[kind] += 1
            number = f"{counts[kind]}" if prefix is None else f"{prefix}.{counts[kind]}"
        if number is not None:
            element.attributes["number"] = number
        # A heading called "Fig trees" has the automatic identifier `fig-trees`, which labels no figure.
        if kind == "sec" or not isinstance(element, pf.Header):
            targets.append(Target(element.identifier, kind, number, chapter.chapter, title))
        if is_float(element):
            targets += [
                Target(part.identifier, kind, f"{number} {letter}", chapter.chapter)
                for part, letter in _lettered(element)
            ]
    return targets


def _lettered(element: pf.Div) -> Iterator[tuple[pf.Div, str]]:
    """The parts of a float, each with the letter in brackets that it now has as its `number`."""
    for place, part in enumerate(parts_of(element)):
        part.attributes["number"] = f"({_letter(place)})"
        yield part, part.attributes["number"]


def _letter(place: int) -> str:
    """a, b, …, z, aa, ab, …"""
    return (_letter(place // 26 - 1) if place >= 26 else "") + string.ascii_lowercase[place % 26]


class SectionCounter:
    """Counts headings below a chapter; levels that are skipped count as 0, as in Quarto and Pandoc."""

    def __init__(self) -> None:
        self._counts = [0] * 5

    def advance(self, prefix: str, level: int) -> str:
        """The number of the next heading of `level` (2 to 6)."""
        place = level - 2
        self._counts[place] += 1
        self._counts[place + 1 :] = [0] * (len(self._counts) - place - 1)
        return ".".join([prefix, *map(str, self._counts[: place + 1])])


def _outline(blocks: Iterable[pf.Block]) -> Iterator[pf.Header]:
    """The headings that a table of contents lists: as in Pandoc, those of sections and none in a tab or quotation.

    A div is a section if it begins with a heading and no other in it is of the same level.
    """
    for block in blocks:
        if isinstance(block, pf.Header):
            yield block
        elif isinstance(block, pf.Div) and block.content and isinstance(block.content[0], pf.Header):
            first, *rest = block.content
            if all(not isinstance(other, pf.Header) or other.level > first.level for other in rest):
                yield from _outline(block.content)


def _elements(doc: pf.Doc) -> list[pf.Element]:
    """Headings, floats and labelled equations in reading order."""
    return [
        element
        for element in elements(doc, (pf.Header, pf.Div, pf.Span))
        if isinstance(element, pf.Header) or is_float(element) or "equation" in element.classes
    ]
