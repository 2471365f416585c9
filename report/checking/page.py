"""What is wrong in the passages of one rendered page: every number and every word that compares is looked at."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from report.checking.allowed import Allowed, ships
from report.checking.bounds import BOUND, ends_turned_round, turned_round
from report.checking.findings import Level
from report.checking.headings import stems
from report.checking.lexicon import Comparative, find_comparatives, sentence_bounds
from report.checking.misnamed import Names
from report.checking.numbers import Number, find_numbers
from report.checking.passages import Passage, Span
from report.checking.relations import broken, mixes_kinds, says, says_kind, shown, without_comparison
from report.checking.units import contradiction, unit_after
from report.checking.value_order import values_turned_round

AROUND = 30
"""Characters on either side of a finding that are shown."""


@dataclass(frozen=True)
class Found:
    """Something wrong in a passage, from `start` up to `end`."""

    rule: str
    message: str
    passage: Passage
    start: int
    end: int
    number: Number | None = None
    level: Level = "error"

    @property
    def around(self) -> str:
        """The text around it, cut at the ends of words."""
        text = self.passage.text
        begin, finish = max(0, self.start - AROUND), min(len(text), self.end + AROUND)
        while begin > 0 and not text[begin - 1].isspace():
            begin -= 1
        while finish < len(text) and not text[finish].isspace():
            finish += 1
        return ("… " if begin else "") + text[begin:finish].strip() + (" …" if finish < len(text) else "")


@dataclass
class Book:
    """What a page is held against."""

    claims: Mapping[str, Mapping[str, Any]]
    """The lines of claims of the chapter's fact log, by id."""
    listed: Mapping[str, Any]
    """The facts of the book, by id."""
    allowed: Sequence[Allowed]
    """The project's entries that count in this chapter, and what the project itself is called."""
    drawn: Callable[[str | None, Passage], list[tuple[int, int]]] = lambda label, passage: []
    """The parts of an alternative text in which numbers are bound: values, claims and labels of the figure."""
    said: Callable[[str | None, Passage], list[tuple[int, int]]] = lambda label, passage: []
    """Those in which words that compare are bound: values, claims, and labels that stand in its tables."""
    below: Callable[[Passage], Set[str]] = lambda heading: frozenset()
    """What is said of the values that stand below the heading of a column: stems of words; none where none do."""
    meanings: Callable[[str | None], str] = lambda label: ""
    """What the columns that a figure or table shows mean, by its label."""
    title: str | None = None
    """That of the book, where it states no result: the titles of its pages end in it."""
    studies: Set[str] = frozenset()
    """The names of the project's studies."""
    names: Names = field(default_factory=lambda: Names(()))
    """What models and studies are called."""
    misnamed: Callable[[Passage], Iterator[tuple[str, int, int, str]]] = lambda passage: iter(())
    """Names of tests and words for aggregates that are not those of the values: rule, start, end, what is wrong."""
    added: Mapping[str, Set[str]] = field(default_factory=dict)
    """By the id of a shown text, the words in it that compare and that no table says."""


@dataclass
class Tally:
    """How much was looked at."""

    numbers: int = 0
    bound: int = 0
    comparatives: int = 0
    claimed: int = 0
    silenced: list[tuple[Passage, Span]] = field(default_factory=list)


