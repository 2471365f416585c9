"""What the page template is filled with: the book, the list of chapters, and each page."""

import posixpath
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from report.press.book import ChapterDoc, Heading
from report.press.book.byline import spelled_out
from report.press.book.labels import APPENDIX
from report.press.html import fragment
from report.rendering.project import Project

CONTENTS_DEPTH = 3


@dataclass
class Entry:
    """A chapter in the sidebar and in previous/next."""

    href: str
    number: str | None
    title: Markup

    @property
    def label(self) -> Markup:
        return Markup("{} {}").format(self.number, self.title) if self.number else self.title


@dataclass
class Part:
    """A group of chapters in the sidebar."""

    title: str | None
    entries: list[Entry]


@dataclass
class Node:
    """A heading in the page's table of contents, with those below it."""

    heading: Heading
    below: "list[Node]" = field(default_factory=list)


@dataclass
class Page:
    """One page."""

    href: str
    window_title: str
    identifier: str
    heading: Markup
    body: Markup
    contents: list[Node]
    previous: Entry | None
    next: Entry | None

    @property
    def is_home(self) -> bool:
        return self.href == "index.html"

    @property
    def root(self) -> str:
        """The way from this page to the site's root, empty or ending in a slash."""
        return "../" * self.href.count("/")

    def to(self, href: str) -> str:
        """A link from this page to a place below the site's root."""
        return posixpath.relpath(href, posixpath.dirname(self.href) or ".")


def book_values(project: Project) -> dict[str, Any]:
    """The book's own lines: title block, footer, head of every page."""
    return {
        "title": project.title,
        "subtitle": project.subtitle,
        "authors": project.authors,
        "date": spelled_out(project.date) if project.date else None,
        "lang": project.lang,
        "version": project.version,
        "tables_digest": project.metadata.get("build", {}).get("tables"),
        "pdf": pdf_download(project),
    }


def pdf_download(project: Project) -> str | None:
    """The PDF's place on the site, if `book.downloads` offers it."""
    offered = project.metadata["book"].get("downloads") or []
    return project.pdf.name if "pdf" in offered else None


def parts(chapters: Sequence[ChapterDoc]) -> list[Part]:
    """The sidebar: chapters, then appendices."""
    main = [entry(chapter) for chapter in chapters if not chapter.chapter.appendix]
    appendices = [entry(chapter) for chapter in chapters if chapter.chapter.appendix]
    return [Part(None, main), *([Part("Appendices", appendices)] if appendices else [])]


def entry(chapter: ChapterDoc) -> Entry:
    """A chapter as an entry of the sidebar: its address, label and title."""
    return Entry(chapter.chapter.href, chapter.chapter.label, Markup(fragment.title(chapter)))


def page(project: Project, chapter: ChapterDoc, previous: Entry | None, following: Entry | None) -> Page:
    """A chapter as a page; Pandoc's HTML is taken as it is, everything else is escaped by the template."""
    own = entry(chapter)
    headings = _of_contents(chapter.headings)
    return Page(
        href=own.href,
        window_title=project.title if own.href == "index.html" else f"{chapter.plain_title} – {project.title}",
        identifier=chapter.identifier,
        heading=_heading(chapter, own),
        body=Markup(fragment.body(chapter)),
        contents=_tree(headings),
        previous=previous,
        next=following,
    )


def _of_contents(headings: Sequence[Heading]) -> list[Heading]:
    """The headings of the page's contents, without those that bear one bare name in several sections."""
    listed = [heading for heading in headings if heading.level <= CONTENTS_DEPTH]
    times = Counter(str(heading.title) for heading in listed if not heading.number)
    return [heading for heading in listed if heading.level <= 2 or heading.number or times[str(heading.title)] == 1]


def _heading(chapter: ChapterDoc, own: Entry) -> Markup:
    title = Markup('<span class="chapter-title">{}</span>').format(own.title)
    if not own.number:
        return title
    if chapter.chapter.appendix:
        return Markup("{} {} — {}").format(APPENDIX, own.number, title)
    return Markup('<span class="chapter-number">{}</span> {}').format(own.number, title)


def _tree(headings: Sequence[Heading]) -> list[Node]:
    top: list[Node] = []
    above: list[Node] = []
    for heading in headings:
        node = Node(heading)
        while above and above[-1].heading.level >= heading.level:
            above.pop()
        (above[-1].below if above else top).append(node)
        above.append(node)
    return top
