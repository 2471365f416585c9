"""Divide a chapter's lines into markdown, inline expressions and cells, checking them against the subset."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from report.press.markdown import fenced
from report.press.source import subset
from report.press.source.attributes import Attributes, check_attributes, parse_attributes
from report.press.source.blocks import Cell, Markdown, Part
from report.press.source.lines import Line, closes_fence, opens_fence
from report.press.source.options import split_options
from report.press.source.problems import Place, Problem
from report.press.source.prose import Findings, define, read_paragraph, refuse_shown_expression
from report.press.source.shortcodes import Resolve, unescape

_LANGUAGE = re.compile(r"^\{\s*(?P<language>[A-Za-z][\w.-]*)(?P<rest>(?:[\s,][^}]*)?)\}\s*$")
FLOATS = ("fig", "tbl")
_SHOWN_CELL = re.compile(r"\{(\{\w+\})\}")
_DIV = re.compile(r"^[\s>]*(?P<colons>:{3,})\s*(?P<attributes>.*?)\s*:*\s*$")
_HEADING = re.compile(r"#{1,6}\s")
_ANNOTATION = re.compile(r"#\s*<\d+>\s*$")
_LABEL = re.compile(r"[\w.:-]+")


@dataclass
class Scanner:
    """Reads lines one block at a time; `parts`, `findings` and `problems` fill as it goes."""

    resolve: Resolve
    parts: list[Part] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)
    problems: list[Problem] = field(default_factory=list)
    _open_divs: list[tuple[Place, str]] = field(default_factory=list)
    _tabs_begun: set[Place] = field(default_factory=set)

    def read(self, lines: Sequence[Line]) -> None:
        """Read the whole chapter."""
        index = 0
        while index < len(lines):
            line = lines[index]
            if opened := opens_fence(line.text):
                end = next((i for i in range(index + 1, len(lines)) if closes_fence(lines[i].text, opened)), None)
                if end is None:
                    self._refuse(line.place, f"the block opened by '{opened['fence']}' is never closed")
                    end = len(lines)
                self._fenced(opened, lines[index : end + 1])
                index = end + 1
            elif line.text.lstrip().startswith("<!--"):
                end = next((i for i in range(index, len(lines)) if "-->" in lines[i].text), len(lines) - 1)
                self._comment(lines[index : end + 1])
                index = end + 1
            elif div := _DIV.match(line.text):
                self._div(div["attributes"], line.place)
                self._markdown(line.text + "\n")
                index += 1
            elif not line.text.strip():
                self._markdown("\n")
                index += 1
            else:
                end = index + 1
                while end < len(lines) and self._continues(lines[end].text):
                    end += 1
                self._paragraph(lines[index:end])
                index = end
        for place, opening in self._open_divs:
            self._refuse(place, f"the div '{opening}' is never closed", "end it with a line ':::'")

    def _refuse(self, place: Place, what: str, remedy: str = "") -> None:
        self.problems.append(Problem(place, what, remedy))

    def _markdown(self, text: str) -> None:
        if self.parts and isinstance(self.parts[-1], Markdown):
            text = self.parts.pop().text + text
        self.parts.append(Markdown(text))

    @staticmethod
    def _continues(text: str) -> bool:
        """Whether a line goes on with the paragraph above it."""
        return bool(text.strip()) and not opens_fence(text) and not _DIV.match(text)

    def _paragraph(self, lines: Sequence[Line]) -> None:
        if lines[0].text.rstrip() == "---" and len(lines) > 1:
            self._refuse(
                lines[0].place,
                "metadata inside a chapter is not supported by the embedded renderer",
                "put it into the front matter",
            )
        if len(lines) > 1 and re.fullmatch(r"=+\s*", lines[1].text):
            self._refuse(lines[0].place, "a chapter has one title", "begin sections with '##'")
        self._check_tabs(lines)
        for part in read_paragraph(lines, self.resolve, self.findings, self.problems):
            if isinstance(part, Markdown):
                self._markdown(part.text)
            else:
                self.parts.append(part)
        self._markdown("\n")

    def _check_tabs(self, lines: Sequence[Line]) -> None:
        """In a tabset, text that belongs to no tab, and headings that Pandoc would take for the end of a paragraph."""
        if not self._open_divs or "panel-tabset" not in self._open_divs[-1][1]:
            return
        place, _ = self._open_divs[-1]
        if place not in self._tabs_begun and not _HEADING.match(lines[0].text):
            self._refuse(lines[0].place, "a panel-tabset begins with the heading of its first tab")
        self._tabs_begun.add(place)
        for line in lines[1:]:
            if _HEADING.match(line.text):
                self._refuse(line.place, "a heading in a panel-tabset needs a blank line before it")

    def _comment(self, lines: Sequence[Line]) -> None:
        for line in lines:
            if _LANGUAGE.match(line.text.strip().lstrip("`~")):
                self._refuse(line.place, "a cell in an HTML comment runs in Quarto all the same", "delete it")
        after = lines[-1].text.partition("-->")[2]
        self._markdown("\n")
        if after.strip():
            self._paragraph([Line(after, lines[-1].place)])

    def _div(self, text: str, place: Place) -> None:
        if not text:
            if self._open_divs:
                opened, opening = self._open_divs.pop()
                if "panel-tabset" in opening and opened not in self._tabs_begun:
                    self._refuse(opened, "a panel-tabset needs a heading for each tab")
            else:
                self._refuse(place, "':::' closes a div that was never opened")
            return
        inside = text[1:-1] if text.startswith("{") and text.endswith("}") else f".{text}"
        found = parse_attributes(inside)
        if found is None:
            self._refuse(place, f"cannot read the attributes of the div '{text}'", 'write ::: {#id .class key="value"}')
            found = Attributes()
        check_attributes(found, place, self.problems)
        define(found.identifier, place, self.findings, self.problems)
        kind = found.identifier.partition("-")[0]
        if kind in FLOATS and sum(f"#{kind}-" in opening for _, opening in self._open_divs) > 1:
            what = f"'{found.identifier}' inside two others is not supported by the embedded renderer"
            self._refuse(place, what, "divide a figure into parts once")
        self._open_divs.append((place, f"::: {text}"))

    def _fenced(self, opened: re.Match[str], lines: Sequence[Line]) -> None:
        info = opened["info"].strip()
        place = lines[0].place
        cell = _LANGUAGE.match(info)
        if cell is None:
            self._verbatim(info, lines)
        elif cell["language"] != subset.CELL_LANGUAGE:
            remedy = "supported: {python}"
            if cell["language"] in subset.DIAGRAMS:
                remedy = "save the diagram as a picture and write ![caption](file.svg)"
            what = f"cell of language '{{{cell['language']}}}' is not supported by the embedded renderer"
            self._refuse(place, what, remedy)
        elif opened["prefix"] or opened["fence"][0] == "~":
            self._refuse(place, "a cell must begin at the left margin, with backticks")
        elif cell["rest"].strip():
            self._refuse(
                place,
                f"options in the braces of '{info}' are not supported by the embedded renderer",
                "write '#| key: value' lines",
            )
        else:
            self._cell(lines, place)

    def _cell(self, lines: Sequence[Line], place: Place) -> None:
        options, code = split_options(lines[1:-1], self.problems)
        label = options.get("label")
        if isinstance(label, str):
            define(label, place, self.findings, self.problems)
            if not _LABEL.fullmatch(label):
                self._refuse(place, f"cell label '{label}' can be no identifier", "use letters, digits, '-' and '_'")
            kind = label.partition("-")[0]
            if kind in FLOATS and "-" in label and options.get("output") == "asis":
                self._refuse(
                    place,
                    f"cell '{label}' cannot be both a numbered float and 'output: asis'",
                    "let what it prints carry the identifier",
                )
            elif "-" in label and (kind in subset.REFUSED_REFERENCE_TYPES or kind in ("sec", "eq")):
                self._refuse(
                    place,
                    f"cell label '{label}' is not supported by the embedded renderer",
                    "supported prefixes: fig-, tbl-",
                )
        self.parts.append(
            Cell(
                code="\n".join(line.text for line in code).rstrip(),
                options=options,
                place=place,
                code_line=code[0].place.line if code else place.line + 1,
            )
        )
        self._markdown("\n")

    def _verbatim(self, info: str, lines: Sequence[Line]) -> None:
        place = lines[0].place
        attributes = re.search(r"\{(?P<inside>[^{}]*)\}$", info)
        found = parse_attributes(attributes["inside"]) if attributes else None
        if found is not None:
            check_attributes(found, place, self.problems)
        kept = found is not None and found.values.get("shortcodes") == "false"
        text = [lines[0].text]
        for line in lines[1:]:
            if not kept and re.search(r"\{\{<(?!/\*)", line.text):
                self._refuse(
                    line.place, "a shortcode in a code block would run in Quarto", "write '{{</* name */>}}' to show it"
                )
            if _ANNOTATION.search(line.text):
                self._refuse(
                    line.place, "code annotations are not supported by the embedded renderer", "say it in the text"
                )
            refuse_shown_expression(line.text, line.place, self.problems)
            text.append(line.text if kept else unescape(line.text))
        if _SHOWN_CELL.fullmatch(info):
            # The cell is shown, fences and all, and not run.
            text[0] = _SHOWN_CELL.sub(r"\1", text[0])
            self._markdown(fenced("\n".join(text), " {.markdown}"))
        else:
            self._markdown("\n".join(text) + "\n")
