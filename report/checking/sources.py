"""Where in the project's sources a stretch of a page was written: found by its words.

A chapter's text may stand in the .qmd, in a file that it includes, in `_quarto.yml` (titles), or in a Python module
that its cells import. Values in between are in none of them, so that the longest run of words around the place counts.
The title of a study stands in its YAML.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import itemgetter
from pathlib import Path

from analysis.facts.dependencies import cells_of, chapter_files
from analysis.facts.escape import clean
from experiments.tables.locations import PACKAGE_ROOT
from experiments.tables.presentation import study_titles
from experiments.tables.stamps import Seen, seen
from report.ledger.logs import chapter_log
from report.rendering.project import ChapterRef, Project

_SETTINGS = "_quarto.yml"
_WORD = re.compile(r"[^\W_]+(?:[.,’'][^\W_]+)*")
REACH = 12
"""Words on either side that are compared."""
LEAST = 3
"""Words in a row that must agree; of a shorter text all, and once in all its sources."""
# How lines begin that a heading, caption, footnote or title is written on.
_LINES = {
    "heading": re.compile(r"^#+ "),
    "caption": re.compile(r"^\s*: |caption|(?:fig|tbl)-cap"),
    "footnote": re.compile(r"^\[\^|\^\["),
    "alternative text": re.compile(r"\balt\b|fig-alt"),
    "title": re.compile(r"^#+ |\btitle:|subtitle:"),
}
_DOCSTRING = re.compile(r'^[ \t]*r?"""(?s:.*?)"""[ \t]*$', re.MULTILINE)
# What stands in a source and not on the page: tags, attributes, and expressions, of which the value is shown.
_MARKUP = re.compile(r"<[!/a-zA-Z][^<>]*>|`\{python\}[^`]*`|\{[.#][^{}]*\}|&\w+;")
_PRINTED = re.compile(
    r"""when-format\s*=\s*\\?["']?(?:typst|pdf|latex)|content-hidden\b[^}\n]*when-format\s*=\s*\\?["']?html"""
    r"""|unless-format\s*=\s*\\?["']?html|\{=(?:typst|latex|tex)\}"""
)
_OUTPUT_OF_CELL = re.compile(r"cell-(\d+)-output-\d+\.")
_ASIS = re.compile(r"^#\|\s*output:\s*asis\b", re.MULTILINE)
_GOES_ON = ("(", ",", "=", "+", "[", "{")
"""What stands before a string that begins a line, where it is a part of an expression."""
SHORT = 3
"""Letters of words that stand everywhere."""
TELLING = 5
"""Words in a row that tell a module from others in which the same few words stand."""
SIDE, FEWEST = 16, 8
"""Letters on either side of a part that are looked up where markup stands between them; the fewest in all."""
SURE = 8
"""Words that need no better match."""


def is_short(text: str) -> bool:
    """Whether a text has so few words that any file may have them."""
    return len(_WORD.findall(text)) < LEAST


@dataclass(frozen=True)
class Location:
    """A place in a source: the path as messages name it; line and column count from 1."""

    file: str
    line: int
    column: int


