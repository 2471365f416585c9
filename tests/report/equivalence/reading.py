"""Read a page of either engine into the same words: a transcript, a line for each block of it.

What only looks different is made alike first (`_of_quarto`, `_of_press`): where tabs have their titles, how a number is
set beside a formula, buttons and anchors. What is left must be the same, to the letter.
"""

import posixpath
import re
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup, NavigableString, Tag

_BLOCKS = {
    *("address", "article", "blockquote", "caption", "dd", "details", "div", "dl", "dt", "figcaption", "figure"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "summary"),
    *("table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
}
_MARKS = {"em": "*", "strong": "**", "code": "`", "del": "~~", "sub": "~", "sup": "^"}
_OWN_PICTURE = re.compile(r"_files/")


@dataclass(frozen=True)
class Page:
    """One chapter's page."""

    body: list[str]
    """Everything between the chapter's title and its end."""
    chapters: list[tuple[str, str]]
    """The sidebar: link and words."""
    contents: list[tuple[str, str]]
    """The headings in the page's own table of contents."""
    neighbours: list[tuple[str, str]]
    """Previous and next."""


def read_quarto(site: Path, href: str) -> Page:
    soup = BeautifulSoup((site / href).read_text("utf-8"), "html.parser")
    _of_quarto(soup)
    links = soup.select("#quarto-sidebar a.sidebar-link[href]")
    turns = soup.select(".page-navigation a.pagination-link")
    return _page(soup, soup.select_one("main"), href, links, soup.select("#TOC a"), turns)


def read_press(site: Path, href: str) -> Page:
    soup = BeautifulSoup((site / href).read_text("utf-8"), "html.parser")
    _of_press(soup)
    links = soup.select("nav.chapters li a")
    turns = soup.select("nav.turn a")
    return _page(soup, soup.select_one("article"), href, links, soup.select("nav.contents a"), turns)


def _page(soup: BeautifulSoup, main: Tag, href: str, links: list[Tag], contents: list[Tag], turns: list[Tag]) -> Page:
    _alike(soup)
    folder = posixpath.dirname(href)

    def listed(found: list[Tag]) -> list[tuple[str, str]]:
        return [(posixpath.normpath(posixpath.join(folder, link["href"])), _words(link.get_text())) for link in found]

    within = [(link["href"], _words(link.get_text())) for link in contents]
    return Page(_Transcript().of(main), listed(links), within, listed(turns))


# ---- What only looks different ----


def _of_quarto(soup: BeautifulSoup) -> None:
    _remove(soup, ".code-copy-button, .screen-reader-only, .callout-icon-container, .callout-btn-toggle, .date")
    _remove(soup, ".quarto-title-meta, .subtitle, .quarto-title-breadcrumbs")
    if first := soup.select_one("main section.level1"):
        _remove(soup, f"#title-block-header, #TOC li:has(> a[href='#{first['id']}']) > a")  # it has the book's title
    for float_ in soup.select(".quarto-float[id]"):
        float_.figcaption["data-of"] = float_["id"]
    for identified in soup.select(".quarto-section-identifier"):
        identified.find_parent("h1")["id"] = identified["id"]
    for section in soup.select("section[id]"):
        if heading := section.find(["h1", "h2", "h3", "h4", "h5", "h6"], recursive=False):
            heading["id"] = section["id"]
    for callout in soup.select(".callout"):
        header = callout.select_one(".callout-header")
        folded = {"true": "open", "false": "closed"}.get(header.get("aria-expanded"), "fixed")
        _say(soup, callout.select_one(".callout-title-container"), callout, folded)
    for tabset in soup.select(".panel-tabset"):
        for link, pane in zip(tabset.select(".nav-link"), tabset.select(".tab-pane"), strict=True):
            link.name = "p"
            pane.insert(0, _say(soup, link, None, "tab"))
        tabset.select_one("ul.nav-tabs").decompose()
    for equation in soup.select("span[id^=eq-] annotation"):
        equation.string = re.sub(r"\s*\\qquad(\(.*?\))\s*$", r" \1", equation.get_text())


def _of_press(soup: BeautifulSoup) -> None:
    _remove(soup, "a.anchor, .callout-title svg, .visually-hidden, .turn-label")
    for float_ in soup.select("figure.float[id]"):
        float_.figcaption["data-of"] = float_["id"]
    for callout in soup.select(".callout"):
        folded = "fixed" if callout.name == "div" else "open" if callout.has_attr("open") else "closed"
        title = _say(soup, callout.select_one(".callout-title"), callout, folded)
        callout.name = title.name = "div"
    for title in soup.select(".tab-title"):
        _say(soup, title, None, "tab")
    for number in soup.select(".equation-number"):
        formula = number.find_previous("annotation")
        formula.string = f"{formula.get_text().rstrip()} {number.extract().get_text()}"
    for caption in soup.select("figcaption[aria-hidden]"):
        caption.find_parent("figure").img["alt"] = ""  # it says the caption again; Quarto leaves it out


def _alike(soup: BeautifulSoup) -> None:
    """Formulas as their source, with the dollar signs of their kind; every heading with the anchor of its section."""
    for heading in soup.select("div > h2, section > h2"):
        if not heading.has_attr("id") and not heading.find_previous_sibling():
            heading["id"] = heading.parent.get("id", "")
    for title in soup.select("h1"):
        title["id"] = title.get("id", "") if title.get("id", "").startswith("sec-") else ""
    for formula in soup.select("math"):
        dollars = "$$" if formula.get("display") == "block" else "$"
        formula.replace_with(dollars + _words(formula.annotation.get_text()) + dollars)


def _remove(soup: BeautifulSoup, selector: str) -> None:
    for found in soup.select(selector):
        found.decompose()


def _say(soup: BeautifulSoup, title: Tag, callout: Tag | None, what: str) -> Tag:
    """Mark a title as that of a tab or of a callout of some kind."""
    kinds = [name for name in (callout or {}).get("class", []) if re.fullmatch(r"callout-(?!style|titled)\w+", name)]
    title.insert(0, NavigableString(f"[{' '.join([*kinds, what])}] "))
    return title


# ---- The transcript ----


class _Transcript:
    """Walks through a page and writes a line whenever a block begins or ends."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._words: list[str] = []
        self._prefix = ""

    def of(self, main: Tag) -> list[str]:
        self._inside(main)
        self._end("")
        return self._lines

    def _inside(self, element: Tag) -> None:
        for child in element.children:
            if isinstance(child, Tag):
                self._tag(child)
            elif type(child) is NavigableString:
                self._words.append(str(child))

    def _tag(self, tag: Tag) -> None:
        if tag.name in ("script", "style", "svg"):
            return
        if tag.name not in _BLOCKS:
            self._inline(tag)
            return
        before = self._prefix
        self._end(_prefix(tag) or before)
        if tag.name == "pre":
            self._words = []
            self._lines.append(f"{_prefix(tag)}{tag.get_text().rstrip()!r}")
        else:
            self._inside(tag)
        self._end(before)

    def _end(self, prefix: str) -> None:
        """Write the line that is at its end, and go on with another prefix."""
        words = _words("".join(self._words))
        if words:
            self._lines.append(self._prefix + words)
        self._words = []
        self._prefix = prefix

    def _inline(self, tag: Tag) -> None:
        opening, closing = _around(tag)
        self._words.append(opening)
        self._inside(tag)
        self._words.append(closing)


def _prefix(tag: Tag) -> str:
    """What a block's line begins with; nothing for a block that only holds others."""
    if re.fullmatch(r"h\d", tag.name):
        return f"{tag.name} #{tag.get('id', '')}: "
    if tag.name in ("td", "th"):
        return f"{tag.name} {tag.get('style', '').rstrip(';')}: "
    if tag.name == "figcaption":
        return f"caption of {tag.get('data-of', 'nothing')}: "
    if tag.name == "details":
        return f"details {'open' if tag.has_attr('open') else 'closed'}: "
    if tag.name in ("li", "dt", "dd", "blockquote", "pre", "summary", "caption"):
        return f"{tag.name} #{tag['id']}: " if tag.has_attr("id") else f"{tag.name}: "
    return ""


def _around(tag: Tag) -> tuple[str, str]:
    """The signs before and after an element within a line."""
    name = tag.name
    if name == "br":
        return " / ", ""
    if name == "img":
        source = "a picture of a cell" if _OWN_PICTURE.search(tag["src"]) else tag["src"]
        return f"![{tag.get('alt', '')}]({source})", ""
    if name == "input":
        return ("[x] " if tag.has_attr("checked") else "[ ] "), ""
    if name == "a" and tag.has_attr("href") and "sourceCode" not in _classes(tag.parent):
        return "[", f"]({posixpath.normpath(tag['href']) if ':' not in tag['href'] else tag['href']})"
    if "fact" in _classes(tag):
        name = tag.get("data-fact", tag.get("data-own"))
        return "{" + f"{' '.join(_classes(tag))} {name} ({tag.get('title')}): ", "}"
    if tag.has_attr("data-cites"):
        return "{" + f"cites {tag['data-cites']}: ", "}"
    kept = [name for name in _classes(tag) if name in ("smallcaps", "provenance", "kind-mark", "missing", "claim")]
    if kept:
        return "{" + f"{' '.join(kept)}: ", "}"
    mark = _MARKS.get(name, "")
    return mark, mark


def _classes(tag: Tag) -> list[str]:
    return tag.get("class") or []


def _words(text: str) -> str:
    return " ".join(text.split())
