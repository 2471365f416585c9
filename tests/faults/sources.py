"""Where chapters say something: the prose of a .qmd, the strings of its cells and of modules behind it, the pages."""

import ast
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.faults.plant import project_files

PACKAGES = ("analysis/", "experiments/", "report/")
MODULES = ("analysis/chapters/", "analysis/this_report/")
"""Of the packages only these, in which sentences are; and every module that a project has beside them."""
FEW = 3
"""A module behind more chapters than these is left alone: all of them would run again for each fault."""
_LEAST = 18
"""Letters that a string must share with a page for it to be known there."""
_DERIVING = ("count", "derived")
"""Functions that are told how a value is worked out."""
_PLACEHOLDER = re.compile(r"\{[a-z_]\w*(?:\.\w+)*(?::[^{}]*)?\}")


def plain(text: str) -> str:
    """A text without tags, marks of markdown and kinds of white space."""
    text = re.sub(r'<sup class="kind-mark.*?</sup>|<[^>]*>', "", text)
    return " ".join(re.sub(r"[*_`\\]", "", html.unescape(text)).replace("\u00a0", " ").replace("\u202f", " ").split())


@dataclass(frozen=True)
class Page:
    """A rendered page in parts."""

    chapter: str
    href: str
    markup: str

    @cached_property
    def article(self) -> str:
        """What the chapter itself says."""
        body = self.markup.partition("<article")[2].partition("</article>")[0] or self.markup
        return plain(re.sub(r"<(script|style)\b.*?</\1>", "", body, flags=re.S))

    @cached_property
    def captions(self) -> str:
        """The captions of figures and tables."""
        found = re.findall(r"<(figcaption|caption)\b.*?>(.*?)</\1>", self.markup, flags=re.S)
        return "\n".join(plain(text) for _, text in found)

    @cached_property
    def alternatives(self) -> str:
        """The alternative texts of images."""
        return "\n".join(plain(text) for text in re.findall(r'\balt="([^"]*)"', self.markup))


@dataclass(frozen=True)
class Prose:
    """A line of running text in a .qmd."""

    file: str
    chapter: str
    number: int
    text: str


@dataclass(frozen=True)
class Said:
    """A string in Python that stands on a page: `start` and `end` are its place in the file, quotes included."""

    file: str
    text: str
    start: int
    end: int
    value: str
    page: Page
    where: str
    """`caption`, `alternative text`, `sentence` or `cell`."""

    @property
    def line(self) -> int:
        return self.text.count("\n", 0, self.start) + 1

    def changed(self, old: str, new: str) -> bytes | None:
        """The file with the first such part of the string changed; None where it does not stand so in the source."""
        place = self.text.find(old, self.start, self.end)
        return None if place < 0 else (self.text[:place] + new + self.text[place + len(old) :]).encode()