def check_passage(passage: Passage, book: Book, tally: Tally) -> Iterator[Found]:
    """What is wrong in one passage."""
    free = Free(passage, book)
    if _is_value(passage):
        shown = len(find_numbers(passage.text))
        tally.numbers += shown
        tally.bound += shown
        for word in find_comparatives(passage.text) if passage.spans[0].name in book.added else ():
            yield from _comparative(word, free, book, tally)
        return
    yield from _silenced(passage, tally)
    if passage.unread:
        if not passage.inside(0, len(passage.text), "unchecked"):
            message = (
                f"{passage.unread}, and so is not checked; write it as text, draw it with page.figure, "
                'or put it into a div {.unchecked reason="why"}'
            )
            yield Found("unread-element", message, passage, 0, len(passage.text))
        return
    for number in find_numbers(passage.text):
        yield from _number(number, free, tally)
    yield from _signs(passage, free)
    yield from _names(passage, free, book)
    for rule, start, end, message in book.misnamed(passage):
        bound = passage.inside(start, end, "fact", "code", "structure", "example", "quotation")
        if not bound and not free.silences(start, end):
            yield Found(rule, message, passage, start, end)
    for start, end, message in ends_turned_round(passage, book.listed):
        if not free.silences(start, end):
            yield Found("ends-turned-round", message, passage, start, end)
    if BOUND.search(passage.text):
        yield from _bounds(free, book)
    words = find_comparatives(passage.text)
    for word in words:
        yield from _comparative(word, free, book, tally)
    for span in passage.spans:
        if span.sort == "claim":
            yield from _claim(span, passage, book)
            yield from _words_of_claim(span, words, free, book)
            yield from _values_of_claim(span, words, free, book)


def _is_value(passage: Passage) -> bool:
    """Whether it is a shown value and no more, as most cells of tables are: all of it is bound."""
    if len(passage.spans) != 1 or passage.place == "table head":
        return False
    (span,) = passage.spans
    return span.sort == "fact" and span.start == 0 and span.end == len(passage.text)


class Free:
    """Which parts of a passage need nothing behind them."""

    def __init__(self, passage: Passage, book: Book) -> None:
        self.passage = passage
        self._book = book

    @cached_property
    def _drawn(self) -> list[tuple[int, int]]:
        return self._book.drawn(self.passage.label, self.passage)

    @cached_property
    def _said(self) -> list[tuple[int, int]]:
        return self._book.said(self.passage.label, self.passage)

    def draws(self, start: int, end: int) -> bool:
        """Whether a value or a label of the figure covers the part of its alternative text."""
        return self.passage.place == "alternative text" and _covered(start, end, self._drawn)

    def says(self, start: int, end: int) -> bool:
        """Whether the part of an alternative text is a value, a claim, or what the tables of the figure say."""
        return self.passage.place == "alternative text" and _covered(start, end, self._said)

    def allows(self, start: int, end: int) -> bool:
        """Whether an allowed phrase or a silenced span covers the part."""
        return self.silences(start, end) or ships(self.passage.text, start, end)

    def silences(self, start: int, end: int) -> bool:
        """Whether a phrase that the project itself allows, or a silenced span, covers the part."""
        if self.passage.inside(start, end, "unchecked") or start >= self._title:
            return True
        for entry, places in self._own:
            if _covered(start, end, places):
                entry.used = True
                return True
        return False

    @cached_property
    def _title(self) -> int:
        """Where the book's title begins in that of a page; the end of the text where it does not stand there."""
        text, title = self.passage.text, self._book.title
        named = self.passage.place == "title" and title and text.endswith(title)
        return len(text) - len(title) if named else len(text)

    @cached_property
    def _own(self) -> list[tuple[Allowed, list[tuple[int, int]]]]:
        found = ((entry, entry.places(self.passage.text)) for entry in self._book.allowed)
        return [(entry, places) for entry, places in found if places]


def _covered(start: int, end: int, places: Sequence[tuple[int, int]]) -> bool:
    return any(begin <= start and end <= finish for begin, finish in places)


def _number(number: Number, free: Free, tally: Tally) -> Iterator[Found]:
    passage = free.passage
    tally.numbers += 1
    start, end = number.start, number.end
    # The digits alone: a sign or per cent sign may stand outside of what binds them.
    while start < end and passage.text[start] in "+-−":
        start += 1
    end = start + len(
        passage.text[start:end].rstrip("%‰").rstrip().removesuffix("percent").removesuffix("per cent").rstrip()
    )
    if passage.inside(start, end, "fact") or free.draws(start, end):
        tally.bound += 1
        return
    if passage.inside(start, end, "structure", "code", "example"):
        return
    fact = next((s for s in passage.spans if s.sort == "fact" and s.start < end and start < s.end), None)
    if fact is not None and not passage.inside(start, end, "unchecked"):
        value = passage.text[fact.start : fact.end]
        message = f"reads {number.text.strip()}: digits stand directly beside the shown value {value}"
        yield Found("touching-number", message, passage, start, end, number)
    elif not free.allows(start, end) or (
        not free.silences(start, end) and unit_after(passage.text, end) and not ships(passage.text, start, end + 2)
    ):
        what = f"no table is behind {number.text.strip()}"
        if passage.place in ("table head", "table cell"):
            what += " (`page.tabulate` shows values that are traced)"
        yield Found("orphan-number", what, passage, start, end, number)


