"""The finished pages before they are written: no dead link, no identifier twice, nothing from another host."""

import posixpath
from collections.abc import Collection, Mapping
from functools import lru_cache
from html.parser import HTMLParser
from urllib.parse import unquote

from report.press.book import BookError

_LOADING = {("img", "src"), ("script", "src"), ("iframe", "src"), ("video", "src"), ("audio", "src"), ("source", "src")}
_LOADING |= {("link", "href"), ("object", "data"), ("embed", "src"), ("video", "poster"), ("track", "src")}


def check_pages(pages: Mapping[str, str], sources: Mapping[str, str], files: Collection[str]) -> None:
    """Raise BookError, naming the chapter, for the first fault.

    `pages` maps places below the site's root to HTML, `sources` the same places to chapter files; `files` are the
    places of everything else on the site.
    """
    read = {href: _read(html) for href, html in pages.items()}
    for href, reader in read.items():
        chapter = sources[href]
        if reader.twice:
            raise BookError(f"{chapter}: the identifier #{reader.twice[0]} is used twice on the page")
        for url in reader.loaded:
            if url.startswith(("http:", "https:", "//")):
                raise BookError(f"{chapter}: {url} would be loaded from another host; put the file into the project")
        for url in reader.links:
            _check_link(href, url, read, files, chapter)


def _check_link(href: str, url: str, read: "Mapping[str, _Reader]", files: Collection[str], chapter: str) -> None:
    if url.startswith(("http:", "https:", "mailto:", "data:", "//")):
        return
    path, _, anchor = url.partition("#")
    place = posixpath.normpath(posixpath.join(posixpath.dirname(href), unquote(path))) if path else href
    if place in read:
        if anchor and unquote(anchor) not in read[place].identifiers:
            raise BookError(f"{chapter}: link {url}: there is no #{anchor} on that page")
    elif place not in files:
        raise BookError(f"{chapter}: link {url}: there is no such page or file")


@lru_cache(maxsize=256)
def _read(html: str) -> "_Reader":
    """A preview checks most pages again as they were."""
    return _Reader(html)


class _Reader(HTMLParser):
    """Identifiers, links and loaded files of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.identifiers: set[str] = set()
        self.twice: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                if value in self.identifiers:
                    self.twice.append(value)
                self.identifiers.add(value)
            elif (tag, name) in _LOADING:
                self.loaded.append(value or "")
                self.links.append(value or "")
            elif (tag, name) == ("a", "href"):
                self.links.append(value or "")
