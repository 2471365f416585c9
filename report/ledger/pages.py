"""Read rendered pages: the facts they show, the targets they define, the references that found none.

Whoever checks facts, links, identifiers or files of a page asks here; it is gone through once.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from lxml import etree, html

from experiments.tables.errors import UserError

_HIDDEN = ("script", "style")
_LOADING = {("img", "src"), ("script", "src"), ("iframe", "src"), ("video", "src"), ("audio", "src"), ("source", "src")}
_LOADING |= {("link", "href"), ("object", "data"), ("embed", "src"), ("video", "poster"), ("track", "src")}

_ELEMENTS = etree.ElementDefaultClassLookup(element=html.HtmlElement, comment=html.HtmlComment)
"""The same class for every element: lxml would ask a function in Python for each."""


class PageError(UserError):
    """A file that is no page: `why`, without its name."""

    def __init__(self, why: str, name: str = "") -> None:
        super().__init__(f"{name}: {why}" if name else why)
        self.why = why


@dataclass
class Page:
    """What one HTML page holds."""

    facts: dict[str, str] = field(default_factory=dict)
    """Fact id to the text shown, without the mark of its kind."""
    ids: set[str] = field(default_factory=set)
    twice: list[str] = field(default_factory=list)
    """Identifiers that stand there again."""
    links: list[str] = field(default_factory=list)
    """Where its links lead, and what it loads."""
    loaded: list[str] = field(default_factory=list)
    unresolved: list[str] = field(default_factory=list)
    """Citations and references that found no target, as they read."""
    text: str = ""
    """What the page says itself: without facts, texts of examples and code, which hold whatever data hold."""
    verbatim: str = ""
    """What stands in blocks of code and output."""
    alts: dict[str, str] = field(default_factory=dict)
    """The alternative text of each figure, by its label."""


def read_page(path: Path) -> Page:
    """The page in a file. Raises PageError for what is no HTML page."""
    text = page_text(path)
    try:
        return parse_page(text)
    except PageError as error:
        raise PageError(error.why, path.name) from None


def page_text(path: Path) -> str:
    """The HTML in a file. Raises PageError where it cannot be read."""
    try:
        return path.read_text("utf-8", "replace")
    except OSError as error:
        raise PageError(f"cannot be read: {error.strerror or error}", path.name) from None


@lru_cache(maxsize=256)
def parse_page(text: str) -> Page:
    """The page of this HTML, which a render asks for several times. Raises PageError."""
    reader = _Reader(Page())
    reader.read(parse_html(text), _Around())
    reader.page.text, reader.page.verbatim = "".join(reader.said), "".join(reader.verbatim)
    return reader.page


def parse_html(text: str) -> etree._Element:
    """The elements of a page. Raises PageError for what is no HTML page."""
    try:
        parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
        parser.set_element_class_lookup(_ELEMENTS)
        root = html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, ValueError):
        raise PageError("is empty, no HTML page; render it again") from None
    if "<html" not in text[:4096].lower():
        raise PageError("is no HTML page; render it again")
    return root


@dataclass(frozen=True)
class _Around:
    """What is open around an element."""

    facts: tuple[str, ...] = ()
    label: str | None = None
    """The figure that it is in."""
    verbatim: bool = False
    quoted: bool = False
    """In code of a sentence, or in the text of an example."""
    cited: bool = False
    unresolved: bool = False


class _Reader:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[str] = []
        self.verbatim: list[str] = []

    def read(self, element: etree._Element, around: _Around) -> None:
        """An element and all in it."""
        tag, attributes = element.tag, element.attrib
        if not isinstance(tag, str):  # a comment
            return
        classes = attributes.get("class", "").split() if attributes else ()
        if attributes:
            self._attributes(tag, attributes, around)
            around = _inside(around, attributes, classes)
        if tag == "pre":
            around = replace(around, verbatim=True)
        elif tag == "code" or "example-text" in classes:
            around = replace(around, quoted=True)
        if tag in _HIDDEN or "kind-mark" in classes:
            return
        if element.text:
            self._text(element.text, around)
        for child in element:
            self.read(child, around)
            if child.tail:
                self._text(child.tail, around)

    def _attributes(self, tag: str, attributes: etree._Attrib, around: _Around) -> None:
        page = self.page
        if identity := attributes.get("id"):
            if identity in page.ids:
                page.twice.append(identity)
            page.ids.add(identity)
        if fact := attributes.get("data-fact"):
            page.facts[fact] = ""
        if tag == "img":
            page.alts.setdefault(around.label or "", attributes.get("alt") or "")
        for name, value in attributes.items():
            if (tag, name) in _LOADING:
                page.loaded.append(value)
                page.links.append(value)
            elif (tag, name) == ("a", "href"):
                page.links.append(value)

    def _text(self, text: str, around: _Around) -> None:
        for fact in around.facts:
            self.page.facts[fact] += text
        if around.facts:
            return
        if around.verbatim:
            self.verbatim.append(text)
        elif around.quoted:
            return
        self.said.append(text)
        # Pandoc prints the key of a citation without an entry in bold, with a question mark.
        if around.unresolved or (around.cited and text.endswith("?")):
            self.page.unresolved.append(text.strip("?@ "))


def _inside(around: _Around, attributes: etree._Attrib, classes: list[str]) -> _Around:
    fact, identity = attributes.get("data-fact"), attributes.get("id", "")
    figure = identity if identity.startswith("fig-") else None
    cited, unresolved = "citation" in classes, "quarto-unresolved-ref" in classes
    if not (fact or figure or cited or unresolved):
        return around
    return replace(
        around,
        facts=(*around.facts, fact) if fact else around.facts,
        label=figure or around.label,
        cited=around.cited or cited,
        unresolved=around.unresolved or unresolved,
    )
