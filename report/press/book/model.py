"""What a built book consists of.

After `build`, a chapter's document holds only these constructs beside plain Pandoc ones:

- float: `Div(identifier="fig-x" or "tbl-x", classes=["float", "fig" or "tbl"], attributes={"number": "2.1"})` whose
  last child is `Div(classes=["caption"])`: one `Plain` without the words "Figure 2.1:", or empty;
  A float inside another has the class "part" too, and a letter, "(a)", as its number;
- layout: `Div(classes=["layout"], attributes={"columns": "2"})` of `Div(classes=["layout-cell"])`;
- image: with the class "align-left", "align-center" or "align-right" where its place in the line was asked for;
- equation with a label: `Span(identifier="eq-x", classes=["equation"], attributes={"number": "2.1"})` around `Math`;
- heading: `Header` of level 2 and deeper, with `attributes={"number": "2.3"}` unless it is unnumbered;
- reference: `Link` of class `cross-reference` with its resolved text;
- callout: `Div(classes=["callout", "callout-note"], attributes={"title": plain text})`, with `collapse` ("true":
  closed, "false": open) where the reader may fold it; its first child is `Div(classes=["callout-title"])`, the title
  with its markup;
- tabset: `Div(classes=["tabset"])` of `Div(classes=["tab"], attributes={"title": plain text})`, each with a first child
  `Div(classes=["tab-title"])`;
- bibliography: `Div(identifier="refs")`, after an unnumbered heading where the book itself has none.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import panflute as pf

from experiments.tables.errors import UserError, printable
from report.press.book.walk import elements
from report.press.woven import Woven
from report.rendering.project import ChapterRef

Format = Literal["html", "typst"]


class BookError(UserError):
    """A chapter holds something that the press cannot number, resolve or render; the message begins with its file."""

    def __init__(self, message: str) -> None:
        # It quotes the chapter: no control character of that reaches a terminal.
        super().__init__(printable(message, limit=400))


@dataclass(frozen=True)
class Heading:
    """A section heading, for tables of contents."""

    level: int
    number: str | None
    title: str
    """Plain text."""
    identifier: str


@dataclass(frozen=True)
class Parsed:
    """A woven chapter as Pandoc reads it, from which each format is built."""

    woven: Woven
    json: str


@dataclass
class ChapterDoc:
    """One chapter, ready for a writer."""

    chapter: ChapterRef
    source: str
    """The chapter's file as written, to find the line of an error."""
    doc: pf.Doc
    """The body without the chapter's title."""
    title: list[pf.Inline] = field(default_factory=list)
    identifier: str = ""
    """The title's label, such as `sec-parameters`, or Pandoc's automatic one."""
    headings: list[Heading] = field(default_factory=list)
    resources: dict[str, Path] = field(default_factory=dict)
    """Files that the chapter shows or links: place below the site's root -> file on this disk."""
    html: str | None = None
    """Its body as HTML, once that was written."""
    entries: list[dict[str, str]] | None = None
    """Its part of the search index, once that was made."""

    @property
    def plain_title(self) -> str:
        return plain(self.title)

    def error(self, message: str, needle: str | None = None) -> BookError:
        """A BookError that names the chapter's file, and the first line that holds `needle`."""
        line = _line_of(self.source, needle)
        place = self.chapter.relative if line is None else f"{self.chapter.relative}:{line}"
        return BookError(f"{place}: {message}")


def shown_facts(chapter: ChapterDoc) -> list[str]:
    """The ids of the facts that stand in the document, in its order."""
    spans = elements(chapter.doc, pf.Span)
    return [span.attributes["data-fact"] for span in spans if "data-fact" in span.attributes]


def plain(inlines: list[pf.Inline]) -> str:
    """Inlines as one line of text, without footnotes."""
    text = "".join(pf.stringify(inline) for inline in inlines if not isinstance(inline, pf.Note))
    return re.sub(r"\s+", " ", text).strip()


def _line_of(source: str, needle: str | None) -> int | None:
    if not needle:
        return None
    # The needle must end where it ends: `@fig-a` is not found in `@fig-ab`.
    found = re.search(re.escape(needle) + r"(?![\w-])", source)
    return source.count("\n", 0, found.start()) + 1 if found else None
