"""The words that compare, as `words.yaml` lists them, and where they stand in a text."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import yaml

from experiments.tables.closed import Closed
from report.checking.disguises import as_read, is_odd

Wants = Literal["up", "down", "either", "significant", "nothing", "none", "all", "ratio"]
_DENIED = re.compile(r"in(?=significant)|non-?(?=significant)", re.IGNORECASE)
# "For none of 8 exits the interval lies above …", "lies above zero in 0 of 8".
_NONE_OF = re.compile(r"\b(?:none of|no) (?:\w+ )?\d", re.IGNORECASE)
_COUNTED_NONE = re.compile(r"\s+in\s+(?:0|none)\b(?![.,]\d)")
_CLAUSE_END = re.compile(r"[,;:.!?()–—]")


class Group(Closed):
    """Words that want the same of a relation."""

    wants: Wants
    turned_by: tuple[str, ...] = ()
    words: tuple[str, ...]


class Words(Closed):
    """`words.yaml`."""

    groups: tuple[Group, ...]
    multiples: dict[str, float]
    superlatives: frozenset[str]
    compounds: frozenset[str]
    negations: tuple[str, ...]
    reach: int


@dataclass(frozen=True)
class Comparative:
    """A word that compares, from `start` up to `end` of a text."""

    start: int
    end: int
    text: str
    wants: Wants
    negated: bool
    multiple: float | None = None
    """The ratio that it says, or its inverse."""
    superlative: bool = False
    asked: bool = False
    """Whether it stands in a question."""


def find_comparatives(text: str, *, questions: bool = False) -> tuple[Comparative, ...]:
    """Every word that compares, in order. In a question it states nothing, and is left out unless it is asked for."""
    return tuple(word for word in _comparatives(text) if questions or not word.asked)


@lru_cache(maxsize=1 << 14)
def _comparatives(text: str) -> tuple[Comparative, ...]:
    if text.isascii() or not is_odd(text):
        return tuple(_find_comparatives(text))
    read, found = as_read(text), []
    for word in _find_comparatives(read.text):
        start, end = read.place(word.start, word.end)
        found.append(replace(word, start=start, end=end))
    return tuple(found)


def _find_comparatives(text: str) -> Iterator[Comparative]:
    lexicon, told = _lexicon(), -1
    for match in lexicon.pattern.finditer(text):
        if "-" in text and _is_part(match) and _key(match[0]) not in lexicon.compounds:
            continue
        begin, finish = sentence_bounds(text, match.start(), match.end())
        sentence = text[begin:finish]
        if match[0].lower() == "than" and told >= begin:
            continue  # "better than": the word before says how
        told = match.start()
        group = lexicon.groups[_key(match[0])]
        wants = group.wants
        if group.turned_by and lexicon.has_any(group.turned_by, sentence):
            wants = {"up": "down", "down": "up"}.get(wants, wants)
        clause = text[_last_end(_clause_ends(text), match.start()) : match.start()]
        before = clause.lower().replace("’", "'").split()
        # "No stage has an interval wholly below it": a clause that begins so is denied wholly.
        first = [word for word in before[: -lexicon.reach][:1] if word in ("no", "none", "neither")]
        words = (*first, *before[-lexicon.reach :])
        near = [word for word in words if word in lexicon.negations or word.endswith("n't")]
        counted = _COUNTED_NONE.match(text, match.end()) or (
            "none" not in near and _NONE_OF.search(text[begin : match.start()])
        )
        turned = len(near) + bool(counted) + bool(_DENIED.match(match[0]))
        key = _key(match[0])
        yield Comparative(
            match.start(),
            match.end(),
            match[0],
            wants,
            turned % 2 == 1,
            lexicon.multiples.get(key),
            key in lexicon.superlatives,
            sentence.rstrip().endswith("?"),
        )


def tells_amounts(word: Comparative) -> bool:
    """Whether the word says which of two amounts is larger, as "higher" does and "better" does not."""
    return not _lexicon().groups[_key(word.text)].turned_by


def all_words() -> tuple[str, ...]:
    """Every word that compares, as `words.yaml` lists it."""
    return tuple(_lexicon().groups)


def negations() -> frozenset[str]:
    """The words that deny, as `words.yaml` lists them."""
    return _lexicon().negations


def sentence_bounds(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence around a part of the text begins and ends."""
    ends = _sentence_ends(text)
    begin = _last_end(ends, start)
    # What the part itself begins with does not count: a full stop just before it ends a sentence.
    last = len(text[begin:start].rstrip()) - 1
    if last >= 0 and _SENTENCE_END.match(text, begin + last, start):
        begin += last + 1
    at = bisect_right(ends, end)
    return begin, ends[at] if at < len(ends) else len(text)


