"""Read a rendered page as its readers do: passages of text, each with its place, and what stands in them.

A passage is the text of one paragraph, heading, caption, cell, list item or attribute. Its spans say which parts of it
are values that were shown (`fact`), sentences that were tested (`claim`), words of a source (`quotation`), texts of a
data set (`example`), numbers that the renderer made (`structure`), code, and what the author takes responsibility for
(`unchecked`); a `mark` is the place of a letter of a kind. Both engines' pages are read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

import yaml
from lxml import etree, html

from report.ledger.pages import PageError, page_text, parse_html

Place = Literal[
    "prose", "heading", "caption", "alternative text", "table cell", "table head", "footnote", "title", "output"
]
Sort = Literal["fact", "claim", "quotation", "example", "structure", "code", "mark", "unchecked"]

_HTML = yaml.load((Path(__file__).parent / "html.yaml").read_text("utf-8"), yaml.CSafeLoader)
_BLOCKS, _SILENT, _AROUND, _FRAMED, _LEADING, _STRUCTURE, _NUMBERING, _LISTS, _SILENCED, _FOOTNOTES, _TRACED = (
    frozenset(_HTML[name])
    for name in (
        *("blocks", "silent", "around", "framed", "leading"),
        *("structure", "numbering", "lists", "silenced", "footnotes", "traced"),
    )
)
_TOLD, _NAMED, _UNREAD = frozenset(_HTML["told"]), dict(_HTML["named"]), frozenset(_HTML["unread"])
_DRAWN = "data:image/svg"
RESERVED = _AROUND | _FRAMED | _LEADING | _STRUCTURE | _LISTS | frozenset(_HTML["given"])
"""Classes that the report itself gives, in which text is not read as prose."""
UNTYPED = frozenset(_HTML["untyped"])
"""Elements that no author types."""
_PLACES: dict[str, Place] = _HTML["places"]
# A picture of dots that a cell shows, which both engines put below a folder of this name; or one within a link.
_DOTS = re.compile(
    r"(?:^|/)[^/]+_files/(?:[^/]+/)*(?P<drawn>[^/]+\.(?:png|jpe?g|gif|webp|bmp|tiff?))$|^(?P<data>data:image/(?!svg)\w+)",
    re.IGNORECASE,
)
LISTED = "listed"
"""The name of a span of an example in a list that the tools gather from all chapters."""
LONGEST_SIGN = 2
"""Letters of a link beside a heading or below a footnote, which is a sign."""
_CONTENT = re.compile(r"""\bcontent\s*:\s*(["'])(.*?)\1""")
_SPACE = re.compile(r"[ \t\r\n\f]+")
# Quarto's captions, theorems and titles begin with a number of its own.
_CAPTION_NUMBER = re.compile(r"\s*\w+[ \u00a0](?:[A-Z]\b|\d+)(?:[.-]\d+)*(?:\s*:|\s*$|\s\()")
_CAPTION_ID = re.compile(r"-caption-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
_EQUATION_NUMBER = re.compile(r"\((?:[A-Z]|\d+)(?:\.\d+)*\)\s*$")
# The line below a float, of `analysis.facts.floats`, and how many more rows a list of claims has.
_TABLES = r"[\w.-]+/[\w.-]+(?:, [\w.-]+/[\w.-]+)*(?: and \d+ more)? \(\w+\)"
_PROVENANCE = re.compile(
    r"From the sidecars of the frozen tables named here\.|(?:and )?\d+ more\.?|"
    rf"Frozen tables? {_TABLES}(?:; {_TABLES})*\."
)
# What an engine numbers, or a link to that: "1", "Figure 1.1:", "(1.1)", "Appendix A — Colophon".
_NUMBERED = re.compile(r"\(?(?:\w+[ \u00a0])?(?:[A-Z]\b|\d+)(?:[.-]\d+)*\)?:?(?=[\s\u00a0]|$)")
_TITLE_NUMBER = re.compile(r"\s*(?:\w+[ \u00a0])?(?:[A-Z]\b|\d+)(?:\.\d+)*[\s\u00a0]")


class Span(NamedTuple):
    """A part of a passage: from `start` up to `end`, in characters."""

    start: int
    end: int
    sort: Sort
    name: str | None = None
    """Id of the fact or claim; the reason of what is unchecked, empty where there is none, None where that is told."""


@dataclass
class Passage:
    """A stretch of text that is read in one go."""

    place: Place
    text: str = ""
    spans: list[Span] = field(default_factory=list)
    label: str | None = None
    """The figure or table that it belongs to."""
    heading: str | None = None
    """Of a table cell, what stands at the head of its column."""
    level: int = 0
    """Of a heading, its level, counted from 1."""
    output: bool = False
    """Whether it is the output of a cell of code; not told of one with `output: asis`, around which nothing stands."""
    unread: str = ""
    """Where it stands for something in which nothing can be read: what that is, in words."""

    def inside(self, start: int, end: int, *sorts: Sort) -> Span | None:
        """A span of these sorts that covers all from `start` to `end`, None without one."""
        return next((s for s in self.spans if s.sort in sorts and s.start <= start and end <= s.end), None)


def read_passages(path: Path) -> list[Passage]:
    """The passages of a page, in reading order. Raises PageError for what is no HTML page."""
    return list(_read(path)[0])


def read_alts(path: Path) -> dict[str, str]:
    """The alternative text of each figure of a page, by its label. Raises PageError for what is no HTML page."""
    return _read(path)[1]


def read_frame(path: Path) -> list[Passage]:
    """What stands around the text of a page: heads, feet, titles beside it. Raises PageError for what is no HTML page.

    Links to chapters and the renderer's own tools are left out.
    """
    return list(_read(path)[2])


def _read(path: Path) -> tuple[tuple[Passage, ...], dict[str, str], tuple[Passage, ...]]:
    text = page_text(path)
    try:
        return _of_page(text)
    except PageError as error:
        raise PageError(error.why, path.name) from None


@lru_cache(maxsize=64)
def _of_page(text: str) -> tuple[tuple[Passage, ...], dict[str, str], tuple[Passage, ...]]:
    """The passages, the alternative texts and the frame. A preview reads most pages again as they were."""
    root = parse_html(text)
    reader = _Reader()
    reader.head(root)
    main, body = root.find(".//main"), root.find("body")
    text_of = body if main is None else main
    if text_of is not None:
        reader.read(text_of)
    reader.end_passage()
    frame = _Reader(framed=True)
    if main is not None and body is not None:
        frame.read(body)
        frame.end_passage()
    alts: dict[str, str] = {}
    for image in root.iter("img"):
        around = (up.get("id") or "" for up in image.iterancestors())
        label = next((identity for identity in around if identity.startswith("fig-")), "")
        alts.setdefault(label, image.get("alt") or "")
    return tuple(reader.passages), alts, tuple(frame.passages)


class _Reader:
    def __init__(self, *, framed: bool = False) -> None:
        """Of what stands around the text with `framed`, else of the text."""
        self.passages: list[Passage] = []
        self._framed = framed
        self._silent = _SILENT - {"nav"} | {"main"} if framed else _SILENT
        self._around = _FRAMED if framed else _AROUND
        self._parts: list[str] = []
        self._length = 0
        self._spans: list[Span] = []
        self._open: list[list] = []
        self._place: Place = "prose"
        self._label: str | None = None
        self._output = False
        self._listed = False
        self._silenced = False
        self._columns: list[str] = []
        self._column = 0
        self._level = 0

    def head(self, root: etree._Element) -> None:
        """The title and the description, which search engines and browsers show."""
        for title in root.iterfind("head/title"):
            self._attribute("title", title.text or "")
            if self.passages and (number := _TITLE_NUMBER.match(self.passages[-1].text)):
                self.passages[-1].spans.append(Span(0, number.end(), "structure"))
        for meta in root.iterfind("head/meta"):
            if (meta.get("name") or meta.get("property") or "").split(":")[-1] in (
                "description",
                "keywords",
                "abstract",
            ):
                self._attribute("title", meta.get("content") or "")

    def read(self, element: etree._Element) -> None:
        """Everything in the element."""
        tag = element.tag
        if not isinstance(tag, str):  # a comment
            return
        classes = (element.get("class") or "").split()
        if tag in _UNREAD and not self._framed and not _is_of_quarto(element):
            self._refuse(f"<{tag}")
        if tag in self._silent or self._is_left_out(element, tag, classes):
            self._in_silence(element, tag)
            return
        if tag == "img":
            self._told(element, tag, classes)
            self._attribute("alternative text", element.get("alt") or "")
            if dots := _DOTS.search(element.get("src") or ""):
                name = dots["drawn"] or dots["data"]
                self._note_unread(name, f"a cell draws {name}, in which nothing can be read")
            return
        if "kind-mark" in classes and len(letter := (element.text_content() or "").strip()) <= 1:
            self._spans.append(Span(self._length, self._length, "mark", letter))
            return
        self._told(element, tag, classes)
        if tag == "br":
            self._add(" ")
            return
        before = self._place, self._label, self._output, self._listed, self._silenced
        self._count_column(element, tag)
        if tag in _BLOCKS:
            self.end_passage()
            self._enter(element, tag, classes)
        code = self._is_code(element, tag, classes)
        opened = [[sort, name, self._length] for sort, name in _sorts(element, classes, code, self._listed)]
        if self._silenced:
            opened = [[sort, None if sort == "unchecked" else name, start] for sort, name, start in opened]
        self._open += opened
        start = self._length
        self._add(element.text)
        for child in element:
            self.read(child)
            self._add(child.tail)
        if (element.get("id") or "").startswith("eq-"):
            self._number_equation()
        if "theorem-title" in classes:
            self._number_theorem(element, start)
        if not _NUMBERING.isdisjoint(classes):
            self._number(start)
        for each in opened:
            self._close(each)
        if opened:
            del self._open[-len(opened) :]
        if tag in _BLOCKS:
            self.end_passage()
            self._place, self._label, self._output, self._listed, self._silenced = before

    def _in_silence(self, element: etree._Element, tag: str) -> None:
        """What is read of an element whose text is not: the words of a drawing, those that a style puts on the page."""
        if tag == "svg":
            texts = (each.text_content() for each in element.iter("text", "title", "desc", "foreignobject"))
            for text in (element.get("aria-label") or "", *texts):
                self._attribute("alternative text", text)
        elif tag == "style":
            for match in _CONTENT.finditer(element.text or ""):
                self._attribute("output", match[2])

    def _is_left_out(self, element: etree._Element, tag: str, classes: list[str]) -> bool:
        """Whether the renderer put it around the text or, of a frame, it leads to what is read on its own page."""
        if not self._around.isdisjoint(classes):
            return any(_is_around(element, tag, name) for name in self._around.intersection(classes))
        return self._framed and _leads(element, tag, classes)

    def _refuse(self, beginning: str) -> None:
        """Note what writes or holds something that is not read: a script, another document, a drawing in a link."""
        self._note_unread(beginning, f"what stands in or behind {beginning}… is not read")

    def _note_unread(self, text: str, what: str) -> None:
        self._attribute("alternative text", text)
        self.passages[-1].unread = what
        self.passages[-1].spans.append(Span(0, len(text), "code"))

    def _told(self, element: etree._Element, tag: str, classes: list[str]) -> None:
        """Attributes that readers are told or shown, or that nobody reads, and pages in the page."""
        given = element.items()
        if not given or not _TRACED.isdisjoint(classes):
            return
        for name, value in given:
            if name in ("class", "id"):
                continue
            if name in _TOLD or _NAMED.get(tag) == name:
                self._attribute("alternative text", value)
            elif not self._framed and (name.startswith("on") or _DRAWN in value.lower()):
                self._refuse(f"{name}=" if name.startswith("on") else _DRAWN)
        if tag == "input" and element.get("type", "text") in ("text", "search", "button", "submit", "reset"):
            self._attribute("output", element.get("value") or "")
        if tag == "iframe" and (element.get("srcdoc") or "").strip():
            self._attribute("output", html.fromstring(element.get("srcdoc")).text_content())
        elif tag == "iframe" and not re.match("https?:|//|$", element.get("src") or ""):
            self._refuse("<iframe")

    def _number_equation(self) -> None:
        """Quarto writes the number of an equation into it, at its end."""
        number = _EQUATION_NUMBER.search("".join(self._parts))
        if number is not None:
            self._spans.append(Span(number.start(), number.end(), "structure"))

    def _number(self, start: int) -> None:
        """The number that a heading, a caption or an equation has, or with which a link to one begins."""
        number = _NUMBERED.match("".join(self._parts)[start:])
        if number is not None:
            self._spans.append(Span(start, start + number.end(), "structure"))

    def _number_theorem(self, element: etree._Element, start: int) -> None:
        """Quarto writes what a theorem, definition or exercise is called and its number before it."""
        inside = any("theorem" in (up.get("class") or "").split() for up in element.iterancestors("div"))
        number = _CAPTION_NUMBER.match("".join(self._parts)[start:]) if inside else None
        if number is not None:
            self._spans.append(Span(start, start + number.end(), "structure"))

    def _count_column(self, element: etree._Element, tag: str) -> None:
        if tag == "table":
            heads = element.iterfind("thead/tr/th")
            self._columns = [" ".join((head.text_content() or "").split()) for head in heads]
        elif tag == "tr":
            self._column = -1
        elif tag in ("td", "th"):
            self._column += 1

    def _is_code(self, element: etree._Element, tag: str, classes: list[str]) -> bool:
        """Whether it is a block of code, which states nothing, or the derivation of a listed claim."""
        if tag == "code" and self._listed:
            return True
        holds = "sourceCode" in classes and (tag in ("pre", "code") or element.find("pre") is not None)
        return holds or (tag == "pre" and not self._output)

    def end_passage(self) -> None:
        """Whatever was gathered becomes a passage; what is open goes on in the next one."""
        for each in self._open:
            self._close(each)
            each[2] = 0
        text = "".join(self._parts)
        if text.strip():
            passage = Passage(self._place, text, self._spans, self._label, output=self._output)
            if passage.place == "heading":
                passage.level = self._level
            if passage.place == "table cell" and self._column < len(self._columns):
                passage.heading = self._columns[self._column]
            if passage.place == "caption" and (number := _CAPTION_NUMBER.match(text)):
                passage.spans.append(Span(0, number.end(), "structure"))
            self.passages.append(passage)
        self._parts, self._length, self._spans = [], 0, []

    def _enter(self, element: etree._Element, tag: str, classes: list[str]) -> None:
        if tag in _PLACES and self._place != "footnote":
            self._place = _PLACES[tag]
            self._level = int(tag[1]) if tag[1:].isdigit() else 0
        elif not _FOOTNOTES.isdisjoint((*classes, element.get("role") or "")):
            self._place = "footnote"
        elif tag == "pre" and self._output:
            self._place = "output"
        self._listed = self._listed or not _LISTS.isdisjoint(classes)
        self._silenced = self._silenced or not _SILENCED.isdisjoint(classes)
        self._output = self._output or any(name.startswith("cell-output") for name in classes)
        identity = element.get("id") or ""
        if identity.startswith(("fig-", "tbl-")):
            self._label = _CAPTION_ID.sub("", identity)

    def _add(self, text: str | None) -> None:
        if not text:
            return
        text = _SPACE.sub(" ", text)
        if text[0] == " " and (not self._parts or self._parts[-1].endswith(" ")):
            text = text[1:]
        if text:
            self._parts.append(text)
            self._length += len(text)

    def _close(self, opened: list) -> None:
        sort, name, start = opened
        if self._length > start or sort == "unchecked":
            self._spans.append(
                Span(start, self._length, sort, None if sort == "unchecked" and self._silenced else name)
            )
        if self._length > start and sort == "unchecked" and not name:
            opened[1] = None  # further paragraphs of it

    def _attribute(self, place: Place, text: str) -> None:
        text = _SPACE.sub(" ", text).strip()
        if text:
            whole = [Span(0, len(text), each[0], each[1]) for each in self._open]
            self.passages.append(Passage(place, text, whole, self._label, output=self._output))
            for opened in self._open:
                if opened[0] == "unchecked" and not opened[1]:
                    opened[1] = None


def _is_around(element: etree._Element, tag: str, name: str) -> bool:
    """Whether an element of this class is as the renderer puts it around a text, or beside a heading."""
    if name in ("anchor", "anchorjs-link", "footnote-back"):
        return tag == "a" and len((element.text_content() or "").strip()) <= LONGEST_SIGN
    if name == "colophon-line":
        return tag == "footer"
    return not any(up.tag == "main" for up in element.iterancestors())


def _is_of_quarto(element: etree._Element) -> bool:
    """Whether it is the script that Quarto puts behind the text of a page that has no `<main>` (`theme: none`)."""
    up = element.getparent()
    return element.get("id") == "quarto-html-after-body" and up is not None and up.tag == "body"


def _leads(element: etree._Element, tag: str, classes: list[str]) -> bool:
    """Whether it leads to a page or a section, whose title is read where it stands."""
    if tag == "nav":
        return element.get("role") == "doc-toc"
    up = element.getparent()
    return (tag == "ol" and up is not None and up.tag == "nav") or bool(
        element.get("href") and not _LEADING.isdisjoint(classes)
    )


def _sorts(element: etree._Element, classes: list[str], code: bool, listed: bool) -> Iterator[tuple[Sort, str | None]]:
    if code:
        yield "code", None
    if "fact" in classes and element.get("data-fact"):
        yield "fact", element.get("data-fact")
    if "claim" in classes and element.get("data-claim"):
        yield "claim", element.get("data-claim")
    if "quotation" in classes:
        yield "quotation", None
    if "example-text" in classes:
        yield "example", LISTED if listed else None
    if "unchecked" in classes:
        yield "unchecked", element.get("reason") or element.get("data-reason") or ""
    if not _STRUCTURE.isdisjoint(classes) and any(_is_made(element, name) for name in _STRUCTURE.intersection(classes)):
        yield "structure", None


def _is_made(element: etree._Element, name: str) -> bool:
    """Whether an element of this class is as the renderer makes it: a cell may put the class together too."""
    match name:
        case "citation":
            return bool(element.get("data-cites"))
        case "csl-entry":
            up = element.getparent()
            return (element.get("id") or "").startswith("ref-") and up is not None and up.get("id") == "refs"
        case "provenance":
            return _PROVENANCE.fullmatch(element.text_content().strip()) is not None or _is_byline(element)
        case "quarto-title-meta":
            return any(up.get("id") == "title-block-header" for up in element.iterancestors("header"))
    return False


def _is_byline(element: etree._Element) -> bool:
    """Whether it is the line on authors and date, which stands below the title."""
    up = element.getparent()
    before = None if up is None else up.getprevious()
    return before is not None and before.tag == "h1"
