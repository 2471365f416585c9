"""Elements of rendered pages: found by a class or an attribute, with where they begin and end in the HTML.

Pages are changed as text, so that every byte that is not filled in stays what the engine wrote.
"""

import html
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][\w-]*)(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_ATTRIBUTE = re.compile(r"([\w-]+)=\"([^\"]*)\"")
_IDENTIFIER = re.compile(r"\s(?:id|tabindex|aria-describedby)=\"[^\"]*\"")
_LINK = re.compile(r"(?<=\shref=\")([^\"]*)(?=\")")


@dataclass(frozen=True)
class Element:
    """An element of a page. `start`, `inside`, `after` and `end` are places in the page's HTML."""

    name: str
    attributes: dict[str, str]
    start: int
    inside: int
    after: int
    """Where its end tag begins."""
    end: int

    @property
    def classes(self) -> list[str]:
        """Its classes."""
        return self.attributes.get("class", "").split()


def elements(page: str, marked: str) -> Iterator[Element]:
    """Every element that has the class or the attribute `marked`, in the order of the page."""
    for tag in _TAG.finditer(page) if marked in page else ():
        if tag["end"] or marked not in tag["attributes"] or tag["attributes"].endswith("/"):
            continue
        attributes = dict(_attributes(tag["attributes"]))
        # Any word may stand in a value, such as the title of a number.
        if marked in attributes or marked in attributes.get("class", "").split():
            after, end = _closing(page, tag["name"], tag.end())
            yield Element(tag["name"], attributes, tag.start(), tag.end(), after, end)


def _attributes(written: str) -> Iterator[tuple[str, str]]:
    for name, value in _ATTRIBUTE.findall(written):
        yield name, html.unescape(value)


def _closing(page: str, name: str, place: int) -> tuple[int, int]:
    """Where the end tag of an element of this name begins and ends, whose start tag ends at `place`."""
    depth = 1
    for tag in re.compile(rf"<(/?){name}(?=[\s>/])[^>]*>").finditer(page, place):
        depth += -1 if tag[1] else 1
        if not depth:
            return tag.start(), tag.end()
    return len(page), len(page)


def text_of(fragment: str) -> str:
    """The text of a piece of HTML, in one line."""
    return " ".join(html.unescape(_TAG.sub("", fragment)).split())


def moved(fragment: str, here: str, there: str) -> str:
    """A piece of the page `here` as it can stand on the page `there`: its links lead on, its identifiers are gone."""

    def lead(link: re.Match[str]) -> str:
        target = link[1]
        if re.match(r"[a-z][\w+.-]*:|//", target):
            return target
        path, mark, anchor = target.partition("#")
        full = posixpath.normpath(posixpath.join(posixpath.dirname(here), path)) if path else here
        return f"{link_to(full, there)}{mark}{anchor}"

    return _LINK.sub(lead, _TAG.sub(lambda tag: _IDENTIFIER.sub("", tag[0]), fragment))


def link_to(href: str, page: str) -> str:
    """The way from a page to a place, both below the site's root."""
    return posixpath.relpath(href, posixpath.dirname(page) or ".")