def _last_end(ends: list[int], place: int) -> int:
    """The last of these ends up to a place; the beginning of the text where there is none."""
    at = bisect_right(ends, place)
    return ends[at - 1] if at else 0


@lru_cache(maxsize=1 << 12)
def _clause_ends(text: str) -> list[int]:
    """Where the clauses of a text end."""
    return [match.end() for match in _CLAUSE_END.finditer(text)]


@lru_cache(maxsize=1 << 12)
def _sentence_ends(text: str) -> list[int]:
    """Where the sentences of a text end."""
    return [match.end() for match in _SENTENCE_END.finditer(text)]


# A full stop between digits or after an abbreviation of one letter ends nothing.
_SENTENCE_END = re.compile(r"[.!?](?:(?<=[^\W\d_]{2}[.!?])(?=\s|$)|(?<=[)\]%\d”\"’][.!?])(?=\s+[A-Z]|\s*$))")


def _key(text: str) -> str:
    return " ".join(text.lower().split())


class _Lexicon:
    def __init__(self, words: Words) -> None:
        self.groups = {word.removesuffix(" #").lower(): group for group in words.groups for word in group.words}
        self.negations, self.reach = frozenset(words.negations), words.reach
        self.multiples, self.superlatives, self.compounds = words.multiples, words.superlatives, words.compounds
        self.pattern = _any_of((word for group in words.groups for word in group.words), parting="")
        self._turning = {
            each.turned_by: _any_of(each.turned_by, parting="-") for each in words.groups if each.turned_by
        }

    def has_any(self, words: tuple[str, ...], sentence: str) -> bool:
        return self._turning[words].search(sentence) is not None


def _any_of(words: Iterable[str], parting: str) -> re.Pattern[str]:
    """Any of these words, whole; `parting` has the characters beside which one is part of a longer word."""

    def written(part: str) -> str:
        return re.escape(part).replace(r"\ \#", r"(?=\s+[+−-]?\d)").replace(r"\ ", r"\s+")

    return re.compile(rf"(?<![\w{parting}])(?:{alternatives(words, written)})(?![\w{parting}])", re.IGNORECASE)


def _is_part(match: re.Match[str]) -> bool:
    """Whether it is part of a compound with a hyphen, but for one with "than"."""
    text, (start, end) = match.string, match.span()
    return text[start - 1 : start] == "-" or (text[end : end + 1] == "-" and not text.startswith("-than-", end))


def alternatives(texts: Iterable[str], written: Callable[[str], str]) -> str:
    """The pattern of any of these texts, the longest first, in any case; `written` gives the pattern of a part of one.

    They are tried by their first two letters, which takes a quarter of the time.
    """
    by_letters: dict[str, dict[str, list[str]]] = {}
    for text in sorted(texts, key=len, reverse=True):
        by_letters.setdefault(text[:1].lower(), {}).setdefault(text[1:2].lower(), []).append(written(text[2:]))

    def any_after(letter: str, rest: Iterable[str]) -> str:
        return f"{written(letter)}(?:{'|'.join(rest)})"

    return "|".join(
        any_after(first, (any_after(second, rest) for second, rest in more.items()))
        for first, more in by_letters.items()
    )


@cache
def _lexicon() -> _Lexicon:
    loaded = yaml.load((Path(__file__).parent / "words.yaml").read_text("utf-8"), yaml.CSafeLoader)
    return _Lexicon(Words.model_validate(loaded))
