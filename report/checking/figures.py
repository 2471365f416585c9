"""Check the drawings of a rendered report: what is drawn is what the tables say, by every text, mark and colour.

A figure of `page.figure` logs what it holds (the line `drawn` of the fact log): its labels, its scales, and the facts
that each mark stands for. Here the SVG that readers get is read back and held against that:

- `figure-changed`: the file or its alternative text is not what the chapter made;
- `figure-number`: a number is drawn that is no tick at its place, no value of the figure, and in no name of its data;
  or it, or a word that compares, is in a drawing that `page.figure` did not make;
- `figure-label`: a label is drawn that the figure does not declare, or that occurs in nothing it is made from;
- `figure-mark`: a mark does not stand where its value lies, is not as long, or has another step of colour;
- `figure-column`: a scale or a series is called what its values are not, or the end of an interval is drawn as a value;
- `figure-colours`: two colours cannot be told apart, and neither can their markers, dashes or hatches;
- `unreadable`: the file is missing or no SVG.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml.html import document_fromstring

from analysis.facts.escape import part_braces
from analysis.facts.fact_log import FactLog
from experiments.tables.digest import sha256_bytes
from report.checking.allowed import ships
from report.checking.drawings import DrawingError, read_drawing
from report.checking.drawn_figure import Figure
from report.checking.drawn_marks import Problem
from report.checking.drawn_texts import plain
from report.checking.lexicon import find_comparatives
from report.checking.passages import read_alts
from report.checking.sources import Sources
from report.checking.vocabulary import Fact, Vocabulary, stems
from report.ledger.logs import chapter_log
from report.ledger.pages import PageError
from report.rendering.project import ChapterRef, Project

_IMAGE = re.compile(r'<img\b[^>]*?\ssrc="([^":]+\.svg)"')
_WORD = re.compile(r"\w")
# A number by itself, not the digits of a name ("SST-2", "F1").
_ALONE = re.compile(r"(?<![\w.,-])[−-]?\d[\d.,]*(?![\w-])[ %]*")


@dataclass(frozen=True)
class FigureFinding:
    """One thing that is wrong with a figure."""

    rule: str
    message: str
    chapter: str
    """Its source, below the project."""
    label: str
    path: str
    """The SVG, below the output."""
    file: str | None = None
    line: int | None = None
    """Where what draws it says its label."""


def check_figures(
    project: Project, engine: str, chapters: Iterable[ChapterRef] | None = None
) -> Iterator[FigureFinding]:
    """What is wrong with the drawings in the rendered `chapters` (default: the book)."""
    vocabulary, sources = Vocabulary(), Sources(project, engine)
    for chapter in project.chapters if chapters is None else chapters:
        log = chapter_log(project, engine, chapter)
        page = project.output_dir / chapter.href
        html = page.read_text("utf-8", "replace") if page.is_file() else ""
        lines = [] if log is None else list(log.of("drawn"))
        if log is not None and lines:
            facts, labelled = {fact["id"]: fact for fact in log.facts}, facts_by_label(log)
            alts = _alts(page)
            for line in lines:
                label, path = line["label"], line["path"]
                found = [
                    *_alt(line, alts.get(label)),
                    *_file(
                        project, path, log.artefacts.get(path), Figure(line, facts, labelled.get(label, ()), vocabulary)
                    ),
                ]
                where = sources.labelled(chapter, label) if found else None
                file, number = (where.file, where.line) if where else (chapter.relative, None)
                for rule, message in dict.fromkeys(found):
                    yield FigureFinding(rule, message, chapter.relative, label, path, file, number)
        for path, message in _others(project, page, html, {line["path"] for line in lines}):
            line = _line_of(chapter, path)
            yield FigureFinding("figure-number", message, chapter.relative, "", path, chapter.relative, line)


def facts_by_label(log: FactLog) -> dict[str | None, list[Fact]]:
    """The facts of each figure and table of a chapter."""
    found: dict[str | None, list[Fact]] = {}
    for fact in log.facts:
        found.setdefault(fact["label"], []).append(fact)
    return found


def _alts(page: Path) -> dict[str, str]:
    """The alternative texts of a page by label; none of one that cannot be read, which is told elsewhere."""
    try:
        return read_alts(page) if page.is_file() else {}
    except PageError:
        return {}


def bound_in_alt(line: Mapping[str, Any], alt: str) -> list[tuple[int, int]]:
    """The parts of a figure's alternative text that are values or labels of the figure, from start up to end.

    `line` is the figure's line `drawn` of a fact log. Nothing is bound in a text that is not the one logged.
    """
    return _places_in_alt(line, alt, map(plain, map(part_braces, (*line["names"], *line["words"]))))


def said_in_alt(line: Mapping[str, Any], facts: Iterable[Fact], alt: str) -> list[tuple[int, int]]:
    """The parts of a figure's alternative text that are values, or labels that stand in the tables.

    Other labels are bound by `bound_in_alt` alone: words that compare are not bound by others. `facts` are those of the
    figure. A label, or a part of it up to a colon or comma, is looked for in their rows.
    """
    texts = {stems(str(value)) for fact in facts for origin in fact["origins"] for value in origin["row"].values()}
    parts = {
        part for label in (*line["names"], *line["words"]) for part in re.split(r"[:,;] ", plain(part_braces(label)))
    }
    return _places_in_alt(line, alt, sorted(part for part in parts if stems(part) in texts))


def _places_in_alt(line: Mapping[str, Any], alt: str, texts: Iterable[str]) -> list[tuple[int, int]]:
    if plain(alt) != plain(line["alt"]):
        return []
    places = [(start, end) for _, start, end in line["told"]]
    return [*places, *(place for text in texts for place in _words_in(text, alt))]


def _words_in(text: str, alt: str) -> Iterator[tuple[int, int]]:
    """Where a text stands in another one, and is no part of a longer word."""
    start = alt.find(text) if text else -1
    while start >= 0:
        end = start + len(text)
        goes_on = (start > 0 and _WORD.match(alt, start - 1)) or _WORD.match(alt, end)
        if not goes_on:
            yield start, end
        start = alt.find(text, start + 1)


def _alt(line: Mapping[str, Any], alt: str | None) -> Iterator[Problem]:
    if alt is not None and plain(alt) != plain(line["alt"]):
        yield "figure-changed", "its alternative text is not the one that the chapter made; render the chapter again"


def _file(project: Project, path: str, digest: str | None, figure: Figure) -> Iterator[Problem]:
    try:
        content = (project.output_dir / path).read_bytes()
    except OSError as error:
        yield "unreadable", f"{path}: cannot be read: {error.strerror or error}"
        return
    try:
        drawing = read_drawing(content, path)
    except DrawingError as error:
        yield "unreadable", str(error)
        return
    if sha256_bytes(content) != digest:
        yield "figure-changed", f"{path} is not the drawing that the chapter made; render the chapter again"
    yield from figure.check(drawing)


def _others(project: Project, page: Path, html: str, ours: Set[str]) -> Iterator[tuple[str, str]]:
    """Drawings that no `page.figure` made, with a number or a word that compares: their path and what is wrong."""
    for source in dict.fromkeys(_IMAGE.findall(html)):
        file = Path(os.path.normpath(page.parent / unquote(source)))
        path = file.relative_to(project.output_dir).as_posix() if file.is_relative_to(project.output_dir) else source
        if path in ours or not file.is_file() or _is_unchecked(html, source):
            continue
        try:
            drawing = read_drawing(file.read_bytes(), path)
        except DrawingError as error:
            yield path, str(error)
            continue
        ticks = (tick.text for panel in drawing.panels.values() for ticks in panel.ticks.values() for tick in ticks)
        texts = (*drawing.texts, *ticks)
        numbers = [f"the number {match[0].strip()}" for text in texts for match in _ALONE.finditer(text)]
        words = [
            f"“{word.text}”"
            for text in map(plain, texts)
            for word in find_comparatives(text)
            if not ships(text, word.start, word.end)
        ]
        remedy = 'draw it with page.figure, or put it in [...]{.unchecked reason="why"}'
        for first in (*numbers[:1], *words[:1]):
            yield path, f"{path} holds {first}, which no table is behind; {remedy}"


def _line_of(chapter: ChapterRef, path: str) -> int | None:
    """The line of a chapter that names a drawing of its own, or the label of the cell that draws it."""
    label = re.sub(r"-\d+\Z", "", Path(path).stem)  # fig-scores-1.svg is what the cell fig-scores shows
    named = re.compile(rf"{re.escape(Path(path).name)}|^#\|\s*label:\s*{re.escape(label)}\s*$")
    lines = chapter.path.read_text("utf-8", "replace").splitlines() if chapter.path.is_file() else []
    return next((number for number, line in enumerate(lines, 1) if named.search(line)), None)


def _is_unchecked(page: str, source: str) -> bool:
    """Whether an author takes responsibility for an image."""
    images = document_fromstring(page).xpath("//img[@src=$source]", source=source)
    return all(any("unchecked" in (up.get("class") or "").split() for up in each.iterancestors()) for each in images)