class Chapters:
    """The chapters of a rendered project."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = {
            Path(name).stem: name
            for name in ("index.qmd", *project_files(root, "report/*.qmd"))
            if (root / name).is_file()
        }
        self.texts = {chapter: (root / name).read_text() for chapter, name in self.files.items()}
        pages = {path.stem: path for path in (root / "_site").rglob("*.html")}
        self.pages = {
            chapter: Page(chapter, pages[chapter].relative_to(root / "_site").as_posix(), pages[chapter].read_text())
            for chapter in self.files
            if chapter in pages
        }

    def prose(self) -> list[Prose]:
        """The lines of running text that are shown in any format."""
        return [
            Prose(self.files[chapter], chapter, number, line)
            for chapter in self.pages
            for number, line in _prose_lines(self.texts[chapter])
        ]

    def headings(self) -> list[Prose]:
        """The lines with titles."""
        return [
            Prose(self.files[chapter], chapter, number, line)
            for chapter in self.pages
            for number, line in enumerate(self.texts[chapter].splitlines(), 1)
            if re.match(r"#{1,3} \w", line) and "{{" not in line
        ]

    def modules(self, few: int = FEW) -> dict[str, list[str]]:
        """Modules behind a few chapters, as files, each with these chapters."""
        behind: dict[str, list[str]] = {}
        for log in sorted((self.root / "_ledger" / "press").glob("*.jsonl")):
            opening = json.loads(log.read_text().partition("\n")[0])
            for module in opening.get("modules", {}):
                behind.setdefault(module.replace(".", "/"), []).append(log.stem)
        found = {}
        for module, chapters in sorted(behind.items()):
            names = [each for each in (f"{module}.py", f"{module}/__init__.py") if (self.root / each).is_file()]
            wanted = module.startswith(MODULES) or not f"{module}/".startswith(PACKAGES)
            if names and wanted and len(chapters) <= few:
                found[names[0]] = chapters
        return found

    def python(self, few: int = FEW) -> Iterator[tuple[str, str, ast.Module, list[str]]]:
        """Every file with Python in it: name, text, its syntax tree, and the chapters that it makes."""
        for name, chapters in self.modules(few).items():
            text = (self.root / name).read_text()
            yield name, text, ast.parse(text), chapters
        for chapter in self.pages:
            text = self.texts[chapter]
            yield self.files[chapter], text, ast.parse(_cells_alone(text)), [chapter]

    def said(self) -> list[Said]:
        """Every string that stands on a page."""
        return [
            each
            for name, text, tree, chapters in self.python()
            for node in _strings(tree)
            if (each := self._found(name, text, node, [self.pages[c] for c in chapters if c in self.pages]))
        ]

    def names(self) -> list[Said]:
        """Every string of a mapping that is all that a cell of a table on a page shows."""
        return [
            Said(name, text, *span(text, node), node.value, page, "cell")
            for name, text, tree, chapters in self.python()
            for mapping in ast.walk(tree)
            for node in (mapping.values if isinstance(mapping, ast.Dict) else ())
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            for page in [self.pages[chapter] for chapter in chapters if chapter in self.pages]
            if f">{html.escape(node.value)}</span></td>" in page.markup
        ]

    def _found(self, name: str, text: str, node: ast.Constant, pages: list[Page]) -> Said | None:
        pieces = sorted((plain(piece) for piece in _PLACEHOLDER.split(node.value)), key=len)
        if len(pieces[-1]) < _LEAST:
            return None
        for page in pages:
            for where, shown in (
                ("caption", page.captions),
                ("alternative text", page.alternatives),
                ("sentence", page.article),
            ):
                if pieces[-1] in shown:
                    start, end = span(text, node)
                    return Said(name, text, start, end, node.value, page, where)
        return None


def placeholders(said: Said) -> list[tuple[str, str]]:
    """Each placeholder of a sentence with the text that stands for it on the page; none where that is not certain."""
    parts = re.split(f"({_PLACEHOLDER.pattern})", said.value)
    pattern = "".join("(.{1,60}?)" if n % 2 else re.escape(plain_part(part)) for n, part in enumerate(parts))
    found = re.search(pattern, said.page.article)
    return list(zip(parts[1::2], found.groups(), strict=True)) if found and found.groups() else []


def plain_part(text: str) -> str:
    """As `plain`, with the white space at both ends."""
    inner = plain(text)
    return (" " if text[:1].isspace() else "") + inner + (" " if text[-1:].isspace() and inner else "")


def span(text: str, node: ast.expr) -> tuple[int, int]:
    """Where an expression stands in a text, in characters."""
    lines = text.splitlines(keepends=True)

    def place(line: int, column: int) -> int:
        return sum(map(len, lines[: line - 1])) + len(lines[line - 1].encode()[:column].decode())

    return place(node.lineno, node.col_offset), place(node.end_lineno or node.lineno, node.end_col_offset or 0)


def _strings(tree: ast.AST) -> Iterator[ast.Constant]:
    """Strings that may be sentences: no docstring, no part of an f-string, and not how a value is worked out.

    That stands where its number is pointed at: it names cells and conditions, and states nothing of them.
    """
    passed_over: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed_over.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            passed_over |= {id(each) for each in ast.walk(node)}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _DERIVING:
            passed_over |= {id(each) for each in node.args}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed_over:
            yield node


def _lines_with_state(text: str) -> Iterator[tuple[int, str, str]]:
    """Every line with its number and what it is: `cell`, `fence`, `front` or `text`."""
    inside = None
    for number, line in enumerate(text.splitlines(), 1):
        if number == 1 and line == "---":
            inside = "front"
            yield number, line, "front"
        elif inside == "front":
            inside = None if line == "---" else inside
            yield number, line, "front"
        elif line.startswith(("```", "$$")):
            inside = None if inside else ("cell" if line.startswith("```{python}") else "fence")
            yield number, line, "fence"
        else:
            yield number, line, inside or "text"


def _prose_lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line, state in _lines_with_state(text):
        if state == "text" and len(line) > 40 and re.match(r"[A-Z*]", line) and "{{<" not in line:
            yield number, line


def _cells_alone(text: str) -> str:
    """The file with nothing but the code of its cells, each line where it was."""
    return "\n".join(line if state == "cell" else "" for _, line, state in _lines_with_state(text)) + "\n"
