"""Check the drawings of a rendered report: what is drawn is what the tables say, by every text, mark and colour.

A figure of `page.figure` logs what it holds (the line `drawn` of the fact log): its labels, its scales, and the facts
that each mark stands for. Here the SVG that readers get is read back and held against that:

- `figure-changed`: the file or its alternative text is not what the chapter made;
- `figure-number`: a number is drawn that is no tick at its place, no value of the figure, and in no name of its data;
  or it is in a drawing that `page.figure` did not make;
- `figure-label`: a label is drawn that the figure does not declare, or that occurs in nothing it is made from;
- `figure-mark`: a mark does not stand where its value lies, is not as long, or has another step of colour;
- `figure-column`: a scale or a series is called what its values are not, or the end of an interval is drawn as a value;
- `figure-colours`: two colours cannot be told apart, and neither can their markers, dashes or hatches;
- `unreadable`: the file is missing or no SVG.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import combinations, product
from math import log10
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml.html import document_fromstring

from analysis.facts.dependencies import chapter_files
from analysis.facts.escape import parted
from experiments.tables.digest import sha256_bytes
from report.checking.colours import LEAST, VISIONS, blended, distance
from report.checking.drawings import Drawing, DrawingError, Panel, Shape, Tick, read_drawing
from report.checking.vocabulary import Fact, Vocabulary, common, stems
from report.ledger.logs import chapter_log
from report.ledger.pages import PageError, read_page
from report.rendering.project import ChapterRef, Project

NEAR = 0.05
"""How far a mark may lie from the place of its value, in points of the page."""
PAPER = {"white": "#ffffff", "dark": "#14181f"}
_NUMBER = re.compile(r"(?P<sign>[−-]?)(?P<digits>\d[\d,]*(?:\.\d+)?)(?P<unit>%|k|M)?")
_SCALED = {"%": 0.01, "k": 1e3, "M": 1e6, None: 1.0}
_STEP = re.compile(r"(?:(?P<less><)|(?P<more>≥)|(?P<low>[\d.]+)–)(?P<high>[\d.]+)%")
# What stands for a character that the fonts of figures lack (`analysis.figures.glyphs`).
_UNDRAWN = re.compile("‹([0-9A-F]{1,6})›")
_SPACE = re.compile(r"\s+")
_IMAGE = re.compile(r'<img\b[^>]*?\ssrc="([^":]+\.svg)"')
# A number by itself, not the digits of a name ("SST-2", "F1").
_ALONE = re.compile(r"(?<![\w.,-])[−-]?\d[\d.,]*(?![\w-])[ %]*")

Place = list[Fact | None]
"""The facts along x and y."""
Problem = tuple[str, str]
"""Rule and message."""


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
    """Where the cell that draws it says its label; none where the label is made up by a module."""


def check_figures(
    project: Project, engine: str, chapters: Iterable[ChapterRef] | None = None
) -> Iterator[FigureFinding]:
    """What is wrong with the drawings in the rendered `chapters` (default: the book)."""
    vocabulary = Vocabulary()
    for chapter in project.chapters if chapters is None else chapters:
        log = chapter_log(project, engine, chapter)
        page = project.output_dir / chapter.href
        html = page.read_text("utf-8", "replace") if page.is_file() else ""
        lines = [] if log is None else list(log.of("drawn"))
        if log is not None and lines:
            facts = {fact["id"]: fact for fact in log.facts}
            alts = _alts(page)
            for line in lines:
                label, path = line["label"], line["path"]
                found = [
                    *_alt(line, alts.get(label)),
                    *_file(project, path, log.artefacts.get(path), Figure(line, facts, vocabulary)),
                ]
                file, number = _place(project, chapter, label) if found else (None, None)
                for rule, message in dict.fromkeys(found):
                    yield FigureFinding(rule, message, chapter.relative, label, path, file, number)
        for path, message in _others(project, page, html, {line["path"] for line in lines}):
            yield FigureFinding("figure-number", message, chapter.relative, "", path, chapter.relative)


def _alts(page: Path) -> dict[str, str]:
    """The alternative texts of a page by label; none of one that cannot be read, which is told elsewhere."""
    try:
        return read_page(page).alts if page.is_file() else {}
    except PageError:
        return {}


def bound_in_alt(line: Mapping[str, Any], alt: str) -> list[tuple[int, int]]:
    """The parts of a figure's alternative text that are values or labels of the figure, from start up to end.

    `line` is the figure's line `drawn` of a fact log. Nothing is bound in a text that is not the one logged.
    """
    return _places_in_alt(line, alt, map(_plain, map(parted, (*line["names"], *line["words"]))))


def said_in_alt(line: Mapping[str, Any], facts: Iterable[Fact], alt: str) -> list[tuple[int, int]]:
    """As `bound_in_alt`, but of the labels only what stands in the tables: words that compare are not bound by others.

    `facts` are those of the figure. A label, or a part of it up to a colon or comma, is looked for in their rows.
    """
    texts = {stems(str(value)) for fact in facts for origin in fact["origins"] for value in origin["row"].values()}
    parts = {part for label in (*line["names"], *line["words"]) for part in re.split(r"[:,;] ", _plain(parted(label)))}
    return _places_in_alt(line, alt, sorted(part for part in parts if stems(part) in texts))


def _places_in_alt(line: Mapping[str, Any], alt: str, texts: Iterable[str]) -> list[tuple[int, int]]:
    if _plain(alt) != _plain(line["alt"]):
        return []
    places = [(start, end) for _, start, end in line["told"]]
    for text in texts:
        places += [match.span() for match in re.finditer(rf"(?<!\w){re.escape(text)}(?!\w)", alt)]
    return places


def _alt(line: Mapping[str, Any], alt: str | None) -> Iterator[Problem]:
    if alt is not None and _plain(alt) != _plain(line["alt"]):
        yield "figure-changed", "its alternative text is not the one that the chapter made; render the chapter again"


def _file(project: Project, path: str, digest: str | None, figure: "Figure") -> Iterator[Problem]:
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
    """Drawings on the page that no `page.figure` made, and that hold numbers: their path and what is wrong."""
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
        numbers = [match[0] for text in (*drawing.texts, *ticks) for match in _ALONE.finditer(text)]
        if numbers:
            remedy = 'draw it with page.figure, or put it in [...]{.unchecked reason="why"}'
            yield path, f"{path} holds the number {numbers[0]}, which no table is behind; {remedy}"


def _is_unchecked(page: str, source: str) -> bool:
    """Whether an author takes responsibility for an image."""
    images = document_fromstring(page).xpath("//img[@src=$source]", source=source)
    return all(any("unchecked" in (up.get("class") or "").split() for up in each.iterancestors()) for each in images)


def _place(project: Project, chapter: ChapterRef, label: str) -> tuple[str | None, int | None]:
    """File and line of the cell that gives a figure its label."""
    for path in chapter_files(project.root, chapter.path):
        if path.is_file():
            lines = path.read_text("utf-8", "replace").splitlines()
            named = [n for n, text in enumerate(lines, 1) if re.search(rf"label\s*[:=]\s*[\"']?{label}\b(?!-)", text)]
            if named:
                return path.relative_to(project.root).as_posix(), named[0]
    return chapter.relative, None


class Figure:
    """What a figure says that it holds."""

    def __init__(self, line: Mapping[str, Any], facts: Mapping[str, Fact], vocabulary: Vocabulary) -> None:
        self.names: list[str] = line["names"]
        self.words: list[str] = line["words"]
        self.axes: dict[str, Mapping[str, Any]] = {axes["id"]: axes for axes in line["axes"]}
        self.marks: list[Mapping[str, Any]] = line["marks"]
        self._facts = facts
        self._vocabulary = vocabulary
        self._told: dict[str, dict[str, set[str]]] = {}
        self._of_figure = [fact for fact in facts.values() if fact["label"] == line["label"]]

    def check(self, drawing: Drawing) -> Iterator[Problem]:
        """Rule and message of everything that is wrong in the drawing."""
        yield from self._texts(drawing)
        yield from self._labels()
        yield from self._marks(drawing)
        yield from self._scales(drawing)
        yield from self._series(drawing)
        yield from self._colours(drawing)

    # --- texts --------------------------------------------------------------------------------------------------------

    def _texts(self, drawing: Drawing) -> Iterator[Problem]:
        """Every text is a tick at its place, a value of the figure, or one of its labels."""
        declared = _Declared([*self.names, *self.words])
        for name, panel in drawing.panels.items():
            for which, tick in ((which, tick) for which, ticks in panel.ticks.items() for tick in ticks):
                scale = self.axes[name][which] if name in self.axes else None
                on_scale = scale is not None and _stands(tick, scale, panel, which)
                if not on_scale and not declared.has(tick.text):
                    yield from self._text(tick.text, f"the tick {_shown(tick.text)} of the {which} axis")
        for text in (*drawing.texts, *(title for panel in drawing.panels.values() for title in panel.titles.values())):
            if not declared.has(text):
                yield from self._text(text, _shown(text))

    def _text(self, text: str, what: str) -> Iterator[Problem]:
        if any(_plain(text) == _plain(fact["text"]) for fact in self._of_figure):
            return
        if any(character.isdigit() for character in text):
            yield "figure-number", f"{what} is drawn, which is no value of the figure and no tick at its place"
        else:
            yield "figure-label", f"{what} is drawn, which is none of the figure's labels"

    def _labels(self) -> Iterator[Problem]:
        """The labels occur in what the figure is made from."""
        words = self._vocabulary.words_of(self._of_figure)
        for name in dict.fromkeys((*self.names, *self.words)):
            unknown = [] if _STEP.fullmatch(name) else self._vocabulary.unknown_names(name, words, self._of_figure)
            numbers = [word for word in unknown if any(character.isdigit() for character in word)]
            if numbers:
                yield "figure-number", f"{_shown(name)} holds {numbers[0]}, which no table of the figure has"
            elif unknown and name in self.names:
                yield "figure-label", f"{_shown(name)} is drawn, but no table of the figure says {unknown[0]}"

    # --- marks --------------------------------------------------------------------------------------------------------

    def _marks(self, drawing: Drawing) -> Iterator[Problem]:
        for mark in self.marks:
            shape, panel = drawing.marks.get(mark["id"]), drawing.panels.get(mark["axes"])
            name = _shown(mark["name"])
            if shape is None or panel is None:
                yield "figure-mark", f"the mark of {name} is not in the drawing"
                continue
            places = [[None if end is None else self._facts[end] for end in place] for place in mark["places"]]
            match mark["role"]:
                case "cells":
                    yield from _cells(mark["name"], shape, [place[0] for place in places])
                case "length":
                    yield from _length(name, shape, places[0], self.axes[mark["axes"]], panel)
                case _:
                    yield from _points(name, shape, places, self.axes[mark["axes"]], panel)

    # --- columns ------------------------------------------------------------------------------------------------------

    def _scales(self, drawing: Drawing) -> Iterator[Problem]:
        """A scale is called by every column that is drawn along it, and the bound of an interval is no value."""
        for which, number in (("x", 0), ("y", 1)):
            titles = _titles(drawing, which)
            along: dict[tuple[str, tuple], list[Fact]] = {}
            for mark in self.marks:
                ends = [place[number] for place in mark["places"] if place[number] is not None]
                if mark["role"] in ("point", "length") and mark["axes"] in titles:
                    for fact in map(self._facts.__getitem__, ends):
                        column = tuple(sorted({(each["table"], each["column"]) for each in fact["origins"]}))
                        along.setdefault((titles[mark["axes"]], column), []).append(fact)
            for (title, _), facts in along.items():
                if problem := self._vocabulary.contradiction(self._quantity(title), facts):
                    yield "figure-column", f"the {which} axis is called {_shown(title)}, but {problem}"
        for mark in self.marks:
            if mark["role"] == "point":
                bound = next((fact for fact in self._facts_of(mark) if self._vocabulary.is_bound(fact)), None)
                if bound is not None:
                    message = f"{_shown(mark['name'])} has the end of an interval as its value: {bound['how']}"
                    yield "figure-column", message

    def _quantity(self, title: str) -> str:
        """The title of a scale without the name of its row, which may stand before it."""
        return max((word for word in self.words if _close(title).endswith(_close(word))), key=len, default=title)

    def _facts_of(self, mark: Mapping[str, Any]) -> list[Fact]:
        return [self._facts[end] for place in mark["places"] for end in place if end is not None]

    def _told_by(self, fact: Fact) -> dict[str, set[str]]:
        if fact["id"] not in self._told:
            self._told[fact["id"]] = _told_by(fact)
        return self._told[fact["id"]]

    def _series(self, drawing: Drawing) -> Iterator[Problem]:
        """What bears a name is drawn from the rows and columns that the name tells, as far as it tells any."""
        known: dict[str, set[str]] = {}
        for told in (self._told_by(fact) for mark in self.marks for fact in self._facts_of(mark)):
            for what, words in told.items():
                names = {word for word in words if not word.isdigit()}
                known.setdefault(what, set()).update(names - common())
        drawn: dict[str, list[dict[str, set[str]]]] = {}
        hows: dict[str, str] = {}
        # What stands in each panel tells none from another.
        texts = [set(panel.texts) for panel in drawing.panels.values()]
        everywhere = set.intersection(*texts) if texts else set()
        for mark in self.marks:
            panel = drawing.panels.get(mark["axes"])
            own = [mark["name"]] if mark["role"] != "level" else []  # a level is called by what it means
            titles = [] if panel is None else [text for text in panel.texts if text not in everywhere]
            for label in (*own, *(titles if mark["role"] != "cells" else ())):
                facts = self._facts_of(mark)
                drawn.setdefault(label, []).extend(map(self._told_by, facts))
                hows.setdefault(label, facts[-1]["how"])
        for label, told in drawn.items():
            words = set(stems(label))
            for what, others in known.items():
                own = [each[what] for each in told if what in each]
                # An identifier tells many things in one word; a name need not tell all of them.
                meets = (bool(words & others & each) if what.endswith("#") else words & others <= each for each in own)
                if own and words & others and not any(meets):
                    yield "figure-column", f"{_shown(label)} is drawn from something else: {hows[label]}"
                    break

    # --- colours ------------------------------------------------------------------------------------------------------

    def _colours(self, drawing: Drawing) -> Iterator[Problem]:
        """Each two colours are apart for every reader, or their marks differ otherwise."""
        shapes: dict[tuple[str, float], set[tuple[str, ...]]] = {}
        for mark in self.marks:
            shape = drawing.marks.get(mark["id"])
            if shape is not None and shape.colour is not None and mark["role"] != "ends":
                shapes.setdefault((shape.colour, shape.opacity), set()).add(shape.look)
        for (one, thin), (other, thick) in combinations(shapes, 2):
            if shapes[one, thin].isdisjoint(shapes[other, thick]) or one == other:
                continue
            for page, paper in PAPER.items():
                a, b = (drawing.dark.get(each, each) if page == "dark" else each for each in (one, other))
                a, b = blended(a, thin, paper), blended(b, thick, paper)
                apart, vision = min((distance(a, b, vision), vision) for vision in VISIONS)
                if apart < LEAST:
                    yield (
                        "figure-colours",
                        f"{a} and {b} cannot be told apart with {vision} on a {page} page: they are {apart:.1f} apart "
                        f"(CIEDE2000), less than {LEAST:g}, and have the same marker, dash or hatch",
                    )


def _told_by(fact: Fact) -> dict[str, set[str]]:
    """The words that tell a value from others: of its column, and of its row by each key; `#` marks a lone key.

    Of a share they are those of the part, which comes first among its origins.
    """
    if not fact["origins"]:
        return {}
    origin = fact["origins"][0]
    lone = "#" if len(origin["row"]) == 1 else ""
    keys = {f"{name}{lone}": set(stems(value)) for name, value in origin["row"].items() if isinstance(value, str)}
    return {"@column": set(stems(origin["column"])), **keys}


def _points(name: str, shape: Shape, places: list[Place], axes: Mapping, panel: Panel) -> Iterator[Problem]:
    """Each value has its point, and each point its value."""
    spots = shape.markers or tuple(spot for outline in shape.outlines for spot in outline)
    wanted = [
        tuple(
            None if fact is None else _place_of(fact["value"], axes[which], panel, which)
            for fact, which in zip(place, "xy", strict=True)
        )
        for place in places
    ]
    there, meant = _Near(spots), _Near(wanted)
    for place, want in zip(places, wanted, strict=True):
        if not there.meets(want):
            told = " and ".join(fact["text"] for fact in place if fact is not None)
            yield "figure-mark", f"no mark of {name} stands at {told} ({_how(place)})"
            return
    if not all(map(meant.meets, spots)):
        yield "figure-mark", f"a mark of {name} stands where none of its values lies"


def _length(name: str, shape: Shape, place: Place, axes: Mapping, panel: Panel) -> Iterator[Problem]:
    """A bar or band is as long, or as wide, as its value."""
    number = 0 if place[0] is not None else 1
    which, value = "xy"[number], place[number]["value"]
    spots = [spot for outline in shape.outlines for spot in outline]
    least = min((spot[1 - number] for spot in spots), default=0.0)
    edge = [spot[number] for spot in spots if abs(spot[1 - number] - least) < NEAR]
    drawn = max(edge) - min(edge) if edge else 0.0
    start, end = (_place_of(each, axes[which], panel, which) for each in (0, value))
    if abs(drawn - abs(end - start)) > NEAR:
        yield "figure-mark", f"the mark of {name} is not as long as its value, {place[number]['text']} ({_how(place)})"


def _cells(name: str, shape: Shape, facts: list[Fact]) -> Iterator[Problem]:
    """As many cells as values, all of them in the step that the legend names."""
    step = _STEP.fullmatch(name)
    if step is None or len(shape.outlines) != len(facts):
        cells = f"{len(shape.outlines)} cells"
        yield "figure-mark", f"{cells} are drawn in the step {_shown(name)}, for {len(facts)} values"
        return
    high = float(step["high"]) / 100
    low, high = (0, high) if step["less"] else (high, 1) if step["more"] else (float(step["low"]) / 100, high)
    outside = next((fact for fact in facts if not low <= fact["value"] <= high), None)
    if outside is not None:
        yield "figure-mark", f"{outside['text']} ({outside['how']}) has the colour of the step {_shown(name)}"


def _titles(drawing: Drawing, which: str) -> dict[str, str]:
    """What the scale of each pair of axes is called: only the outer ones of a grid say it."""
    side = 0 if which == "x" else 1  # panels of one column share their left side, those of one row their top
    panels = drawing.panels
    named = {name: panel.titles[which] for name, panel in panels.items() if panel.titles.get(which)}
    found = {}
    for name, panel in panels.items():
        beside = [title for other, title in named.items() if abs(panels[other].box[side] - panel.box[side]) < 1]
        if name in named or beside:
            found[name] = named.get(name) or beside[-1]
    return found


class _Declared:
    """The labels of a figure, to be found in what is drawn: wrapped, cut, or one below the other."""

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = list(dict.fromkeys(filter(None, map(_close, labels))))
        self._all = set(self._labels)

    def has(self, text: str) -> bool:
        """Whether the text is a label, or several."""
        text = _close(text)
        if text in self._all or not text:
            return True
        if "…" in text and any(_is_cut(text, label) for label in self._labels):
            return True
        reached = {0}
        for place in range(len(text)):
            if place in reached:
                reached |= {place + len(label) for label in self._labels if text.startswith(label, place)}
        return len(text) in reached


def _is_cut(text: str, label: str) -> bool:
    """Whether the text is the label with parts left out, for which … stands."""
    first, *others, last = text.split("…")
    if len(first) + len(last) > len(label) or not (label.startswith(first) and label.endswith(last)):
        return False
    rest = label[len(first) : len(label) - len(last)]
    for part in others:
        _, found, rest = rest.partition(part) if part else ("", "…", rest)
        if not found:
            return False
    return True


def _close(text: str) -> str:
    """A text without white space, as matplotlib's comments have it, and without the numbers of what no font has."""
    text = _UNDRAWN.sub(lambda number: chr(min(int(number[1], 16), 0x10FFFF)), text)
    return _SPACE.sub("", re.sub("-(?=-)", "- ", text))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _shown(text: str) -> str:
    return f"“{_plain(text)}”"


