"""The PDF's text beside the pages: what it prints and no page shows is checked here.

A PDF has no marks of facts and claims. But nearly all that it prints stands on a page too, where it was checked: a
number counts as seen where the characters before and after it are those of a page, without white space, hyphens and
what typesetting changes. What is left was shown in the PDF alone, or set apart by a column, a float or the end of a
page; of these, a number is seen if a page has one like it that nothing else in the PDF has used. In a report with text
for the PDF alone that does not count in a sentence, which may say of a value what no page says.
"""

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from operator import itemgetter

from report.checking.allowed import Allowed, ships
from report.checking.lexicon import find_comparatives
from report.checking.numbers import Number, find_numbers
from report.checking.passages import Passage

WINDOW = 12
"""Characters before and after that must agree on both sides."""
ONE_SIDE = 24
"""Characters that must agree on one side alone, at the end of a page or column."""
LEAST = 6
"""Characters of a line, besides those in question, that must agree."""
AROUND = 40
NEAR = 20_000
"""Characters of the pages in which the next part of the PDF is looked up first."""
# One space at most on each side of a dot, written so that there is one way alone to match a row of them.
_LEADERS = re.compile(r" ?\.(?: {0,2}\.){3,} ?\d+")
_DOTS = re.compile(r" ?\.(?: {0,2}\.){3,} ?")


@dataclass(frozen=True)
class PrintedFound:
    """Something in the PDF that no page vouches for."""

    rule: str
    message: str
    page: int
    text: str
    start: int
    end: int
    number: Number | None = None

    @property
    def around(self) -> str:
        """The text around it."""
        return " ".join(self.text[max(0, self.start - AROUND) : self.end + AROUND].split())


def check_printed(
    pages: Sequence[str], passages: Sequence[Passage], allowed: Sequence[Allowed], *, printed_alone: bool = True
) -> Iterator[PrintedFound]:
    """The numbers and the words that compare which stand in the PDF and on no page, and which nothing allows.

    `printed_alone` says whether a chapter has text for the PDF alone.
    """
    shown = _Shown(passages)
    for number, raw in enumerate(pages, 1):
        yield from _check_page(_Page(number, raw), shown, allowed, printed_alone=printed_alone)


