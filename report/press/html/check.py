"""The finished pages before they are written: no dead link, no identifier twice, nothing from another host."""

import posixpath
from collections.abc import Collection, Mapping
from urllib.parse import unquote

from report.ledger.pages import Page, parse_page
from report.press.book import BookError


def check_pages(pages: Mapping[str, str], sources: Mapping[str, str], files: Collection[str]) -> None:
    """Raise BookError, naming the chapter, for the first fault.

    `pages` maps places below the site's root to HTML, `sources` the same places to chapter files; `files` are the
    places of everything else on the site.
    """
    read = {href: parse_page(html) for href, html in pages.items()}
    for href, page in read.items():
        chapter = sources[href]
        if page.twice:
            raise BookError(f"{chapter}: the identifier #{page.twice[0]} is used twice on the page")
        for url in page.loaded:
            if url.startswith(("http:", "https:", "//")):
                raise BookError(f"{chapter}: {url} would be loaded from another host; put the file into the project")
        for url in page.links:
            _check_link(href, url, read, files, chapter)


def _check_link(href: str, url: str, read: Mapping[str, Page], files: Collection[str], chapter: str) -> None:
    if url.startswith(("http:", "https:", "mailto:", "data:", "//")):
        return
    path, _, anchor = url.partition("#")
    place = posixpath.normpath(posixpath.join(posixpath.dirname(href), unquote(path))) if path else href
    if place in read:
        if anchor and unquote(anchor) not in read[place].ids:
            raise BookError(f"{chapter}: link {url}: there is no #{anchor} on that page")
    elif place not in files:
        raise BookError(f"{chapter}: link {url}: there is no such page or file")