class Sources:
    """The texts that the pages of a project may come from."""

    def __init__(self, project: Project, engine: str) -> None:
        self._project, self._engine = project, engine
        self._of: dict[str, list[tuple[str, _Text]]] = {}
        self._given: dict[tuple[str, int], int] = {}
        self._titles: list[tuple[str, Location]] | None = None

    def find(
        self,
        chapter: ChapterRef | None,
        text: str,
        start: int,
        end: int,
        place: str = "",
        label: str | None = None,
        around: tuple[str, str] = ("", ""),
    ) -> Location | None:
        """Where the part of `text` from `start` up to `end` was written; None where too few words are found.

        `place` (heading, caption, …) and the texts that stand before and after, `around`, tell between copies of the
        same words; of those left, each is given once. Of a figure or table of this `label` a few words that any module
        may have tell less than its cell, unless they are all of the text and stand once.
        """
        if titled := self._in_a_title(text, start, end):
            return titled
        plain, here = _words(text, start, end)
        chapters = self._project.chapters if chapter is None else (chapter,)
        best, alike, least = 0, [], min(LEAST, len(plain))
        for each in chapters:
            for name, source in self._texts(each):
                score, copies = source.match(plain, here)
                if score >= best and (score >= LEAST or (score >= least and len(copies) == 1)):
                    alike = [*(alike if score == best else ()), (name, source, copies)]
                    best = score
            if best >= SURE:
                break
        sides = plain[max(0, here - REACH) : here], plain[here + 1 : here + REACH + 1]
        found = max(alike, key=lambda each: max(each[1].beside(copy, *sides) for copy in each[2]), default=None)
        whole = best == len(plain) and sum(len(copies) for *_, copies in alike) == 1
        weak = found is None or (best < TELLING and not whole and found[0].endswith(".py"))
        if chapter is None and found is not None and found[0].endswith(".py") and not found[1].places(plain[here]):
            found = None  # a module has the words beside it alone, as the end of what stands before it
        if weak and label and chapter is not None and (cell := self.labelled(chapter, label)) is not None:
            return cell
        if found is None or (weak and chapter is None):  # a PDF prints labels, which any module may have
            near = (
                self._by_letters(chapters, text, start, end)
                or self._same_word(chapters, plain, here)
                or self._by_neighbours(chapters, plain, here)
            )
            if near is not None or chapter is None:
                return near
            if place in ("heading", "title"):
                return _in_a_heading(chapter, text[start:end].strip())
            return _in_a_cell(chapter, text.strip()) if place in ("table cell", "table head") else None
        name, source, copies = found
        return Location(name, *source.position(self._one_of(copies, source, name, place, around)))

    def find_setting(self, text: str, start: int, end: int, copy: int = 0) -> Location:
        """Where a part of what stands around the text of the pages was written: in the project's settings.

        Of several copies of the same words that one counts, or the last.
        """
        path = self._project.root / _SETTINGS
        source = _read(path)
        plain, here = _words(text, start, end)
        score, copies = source.match(plain, here)
        at = copies[min(copy, len(copies) - 1)] if score >= min(LEAST, len(plain)) else None
        return Location(self._name(path), *((1, 1) if at is None else source.position(at)))

    def _in_a_title(self, text: str, start: int, end: int) -> Location | None:
        """Where the title of the study stands that the part of the text is in."""
        if self._titles is None:
            self._titles = [(clean(title), Location(file, line, 1)) for title, file, line in study_titles()]
        for title, place in self._titles:
            at = text.find(title, max(0, end - len(title)))
            if 0 <= at <= start and len(title) > end - start:
                return place
        return None

    def labelled(self, chapter: ChapterRef, label: str) -> Location | None:
        """Where a figure or table gets its label, in the chapter or in a module behind it.

        That of a study's own one, `fig-cost-my-study`, is made of its beginning there.
        """
        parts = label.split("-")
        for known in ("-".join(parts[:number]) for number in range(len(parts), 1, -1)):
            said = re.compile(rf"label\s*[:=]\s*(?:[\w.]+\()?f?[\"']?{re.escape(known)}(?![\w-])")
            for name, source in self._texts(chapter):
                if (line := source.line_of(said)) is not None:
                    return Location(name, line, 1)
        return None

    def cell(
        self, chapter: ChapterRef, text: str, before: Iterable[str], after: Iterable[str], *, is_output: bool
    ) -> Location | None:
        """The cell that gave a text: of those between the nearest texts before and after it that the chapter has, and
        of those in its includes, the one with most of its words.

        What may be no output has to stand where there is one cell, with `output: asis`.
        """
        (name, source), *others = self._texts(chapter)
        first = next(filter(None, map(source.only_line, before)), 0)
        last = next((line for line in map(source.only_line, after) if line and line > first), None)
        near = [cell for cell in source.cells() if first < cell[0] and (last is None or cell[0] < last)]
        if not is_output:
            raw = [Location(name, line, 1) for line, code in near if first and _ASIS.search(code)]
            return raw[0] if len(raw) == 1 else None
        cells = [(name, *cell) for cell in near or source.cells()]
        cells += [(each, *cell) for each, other in others if each.endswith((".qmd", ".md")) for cell in other.cells()]
        words = {match[0].lower() for match in _WORD.finditer(text)}
        known = [(len(words.intersection(_WORD.findall(code.lower()))), file, line) for file, line, code in cells]
        return Location(*max(known, key=itemgetter(0))[1:], 1) if known else None

    def drawing(self, chapter: ChapterRef, name: str) -> Location | None:
        """The cell without a label that drew a picture of this name: Quarto counts cells, from one of its own on.

        None where an included file may have cells too.
        """
        number = _OUTPUT_OF_CELL.match(name)
        texts = [each for each in self._texts(chapter) if each[0].endswith((".qmd", ".md"))]
        if number is None or len(texts) != 1:
            return None
        ((file, source),) = texts
        line = dict(enumerate((line for line, _ in source.cells()), start=2)).get(int(number[1]))
        return None if line is None else Location(file, line, 1)

    def naming(self, chapter: ChapterRef, columns: Iterable[str]) -> list[Location]:
        """The lines of a chapter and of the modules behind it that name one of these columns in quotes."""
        said = re.compile(rf"""(?P<quote>["'])(?:{"|".join(map(re.escape, columns))})(?P=quote)""")
        return [Location(name, line, 1) for name, source in self._texts(chapter) for line in source.lines_of(said)]

    def typed(self, chapter: ChapterRef, letters: str, turn: int) -> Location | None:
        """Where these letters stand for the time `turn`, counted from 0, in what the author of a chapter wrote."""
        said = re.compile(re.escape(letters), re.IGNORECASE)
        found = [(name, text, match.start()) for name, text in self.written(chapter) for match in said.finditer(text)]
        if turn >= len(found):
            return None
        name, text, at = found[turn]
        return Location(name, *position_of(text, at))

    def print_alone(self, chapters: Sequence[ChapterRef]) -> bool:
        """Whether one of the chapters or a module behind it has text that stands in the PDF and on no page."""
        if any(_PRINTED.search(text) for chapter in chapters for _, text in self.written(chapter)):
            return True
        modules = {path for chapter in chapters for path in self._modules(chapter)}
        return any(_PRINTED.search(path.read_text("utf-8", "replace")) for path in modules)

    def written(self, chapter: ChapterRef) -> Iterator[tuple[str, str]]:
        """What the author of a chapter wrote, without modules, by file: it, its includes, and `_quarto.yml`."""
        for path in self._files(chapter):
            yield self._name(path), path.read_text("utf-8", "replace")

    def _files(self, chapter: ChapterRef) -> list[Path]:
        files = [*chapter_files(self._project.root, chapter.path), self._project.root / _SETTINGS]
        return [path for path in files if path.is_file()]

    def _modules(self, chapter: ChapterRef) -> list[Path]:
        """The modules that the cells of a chapter import."""
        log = chapter_log(self._project, self._engine, chapter)
        return _modules(self._project.root, log.opening.get("modules", {})) if log else []

    def _one_of(self, copies: list[int], source: "_Text", name: str, place: str, around: tuple[str, str]) -> int:
        """Which of several copies of the same words is meant."""
        if len(copies) == 1:
            return copies[0]
        look = _LINES.get(place)
        copies = (
            [each for each in copies if look and look.search(source.line(each))]
            or [each for each in copies if not any(other.search(source.line(each)) for other in _LINES.values())]
            or copies
        )
        if len(copies) > 1:
            before, after = ([match[0].lower() for match in _WORD.finditer(each)] for each in around)
            beside = [source.beside(each, before[-REACH:], after[:REACH]) for each in copies]
            copies = [each for each, score in zip(copies, beside, strict=True) if score == max(beside)]
        key = (name, copies[0])
        turn = self._given.get(key, 0)
        if place != "title":
            self._given[key] = turn + 1
        return copies[min(turn, len(copies) - 1)]

    def _by_letters(self, chapters: Sequence[ChapterRef], text: str, start: int, end: int) -> Location | None:
        """Where the letters around the part stand once in a chapter's text: markup may stand within a word."""
        before, own, after = (_letters(each) for each in (text[:start], text[start:end], text[end:]))
        files = {name: source for each in chapters for name, source in self._texts(each) if not name.endswith(".py")}
        for left, middle, right in (
            (before[-SIDE:], own, after[:SIDE]),
            (before[-SIDE:], own, ""),
            ("", own, after[:SIDE]),
            (before[-SIDE:], "", ""),
            ("", "", after[:SIDE]),
        ):
            sought = left + middle + right
            found = [
                (name, source, at + len(left))
                for name, source in files.items()
                for at in (source.only_place_of_letters(sought) if len(sought) >= FEWEST else ())
            ]
            if len(found) == 1:
                name, source, at = found[0]
                return Location(name, *source.position_of_letter(at))
        return None

    def _same_word(self, chapters: Sequence[ChapterRef], words: list[str], here: int) -> Location | None:
        """The place of the number itself around which most words of the neighbourhood stand, in a chapter's text."""
        if len(words[here]) < SHORT or not words[here][0].isdigit():
            return None
        near = {word for word in words[max(0, here - REACH) : here + REACH] if word.isalpha()}
        texts = dict(each for chapter in chapters for each in self._texts(chapter) if each[0].endswith((".qmd", ".md")))
        found = [
            (len(near & set(source.words_around(place))), name, place)
            for name, source in texts.items()
            for place in source.places(words[here])
        ]
        best = max(found, default=None, key=lambda each: each[0])
        if best is None or best[0] < (1 if len(found) == 1 else LEAST):
            return None
        return Location(best[1], *texts[best[1]].position(best[2]))

    def _by_neighbours(self, chapters: Sequence[ChapterRef], words: list[str], here: int) -> Location | None:
        """The place around which most words of the neighbourhood stand, in whatever order: values part them."""
        near = {word for word in words[max(0, here - REACH) : here + REACH] if len(word) > SHORT and word.isalpha()}
        best: tuple[int, int] = (LEAST - 1, 0)
        place = None
        for chapter in chapters:
            for order, (name, source) in enumerate(self._texts(chapter)):
                score, at = source.densest(near)
                if (score, -order) > best and score > LEAST:
                    best, place = (score, -order), Location(name, *source.position(at))
        return place

    def _texts(self, chapter: ChapterRef) -> list[tuple[str, "_Text"]]:
        if chapter.relative not in self._of:
            files = [*self._files(chapter), *self._modules(chapter)]
            self._of[chapter.relative] = [(self._name(path), _read(path)) for path in files if path.is_file()]
        return self._of[chapter.relative]

    def _name(self, path: Path) -> str:
        for base in (self._project.root, PACKAGE_ROOT):
            if path.is_relative_to(base):
                return path.relative_to(base).as_posix()
        return path.as_posix()