def _signs(passage: Passage, free: Free) -> Iterator[Found]:
    """A sign typed before a value, or a unit after it that contradicts it."""
    text = passage.text
    for span in passage.spans:
        if span.sort != "fact":
            continue
        value = text[span.start : span.end]
        before, after = text[: span.start], text[span.end :]
        sign = before[-1:] if before[-1:] in ("−", "-", "+") and value[:1].isdigit() else ""
        if (
            sign
            and (len(before) == 1 or before[-2].isspace() or before[-2] in "([")
            and not free.allows(span.start - 1, span.end)
        ):
            message = f"a sign is typed before the shown value {value}: it reads {sign}{value}; compute it instead"
            yield Found("touching-number", message, passage, span.start - 1, span.end)
        wrong = contradiction(value, after, free._book.listed.get(span.name or ""))
        if wrong and not free.allows(span.start, span.end + len(wrong[0])):
            yield Found("unit-after-value", f"{value} {wrong[0]}: {wrong[1]}", passage, span.start, span.end)


def _names(passage: Passage, free: Free, book: Book) -> Iterator[Found]:
    """A name that differs from a known one in a digit."""
    for start, end, known in book.names.misnamed(passage.text):
        bound = passage.inside(start, end, "fact", "structure", "code", "example", "quotation") or free.draws(
            start, end
        )
        if not bound and not free.silences(start, end):
            message = f"no model and no study is called {passage.text[start:end]}; did you mean {known}?"
            yield Found("misnamed", message, passage, start, end)


def _bounds(free: Free, book: Book) -> Iterator[Found]:
    """An "at least" that should be "at most", and the other way round."""
    passage = free.passage
    claims = [book.claims.get(span.name or "") for span in passage.spans if span.sort == "claim"]
    relations = [relation for line in claims if line for relation in line.get("relations") or ()]
    meanings = book.meanings(passage.label)
    for start, end, message in turned_round(passage, book.listed, meanings, relations):
        if not free.silences(start, end):
            yield Found("bound-turned-round", message, passage, start, end)


def _comparative(word: Comparative, free: Free, book: Book, tally: Tally) -> Iterator[Found]:
    passage = free.passage
    if passage.inside(word.start, word.end, "code", "structure", "example"):
        return
    value = passage.inside(word.start, word.end, "fact")
    if value is not None and word.text not in book.added.get(value.name or "", ()):
        return
    if passage.place == "table head" and (below := book.below(passage)):
        yield from _heading(word, free, below)
        return
    alone = passage.text.strip() if passage.place in ("table cell", "table head") else ""
    if alone in book.studies or (word.wants == "all" and alone == word.text):
        return  # a name in a table of studies, or the label of a row
    tally.comparatives += 1
    if passage.inside(word.start, word.end, "quotation"):
        tally.claimed += 1
        return
    claim = passage.inside(word.start, word.end, "claim")
    if claim is not None:
        tally.claimed += 1
        line = book.claims.get(claim.name or "")
        relations = (line or {}).get("relations") or []
        copied = "/" in (claim.name or "")  # in a list of claims, where what the sentence is about may be left out
        if relations and not copied and not says(word, relations) and not free.allows(word.start, word.end):
            what = f"“{'not … ' if word.negated else ''}{word.text}” is what none of its relations says"
            listed = "; ".join(map(shown, relations[:3]))
            yield Found("word-against-relation", f"{what}: {listed}", passage, word.start, word.end)
    elif not free.says(word.start, word.end) and not free.allows(word.start, word.end):
        what = "rests on no tested relation"
        if value is not None:
            what = f"is in no cell behind “{passage.text[value.start : value.end]}”, and {what}"
        yield Found("unbound-comparative", f"“{word.text}” {what}", passage, word.start, word.end)