def _how(place: Place) -> str:
    return "; ".join(fact["how"] for fact in place if fact is not None)


def _place_of(value: float, scale: Sequence[Any], panel: Panel, which: str) -> float:
    """Where a number lies on a scale, in points of the page."""
    low, high, kind = scale
    if kind == "log":
        low, high, value = log10(low), log10(high), log10(value) if value > 0 else low
    share = (value - low) / (high - low)
    left, top, right, bottom = panel.box
    return left + share * (right - left) if which == "x" else bottom - share * (bottom - top)


def _stands(tick: Tick, scale: Sequence[Any], panel: Panel, which: str) -> bool:
    """Whether a tick's number stands at its place, as exactly as it is written."""
    match = _NUMBER.fullmatch(tick.text)
    if match is None or tick.at is None:
        return False
    digits = match["digits"].replace(",", "")
    scaled = _SCALED[match["unit"]] * panel.factors.get(which, 1.0)
    number = float(digits) * scaled * (-1 if match["sign"] else 1)
    half = 0.5 * 10.0 ** -len(digits.partition(".")[2]) * scaled
    if half > 0.2 * abs(number):  # "0" and "1" mean themselves
        half = 0.0
    places = [_place_of(each, scale, panel, which) for each in (number - half, number, number + half)]
    return min(places) - NEAR <= tick.at <= max(places) + NEAR


class _Near:
    """Places on the page, of which one is asked for by another that is near it; None is any place along x or y."""

    def __init__(self, places: Iterable[Sequence[float | None]]) -> None:
        self._all = list(places)
        self._by_place: dict[tuple[int, int], list[Sequence[float | None]]] = {}
        self._exact = all(None not in place for place in self._all)
        for place in self._all if self._exact else ():
            self._by_place.setdefault((round(place[0]), round(place[1])), []).append(place)

    def meets(self, wanted: Sequence[float | None]) -> bool:
        """Whether one of the places is there."""
        if not self._exact or None in wanted:
            return any(_meets(place, wanted) for place in self._all)
        around = ({round(each - NEAR), round(each + NEAR)} for each in wanted)
        return any(_meets(place, wanted) for cell in product(*around) for place in self._by_place.get(cell, ()))


def _meets(one: Sequence[float | None], other: Sequence[float | None]) -> bool:
    return all(a is None or b is None or abs(a - b) <= NEAR for a, b in zip(one, other, strict=True))