def _modules(root: Path, names: Iterable[str]) -> list[Path]:
    found = []
    for name in names:
        for base in (root, PACKAGE_ROOT):
            path = base.joinpath(*name.split("."))
            candidates = [path.with_name(path.name + ".py"), path / "__init__.py"]
            if file := next((candidate for candidate in candidates if candidate.is_file()), None):
                found.append(file)
                break
    return found


def _read(path: Path) -> "_Text":
    return _parsed(path, seen(path))


@lru_cache(maxsize=512)
def _parsed(path: Path, stamp: Seen) -> "_Text":
    text = path.read_text("utf-8", "replace")
    return _Text(_without_docstrings(text) if path.suffix == ".py" else text)


def _without_docstrings(text: str) -> str:
    """A module with blanks where its docstrings stand: they speak of what is printed, and are not."""

    def blank(found: re.Match[str]) -> str:
        before = text[: found.start()].rstrip()[-1:]
        return found[0] if before in _GOES_ON else re.sub(r"\S", " ", found[0])

    return _DOCSTRING.sub(blank, text)


def _in_a_heading(chapter: ChapterRef, text: str) -> Location | None:
    """Where a heading or title of the chapter has this text: one may be too short to be found by its words."""
    for number, line in enumerate(chapter.path.read_text("utf-8", "replace").splitlines(), start=1):
        if line.startswith(("#", "title:")) and text in line:
            return Location(chapter.relative, number, line.index(text) + 1)
    return None