class _Shown:
    """What the pages show."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        texts = [_printed(passage) for passage in passages if passage.place != "alternative text"]
        self.text = unicodedata.normalize("NFKC", "\n".join(texts)).translate(_SQUEEZED)
        self.numbers = Counter(_plain(number.text) for text in texts for number in find_numbers(text))
        self._last = 0

    def has(self, part: str) -> bool:
        """Whether the text holds this part. The PDF has the order of the pages: what follows the last one is first."""
        at = self.text.find(part, self._last, self._last + NEAR)
        if at < 0:
            at = self.text.find(part)
        if at >= 0:
            self._last = max(0, at - NEAR // 2)
        return at >= 0


def _printed(passage: Passage) -> str:
    """The text with the letters of kinds, which a PDF shows behind their numbers."""
    marks = sorted((span.start, span.name or "") for span in passage.spans if span.sort == "mark")
    at, parts = 0, []
    for start, letter in marks:
        parts += [passage.text[at:start], letter]
        at = start
    return "".join([*parts, passage.text[at:]])


class _Page:
    def __init__(self, number: int, raw: str) -> None:
        self.number = number
        self.text = unicodedata.normalize("NFKC", raw)
        self.squeezed, self.places = squeezed(self.text)
        self._structure = sorted(_structure(self.text))
        self._reach = list(accumulate((finish for _, finish in self._structure), max))

    def numbered(self, start: int, end: int) -> bool:
        """Whether the renderer numbered this part."""
        before = bisect_right(self._structure, start, key=itemgetter(0))
        return before > 0 and end <= self._reach[before - 1]

    def line(self, start: int, end: int) -> str:
        """The squeezed text around these characters within their line, up to dots that lead to the number of a page."""
        first = max(self.text.rfind("\n", 0, start) + 1, start - 2 * WINDOW)
        stop = self.text.find("\n", end)
        last = min(len(self.text) if stop < 0 else stop, end + 2 * WINDOW)
        leaders = _DOTS.search(self.text, end, last)
        return self.squeezed[self.places[first] : self.places[leaders.start() if leaders else last]]

    def in_a_sentence(self, start: int, end: int) -> bool:
        """Whether words stand in a row around these characters, as in no row of a table and no line of the contents."""
        first, stop = self.text.rfind("\n", 0, start) + 1, self.text.find("\n", end)
        line = self.text[first : len(self.text) if stop < 0 else stop]
        before = self.text[self.text.rfind("\n", 0, max(0, first - 1)) + 1 : first].rstrip()
        goes_on = before[-1:].isalpha() and not any(map(str.isalpha, self.text[first:start]))
        return _SENTENCE.search(f"{before if goes_on else ''} {line}") is not None and not _ENTRY.search(line)

    def window(self, start: int, end: int, before: int, after: int) -> str:
        """The squeezed text around the characters from `start` up to `end`."""
        first, last = self.places[start], self.places[end]
        return self.squeezed[max(0, first - before) : last + after]


def squeezed(text: str) -> tuple[str, list[int]]:
    """The text without white space and hyphens, and for each of its characters where it stands in that."""
    text = unicodedata.normalize("NFKC", text)
    return text.translate(_SQUEEZED), list(accumulate((each not in _LEFT_OUT for each in text), initial=0))


_SPACES = frozenset(chr(code) for code in range(0x3001) if chr(code).isspace())
_LEFT_OUT = _SPACES.union("•-\u2010\u2011\u00ad\u200b\u200c\u200d\u2060\ufeff")
_SAME = {"’": "'", "‘": "'", "“": '"', "”": '"', "−": "~", "–": "~", "—": "~"}

_SQUEEZED = str.maketrans({**_SAME, **dict.fromkeys(_LEFT_OUT)})


def _check_page(
    page: _Page, shown: _Shown, allowed: Sequence[Allowed], *, printed_alone: bool
) -> Iterator[PrintedFound]:
    left: list[Number] = []
    for number in find_numbers(page.text):
        if page.numbered(number.start, number.end):
            continue
        plain = _plain(number.text)
        if _stands(page, number.start, number.end, shown):
            shown.numbers[plain] -= 1
        else:
            left.append(number)
    for number in left:
        plain = _plain(number.text)
        if shown.numbers[plain] > 0 and not (printed_alone and page.in_a_sentence(number.start, number.end)):
            shown.numbers[plain] -= 1
        elif not _allows(page.text, number.start, number.end, allowed):
            message = f"no page shows {number.text.strip()}, and no table is behind it"
            yield PrintedFound("orphan-number", message, page.number, page.text, number.start, number.end, number)
    for word in find_comparatives(page.text):
        if not _stands(page, word.start, word.end, shown) and not _allows(page.text, word.start, word.end, allowed):
            message = f"“{' '.join(word.text.split())}” stands in the PDF alone, and rests on no tested relation"
            yield PrintedFound("unbound-comparative", message, page.number, page.text, word.start, word.end)


def _stands(page: _Page, start: int, end: int, shown: _Shown) -> bool:
    """Whether a page has this part between the same characters, or in the same line."""
    line = page.line(start, end)
    if len(line) >= end - start + LEAST and shown.has(line):
        return True
    return any(
        shown.has(page.window(start, end, before, after))
        for before, after in ((WINDOW, WINDOW), (ONE_SIDE, 0), (0, ONE_SIDE))
    )


def _allows(text: str, start: int, end: int, allowed: Sequence[Allowed]) -> bool:
    while start < end and text[start] in "+-−":
        start += 1
    end = start + len(text[start:end].rstrip(" %‰\u00a0"))
    for entry in allowed:
        if entry.covers(text, start, end):
            entry.used = True
            return True
    return ships(text, start, end)


def _structure(text: str) -> Iterator[tuple[int, int]]:
    """What the renderer numbers: the page, entries of the contents, headings, floats, equations, list items."""
    lines = text.splitlines(keepends=True)
    at = 0
    for order, line in enumerate(lines):
        if order <= 1 or order >= len(lines) - 1:  # running heads: a chapter's number and title, the number of the page
            for match in re.finditer(r"^\s*(?:\d+|[A-Z])\b(?= |\s*$)|(?<= )\d+\s*$|^\s*\d+\s*$", line):
                yield at + match.start(), at + match.end()
        goes_on = order > 0 and lines[order - 1].rstrip().endswith(",") and _PAGES_OF_TABLE.search(lines[order - 1])
        patterns = (_LEADERS, _HEAD_OF_LINE, _PAGES_OF_TABLE, _COUNT_OF_CLAIMS, *([_LAST_PAGE] if goes_on else []))
        for pattern in patterns if _DIGIT.search(line) else ():  # all of them want one
            for match in pattern.finditer(line):
                yield at + match.start(), at + match.end()
        at += len(line)


# The appendix on tables by page, whose lists may go on over lines, and the list of claims by chapter.
_PAGES_OF_TABLE = re.compile(r"(?:(?<= )|^)[\w.-]+/[\w.-]+: \d+(?:, ?\d+)*,?|^\s*\d+(?:, \d+)+,?\s*$")
# Three words in a row, one of them short and of small letters, as articles and verbs are.
_SENTENCE = re.compile(r"(?<=[\s(“])(?=(?:[^\W\d]+,?\s){0,2}[a-z]{1,4}\s)(?:[^\W\d]+,?\s){3}")
_ENTRY = re.compile(r"(?: \.){2,} *\d+\s*$")
_DIGIT = re.compile(r"\d")
_LAST_PAGE = re.compile(r"^\s*\d+\s*$")
_COUNT_OF_CLAIMS = re.compile(r"\b\d+ \w+ \(pages? (?:\d+(?:, )?)*\)?|^(?:\d+(?:, )?)+\)")
_HEAD_OF_LINE = re.compile(
    r"^\s*(?:(?:[A-Z]\.)?\d+(?:\.\d+)*\.?(?= [^\W\d])|(?:\w+ )?(?:[A-Z]\.)?\d+(?:\.\d+)*:|\(\d+(?:\.\d+)?\)\s*$)"
)


@lru_cache(maxsize=1 << 14)
def _plain(text: str) -> str:
    return text.strip().replace("−", "-").replace(" ", "").replace("\u00a0", "")
