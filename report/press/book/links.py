"""Links and images: chapters link to chapters' pages, and files of the project travel with the book."""

import posixpath
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote, unquote

import panflute as pf

from report.press.book.anchors import name_in_book
from report.press.book.model import ChapterDoc, Format
from report.press.book.references import page_link
from report.press.book.walk import elements
from report.press.woven import Woven
from report.rendering.project import Project

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_OUTWARD = frozenset({"http", "https", "mailto"})


def resolve_links(
    chapters: Sequence[ChapterDoc], book: Sequence[ChapterDoc], project: Project, woven: Sequence[Woven], to: Format
) -> None:
    """Point links of `chapters`, which are some of the book's, at pages and files, and collect their `resources`.

    Files are linked relative to the chapter's page. Raises BookError for a file that is not there or lies outside the
    project, an image on another host, and a link that runs code.
    """
    pages = {chapter.chapter.path: chapter for chapter in book}
    for chapter, one in zip(chapters, woven, strict=True):
        follow = _Follow(chapter, pages, project.root, one.resources, to)
        for element in elements(chapter.doc, (pf.Image, pf.Link)):
            follow(element)


class _Follow:
    """Points the links and images of one chapter where they lead."""

    def __init__(
        self, chapter: ChapterDoc, pages: Mapping[Path, ChapterDoc], root: Path, made: Mapping[str, Path], to: Format
    ) -> None:
        self.chapter, self.pages, self.root, self.made, self.to = chapter, pages, root, made, to
        self.folder = posixpath.dirname(chapter.chapter.href)

    def __call__(self, element: pf.Image | pf.Link) -> None:
        if isinstance(element, pf.Image):
            element.url = self.image(element.url)
        elif "cross-reference" not in element.classes:
            element.url = self.link(element.url)

    def image(self, url: str) -> str:
        scheme = _SCHEME.match(url)
        if scheme and scheme.group(1).lower() == "data":
            return url
        if scheme or url.startswith("//"):
            raise self.chapter.error(f"image {url} is on another host; put the file into the project", url)
        return self._file(url, "image")

    def link(self, url: str) -> str:
        scheme = _SCHEME.match(url)
        if scheme and scheme.group(1).lower() in _OUTWARD:
            return url
        if scheme or url.startswith("//"):
            raise self.chapter.error(f"link {url}: only http, https and mailto lead out of the book", url)
        path, _, anchor = url.partition("#")
        if not path:
            return self._page(self.chapter, anchor)
        page = self.pages.get(self._on_disk(path))
        if page is None:
            return self._file(path, "link") + (f"#{anchor}" if anchor else "")
        return self._page(page, anchor)

    def _page(self, page: ChapterDoc, anchor: str) -> str:
        if self.to == "typst":
            return "#" + (name_in_book(page.chapter, anchor) if anchor else page.identifier)
        href = "" if page is self.chapter and anchor else page_link(self.chapter, page.chapter.href)
        return f"{href}#{anchor}" if anchor else href

    def _file(self, url: str, what: str) -> str:
        if url in self.made:
            place, file = posixpath.normpath(posixpath.join(self.folder, unquote(url))), self.made[url]
        else:
            file = self._on_disk(url)
            if not file.is_relative_to(self.root):
                raise self.chapter.error(f"{what} {url} lies outside the project", url)
            place = file.relative_to(self.root).as_posix()
        if not file.is_file():
            raise self.chapter.error(f"{what} {url}: there is no such file", url)
        self.chapter.resources[place] = file
        return quote(page_link(self.chapter, place))

    def _on_disk(self, url: str) -> Path:
        name = unquote(url)
        base = self.root if name.startswith("/") else self.chapter.chapter.path.parent
        return Path(base, name.lstrip("/")).resolve()