def _in_a_cell(chapter: ChapterRef, text: str) -> Location | None:
    """Where a table of the chapter has a cell with this text alone."""
    for number, line in enumerate(chapter.path.read_text("utf-8", "replace").splitlines(), start=1):
        if (found := re.search(rf"\|\s*({re.escape(text)})\s*\|", line)) is not None:
            return Location(chapter.relative, number, found.start(1) + 1)
    return None


class _Text:
    def __init__(self, text: str) -> None:
        self._text = text
        self._words = [match[0].lower() for match in _WORD.finditer(text)]
        self._starts = [match.start() for match in _WORD.finditer(text)]
        self._places: dict[str, list[int]] = {}
        for number, word in enumerate(self._words):
            self._places.setdefault(word, []).append(number)

    def match(self, words: Sequence[str], here: int) -> tuple[int, list[int]]:
        """How many words in a row agree with those around `here`, and which words of this text stand there."""
        best: tuple[int, list[int]] = (0, [])
        # The word itself; where a value made it, the word before or after.
        for shift in (0, -1, 1, -2, 2):
            index = here + shift
            if not 0 <= index < len(words):
                continue
            for place in self._places.get(words[index], ()):
                back = _run(words, index, self._words, place, -1)
                forth = _run(words, index, self._words, place, 1)
                score = 2 * (1 + back + forth) - abs(shift)
                if score > best[0]:
                    best = (score, [place])
                elif score == best[0]:
                    best[1].append(place)
            if best[0] >= 2 * LEAST:
                break
        return (best[0] + 1) // 2, best[1]

    @cached_property
    def _letters(self) -> tuple[str, list[int]]:
        """The letters and digits without markup, and where each stands."""
        plain = _MARKUP.sub(lambda found: " " * len(found[0]), self._text).lower()
        places = [at for at, each in enumerate(plain) if each.isalnum()]
        return "".join(plain[at] for at in places), places

    def only_place_of_letters(self, letters: str) -> list[int]:
        """Where these letters stand, if they stand once."""
        first = self._letters[0].find(letters)
        return [first] if first >= 0 and self._letters[0].find(letters, first + 1) < 0 else []

    def position_of_letter(self, number: int) -> tuple[int, int]:
        """Line and column of a letter; of the last one where a text ends in what is sought."""
        places = self._letters[1]
        return position_of(self._text, places[min(number, len(places) - 1)])

    def line_of(self, pattern: re.Pattern[str]) -> int | None:
        """The line on which a pattern is found first."""
        found = pattern.search(self._text)
        return None if found is None else self._text.count("\n", 0, found.start()) + 1

    def lines_of(self, pattern: re.Pattern[str]) -> list[int]:
        """The lines on which a pattern is found."""
        return sorted({self._text.count("\n", 0, found.start()) + 1 for found in pattern.finditer(self._text)})

    def cells(self) -> Iterator[tuple[int, str]]:
        """The cells, each with the line on which it begins."""
        return cells_of(self._text)

    def only_line(self, text: str) -> int | None:
        """The line on which the first words of a text stand, where they stand once."""
        words = [match[0].lower() for match in _WORD.finditer(text)]
        score, copies = self.match(words, 0)
        return self.position(copies[0])[0] if score >= LEAST and len(copies) == 1 else None

    def line(self, word: int) -> str:
        """The line on which a word stands."""
        start = self._starts[word]
        stop = self._text.find("\n", start)
        return self._text[self._text.rfind("\n", 0, start) + 1 : len(self._text) if stop < 0 else stop]

    def places(self, word: str) -> Sequence[int]:
        """Where a word stands, counted in words."""
        return self._places.get(word, ())

    def words_around(self, place: int) -> list[str]:
        """The words on either side of one."""
        return self._words[max(0, place - REACH) : place + REACH + 1]

    def beside(self, place: int, before: Sequence[str], after: Sequence[str]) -> int:
        """How many of the words that stand before a passage and after it stand on their side of the place, and near."""
        behind, ahead = self._words[max(0, place - 3 * REACH) : place], self._words[place : place + 3 * REACH]
        return len(set(before).intersection(behind)) + len(set(after).intersection(ahead))

    def densest(self, words: set[str]) -> tuple[int, int]:
        """How many of these words stand close together at most, and where the first of them is."""
        places = sorted((place, word) for word in words for place in self._places.get(word, ()))
        best = (0, 0)
        for number, (first, _) in enumerate(places):
            close = {word for place, word in places[number : number + 2 * REACH] if place - first <= REACH}
            best = max(best, (len(close), -first))
        return best[0], -best[1]

    def position(self, word: int) -> tuple[int, int]:
        """Line and column of a word."""
        return position_of(self._text, self._starts[word])


def _words(text: str, start: int, end: int) -> tuple[list[str], int]:
    """The words of a text, and which of them is the first in its part from `start` up to `end`, or else before it."""
    words = [(match[0].lower(), match.start(), match.end()) for match in _WORD.finditer(text)]
    inside = (number for number, (_, begin, finish) in enumerate(words) if finish > start and begin < end)
    before = max((n for n, word in enumerate(words) if word[2] <= start), default=0)
    return [word for word, _, _ in words], next(inside, before)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def position_of(text: str, character: int) -> tuple[int, int]:
    """Line and column of a character of a text."""
    return text.count("\n", 0, character) + 1, character - text.rfind("\n", 0, character)


def _run(words: Sequence[str], here: int, source: Sequence[str], place: int, step: int) -> int:
    """Words in a row that agree, from the place on in one direction."""
    run = 0
    while run < REACH:
        one, other = here + step * (run + 1), place + step * (run + 1)
        if not (0 <= one < len(words) and 0 <= other < len(source)) or words[one] != source[other]:
            return run
        run += 1
    return run
