"""Read rendered pages: the facts they show, the targets they define, the references that found none."""

from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Page:
    """What one HTML page holds."""

    facts: dict[str, str] = field(default_factory=dict)
    """Fact id to the text shown, without the mark of its kind."""
    ids: set[str] = field(default_factory=set)
    unresolved: list[str] = field(default_factory=list)
    """Citations and references that found no target, as they read."""
    text: str = ""
    """What the page says itself: without facts, texts of examples and code, which hold whatever data hold."""
    verbatim: str = ""
    """What stands in blocks of code and output."""
    alts: dict[str, str] = field(default_factory=dict)
    """The alternative text of each figure, by its label."""


class _Element(NamedTuple):
    """An open element."""

    tag: str
    fact: str | None
    silent: bool
    """Whether its text is left out: scripts, styles, marks of a kind."""
    classes: set[str]
    label: str | None
    """The figure that it is."""


def read_page(path: Path) -> Page:
    """Parse one page."""
    return _parsed(path.read_text("utf-8"))


@lru_cache(maxsize=256)
def _parsed(text: str) -> Page:
    """A preview reads most pages again as they were."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._open: list[_Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        classes = (attributes.get("class") or "").split()
        if attributes.get("id"):
            self.page.ids.add(str(attributes["id"]))
        fact = attributes.get("data-fact")
        if fact:
            self.page.facts[fact] = ""
        if tag == "img":
            label = next((element.label for element in reversed(self._open) if element.label), None)
            self.page.alts.setdefault(label or "", attributes.get("alt") or "")
        if tag not in _VOID:
            identity = attributes.get("id") or ""
            silent = "kind-mark" in classes or tag in ("script", "style")
            label = identity if identity.startswith("fig-") else None
            self._open.append(_Element(tag, fact, silent, set(classes), label))

    def handle_endtag(self, tag: str) -> None:
        while any(element.tag == tag for element in self._open):
            if self._open.pop().tag == tag:
                break

    def handle_data(self, data: str) -> None:
        if any(element.silent for element in self._open):
            return
        facts = [element.fact for element in self._open if element.fact]
        for fact in facts:
            self.page.facts[fact] += data
        if facts:
            return
        tags = {element.tag for element in self._open}
        classes = set().union(*(element.classes for element in self._open))
        if "pre" in tags:
            self.page.verbatim += data
        elif "code" in tags or "example-text" in classes:
            return
        self.page.text += data
        # Pandoc prints the key of a citation without an entry in bold, with a question mark.
        if "quarto-unresolved-ref" in classes or ("citation" in classes and data.endswith("?")):
            self.page.unresolved.append(data.strip("?@ "))
