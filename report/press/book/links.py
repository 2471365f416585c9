"""Links and images: chapters link to chapters' pages, files of the project travel with the book, nothing else leaves."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from urllib.parse import quote, unquote

import panflute as pf

from report.press.book import anchors
from report.press.book.model import ChapterDoc, Format
from report.press.book.references import page_link
from report.press.project import ChapterRef, Project, Woven

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_OUTWARD = frozenset({"http", "https", "mailto"})


def resolve_links(chapter: ChapterDoc, project: Project, woven: Woven, to: Format) -> None:
    """Point links at pages and files, and collect `chapter.resources`.

    Urls are relative to the chapter's page in HTML, and to the site's root in Typst. Raises BookError for a file that is
    not there or lies outside the project, an image on another host, and a link that runs code.
    """
    files = _Files(chapter, project, woven, to)

    def follow(element: pf.Element, _doc: pf.Doc) -> None:
        if isinstance(element, pf.Image):
            element.url = files.image(element.url)
        elif isinstance(element, pf.Link) and "cross-reference" not in element.classes:
            element.url = files.link(element.url)

    chapter.doc.walk(follow)


class _Files:
    def __init__(self, chapter: ChapterDoc, project: Project, woven: Woven, to: Format) -> None:
        self.chapter, self.project, self.woven, self.to = chapter, project, woven, to
        self.pages = {reference.path: reference for reference in project.chapters}
        self.folder = posixpath.dirname(chapter.chapter.href)

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
            return anchors.link(self.chapter.chapter, anchor) if self.to == "typst" else url
        page = self.pages.get(self._on_disk(path))
        if page is None:
            return self._file(path, "link") + (f"#{anchor}" if anchor else "")
        return self._page(page, anchor)

    def _page(self, page: ChapterRef, anchor: str) -> str:
        if self.to == "typst":
            return anchors.link(page, anchor)
        if page == self.chapter.chapter:
            return f"#{anchor}" if anchor else posixpath.basename(page.href)
        return page_link(self.chapter, page.href) + (f"#{anchor}" if anchor else "")

    def _file(self, url: str, what: str) -> str:
        if url in self.woven.resources:
            place, file = posixpath.normpath(posixpath.join(self.folder, unquote(url))), self.woven.resources[url]
        else:
            file = self._on_disk(url)
            if not file.is_relative_to(self.project.root):
                raise self.chapter.error(f"{what} {url} lies outside the project", url)
            place = file.relative_to(self.project.root).as_posix()
        if not file.is_file():
            raise self.chapter.error(f"{what} {url}: there is no such file", url)
        self.chapter.resources[place] = file
        return place if self.to == "typst" else quote(page_link(self.chapter, place))

    def _on_disk(self, url: str) -> Path:
        name = unquote(url)
        base = self.project.root if name.startswith("/") else self.chapter.chapter.path.parent
        return Path(base, name.lstrip("/")).resolve()