def _heading(word: Comparative, free: Free, below: Set[str]) -> Iterator[Found]:
    """A word in the heading of a column must be said of what stands below."""
    extreme = word.superlative and not below.isdisjoint(("largest", "smallest"))
    if not extreme and not below.issuperset(stems(word.text)) and not free.allows(word.start, word.end):
        message = f"“{word.text}” is what no column that stands below it is called"
        yield Found("unbound-comparative", message, free.passage, word.start, word.end)


def _claim(span: Span, passage: Passage, book: Book) -> Iterator[Found]:
    line = book.claims.get(span.name or "")
    if line is None:
        yield Found("claim-unknown", f"no fact log lists the claim {span.name}", passage, span.start, span.end)
        return
    if "/" in (span.name or ""):
        return  # in a list of claims: it was looked at in its chapter
    relations = line.get("relations") or []
    for problem in broken(relations):
        yield Found("relation-fails", problem, passage, span.start, span.end)
    mixed = mixes_kinds(relations)
    if mixed is not None:
        begin, finish = sentence_bounds(passage.text, span.start, span.end)
        marked = any(s.sort == "mark" and span.start <= s.start <= span.end for s in passage.spans)
        if not marked and not says_kind(passage.text[begin:finish]):
            kinds = f"{mixed['left']['kind']} and {mixed['right']['kind']}"
            message = f"{shown(mixed)} compares what is {kinds}, and the sentence does not say so"
            yield Found("kinds-unmarked", message, passage, span.start, span.end)


def _words_of_claim(span: Span, words: Sequence[Comparative], free: Free, book: Book) -> Iterator[Found]:
    """Words of a sentence that compare what none of its relations compares beside what the others say."""
    line, passage = book.claims.get(span.name or ""), free.passage
    if line is None or "/" in (span.name or "") or passage.place == "table head":
        return
    bounds = {match.start(1) for match in BOUND.finditer(passage.text)}
    stated = [
        word
        for word in words
        if span.start <= word.start
        and word.end <= span.end
        and word.start not in bounds
        and not passage.inside(word.start, word.end, "fact", "code", "structure", "example", "quotation")
        and not free.silences(word.start, word.end)
    ]
    relations = line.get("relations") or []
    if not any(True for _ in without_comparison(stated, relations)):
        return  # nor if fewer of them counted
    stated = [word for word in stated if not free.allows(word.start, word.end)]
    for word in without_comparison(stated, relations):
        message = (
            f"“{word.text}” compares once more than the sentence rests on: {'; '.join(map(shown, relations[:3]))}; "
            "give it a comparison of its own in rests_on, or leave it out"
        )
        yield Found("word-without-relation", message, passage, word.start, word.end)


def _values_of_claim(span: Span, words: Sequence[Comparative], free: Free, book: Book) -> Iterator[Found]:
    """Two values of a sentence that stand the other way round than its word says, which its relations say too."""
    relations = (book.claims.get(span.name or "") or {}).get("relations") or []
    if "/" in (span.name or "") or not relations:
        return  # in a list of claims: it was looked at in its chapter
    words = [word for word in words if says(word, relations)]
    for start, end, message in values_turned_round(free.passage, span, words, book.listed, relations):
        if not free.silences(start, end):
            yield Found("values-turned-round", message, free.passage, start, end)


def _silenced(passage: Passage, tally: Tally) -> Iterator[Found]:
    for span in passage.spans:
        if span.sort != "unchecked" or span.name is None:
            continue
        if span.name.strip():
            tally.silenced.append((passage, span))
        else:
            what = "with a reason of spaces alone" if span.name else "without a reason"
            message = f'silenced {what}; write []{{.unchecked reason="why"}}'
            yield Found("silenced-without-reason", message, passage, span.start, span.end)
