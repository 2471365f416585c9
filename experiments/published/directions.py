"""Which way the words of a claim say that a comparison goes, and which way its test goes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from experiments.published import lexicon
from experiments.published.sides import names, sides
from experiments.tables.claims import Best, ShareBelow, Times, directions, lower_is_better, selectors
from experiments.tables.closed import Closed
from experiments.tables.documents.typography import plain, simple


@dataclass(frozen=True)
class Reading:
    """What one word tells: `up` or `down`.

    `denied`: by the denial of the other, so that neither may be meant. `named`: of a side that the words name.
    """

    direction: str
    denied: bool
    named: bool


@dataclass(frozen=True)
class _Sort:
    words: re.Pattern[str]
    up: bool
    of_size: bool = False  # of the quantity itself, not of how good it is
    compares: bool = True  # two sides, not a change
    among_all: bool = False  # a superlative
    denied_only: bool = False  # tells nothing without a negation


def _sort(words: str, up: bool, **more: bool) -> _Sort:
    return _Sort(re.compile(rf"(?<![\w-])(?:{words})(?!\w|-(?!than))", re.I), up, **more)


_SORTS = (
    _sort(lexicon.BIGGER, True, of_size=True),
    _sort(lexicon.SMALLER, False, of_size=True),
    _sort(lexicon.SEVERAL_TIMES, True, of_size=True),
    _sort(lexicon.HALF, False, of_size=True),
    _sort(lexicon.BETTER, True),
    _sort(lexicon.WORSE, False),
    _sort(lexicon.NOT_AS, True, denied_only=True),
    _sort(lexicon.NOT_AS_BAD, False, denied_only=True),
    _sort(lexicon.RISES, True, of_size=True, compares=False),
    _sort(lexicon.FALLS, False, of_size=True, compares=False),
    _sort(lexicon.IMPROVES, True, compares=False),
    _sort(lexicon.WORSENS, False, compares=False),
    _sort(lexicon.BEST, True, among_all=True),
    _sort(lexicon.WORST, False, among_all=True),
    _sort(lexicon.MOST, True, of_size=True, among_all=True),
    _sort(lexicon.LEAST, False, of_size=True, among_all=True),
)
_OFSPEED = (_sort(lexicon.FASTER, True), _sort(lexicon.SLOWER, False))
SPEED = re.compile(r"time|latency|memory|cost|energy|throughput|speed|per_second")
_SIZE = re.compile(r"parameters$|^samples$|^epochs$|^tokens$|^layers$|_share$|^rank$")
"""Quantities that are neither good nor bad."""

_SENTENCE = re.compile(r"[.;!?]\s+|,? \b(?:while|whereas|although|but)\b")
_NOTHING_BUT = re.compile(r"\b(nothing|none|nobody|nowhere|no \w+) but\b", re.I)
OTHER_SIDE = re.compile(
    r"(?<!even )(?:\b(?:than|compared (?:to|with)|in comparison (?:to|with)|relative to|against|over|unlike|versus|"
    rf"vs\.?|without|in contrast to|contrary to|as opposed to|instead of|rather than|{lexicon.REMOVES})\b[^,;]*|"
    rf"{lexicon.WHERE_REMOVED}[^,;]*|\breplacing [^,;]*?(?= (?:by|with)\b))",
    re.I,
)
"""What a comparison is made with: what is named there, or what is taken away."""
_WITHOUT_IT = re.compile(r"\b(?:without|removing|omitting|dropping|disabling|if|when|once) (?:it|this)\b", re.I)
_BOTH = re.compile(r"\b(?:between|both)\b[^,;]*? and (?:the )?[\w.-]+", re.I)
_CLAUSE = re.compile(r"[,;:]|\b(?:and|but|while|whereas|because)\b", re.I)
_NOBODY = re.compile(r"\W*(?:no|none|nothing|nobody|neither)\b", re.I)
FROM_TO = re.compile(r"\bfrom (?:the )?(?P<first>(?:[^.;]|\.(?=\d))*?) to (?:the )?(?P<last>(?:[^.;]|\.(?=\d))*)", re.I)


def told_directions(claim: Closed, text: str | None = None) -> set[str]:
    """The directions that a text of a claim, or its statement, tells of the first of its two sides."""
    return {reading.direction for reading in told(claim, text)}


def told(claim: Closed, text: str | None = None, between: tuple[str, str] | None = None) -> list[Reading]:
    """What each word of a text of a claim, or of its statement, tells of the first of two sides, or of the claim's."""
    quantities = [chosen.quantity for chosen in selectors(claim)]
    several = [each for one in quantities for each in ((one,) if isinstance(one, str) else one)]
    lower = not claim.higher if isinstance(claim, Best) else bool(quantities) and all(map(lower_is_better, quantities))
    sorts = [sort for sort in _SORTS if sort.of_size or not (several and all(map(_SIZE.search, several)))]
    if isinstance(claim, ShareBelow):
        sorts = [sort for sort in sorts if sort.of_size]
    if any(map(SPEED.search, several)):
        sorts += _OFSPEED
    said = claim.statement if text is None else text
    return list(_readings(said, sorts, lower=lower, between=between or sides(claim)))


def stated_directions(statement: str, *, lower_is_better: bool = False) -> set[str]:
    """`up`, `down`: the directions that the words of a statement tell; a denied one is the other.

    What improves goes up, or down where lower is better.
    """
    return {reading.direction for reading in _readings(statement, _SORTS, lower=lower_is_better, between=None)}


def tested_directions(claim: Closed) -> set[str]:
    """The directions that the test of a claim names: `up` of what is to be so many times as much, too."""
    return directions(claim) or ({"up"} if isinstance(claim, Times) and claim.factor >= 1 else set())


def _readings(
    text: str, sorts: tuple[_Sort, ...] | list[_Sort], *, lower: bool, between: tuple[str, ...] | None
) -> Iterator[Reading]:
    for sentence in _SENTENCE.split(_NOTHING_BUT.sub(r"\1 except", plain(text))):
        for sort in sorts:
            for found in sort.words.finditer(sentence):
                little, behind = _is_little(sentence, found), lexicon.NEGATION_BEHIND.match(sentence, found.end())
                denied = is_denied(sentence, found.start()) != bool(behind or little)
                if (sort.denied_only and not denied) or _is_taken_away(sentence, found, between):
                    continue
                if little and not sort.up:  # who loses little may be taken for equal, or for worse
                    continue
                up = sort.up != denied
                if sort.of_size:
                    up ^= not lower and is_of_mistakes(sentence, found)
                else:
                    up ^= lower
                side = _side(sentence, found, between, sort) if between else 0
                if not side and (sort.among_all or _is_of_another_removal(sentence, found, between)):
                    continue
                if not side and (behind or little) and between and names(sentence, between[1], between[0]):
                    continue  # what the second side does not gain says nothing of the first
                yield Reading("up" if up == (side >= 0) else "down", denied, bool(side))


def is_denied(sentence: str, at: int) -> bool:
    """Whether a negation stands before a word, in the same part of the sentence."""
    part = _CLAUSE.split(sentence[:at])[-1]
    return any(len(part[found.end() :].split()) <= lexicon.REACH for found in lexicon.NEGATION.finditer(part))


def _is_little(sentence: str, found: re.Match) -> bool:
    """Whether a "little" stands beside a word, which says of a gain that it is hardly one."""
    before = sentence[: found.start()]
    return bool(lexicon.LITTLE_BEHIND.match(sentence, found.end()) or lexicon.LITTLE.search(before))


def _is_taken_away(sentence: str, found: re.Match, between: tuple[str, ...] | None) -> bool:
    """Whether a word such as "dropping" says that one of two sides is left out."""
    if not between or not lexicon.REMOVAL.match(sentence, found.start()):
        return False
    what = " ".join(sentence[found.end() :].split()[:4])
    return names(what, *between[:2]) or names(what, between[1], between[0])


def _is_of_another_removal(sentence: str, found: re.Match, between: tuple[str, ...] | None) -> bool:
    """Whether a word may tell what becomes of it when something is taken away that is none of two sides."""
    before = OTHER_SIDE.sub(" ", sentence[: found.start()])
    apart = between and (names(before, *between[:2]) or names(before, between[1], between[0]))
    return bool(lexicon.REMOVAL.search(sentence)) and not apart


def is_of_mistakes(sentence: str, found: re.Match) -> bool:
    """Whether a word is about errors: "more errors", "its error rate is higher"."""
    before, after = _CLAUSE.split(sentence[: found.start()])[-1], _CLAUSE.split(sentence[found.end() :])[0]
    near = [*before.split()[-4:], "|", *re.split(r"\b(?:than|without)\b", after)[0].split()[:4]]
    return bool(lexicon.MISTAKES.search(" ".join(near)))


def is_of_another(sentence: str, found: re.Match, quantity: str | tuple[str, ...]) -> bool:
    """Whether a superlative is of something else than a quantity: "the smallest data set"."""
    behind = " ".join(sentence[found.end() :].split()[:3])
    words = simple(quantity if isinstance(quantity, str) else " ".join(quantity)).split()
    its_own = lexicon.MISTAKES.search(behind) or any(word in simple(behind).split() for word in words)
    return bool(lexicon.OF_OTHERS.search(behind)) and not its_own


def _side(sentence: str, found: re.Match, between: tuple[str, ...], sort: _Sort) -> int:
    """1 where a comparison is about the first of two sides, -1 where it is about the second, 0 where none is told.

    A change is about one of them where the other one is named as what it is compared with, or as what is taken away.
    """
    first, second = between[:2]

    def named(text: str) -> int:
        return names(text, first, second) - names(text, second, first)

    steps = FROM_TO.search(sentence)
    ends = [named(steps[name]) for name in ("first", "last")] if steps else []
    if any(ends):
        return 0 if sort.compares or ends[0] != -ends[1] else ends[1]
    before, after = (_BOTH.sub(" ", part) for part in (sentence[: found.start()], sentence[found.end() :]))
    others = " ".join(each[0] for part in (before, after) for each in OTHER_SIDE.finditer(part))
    without_it = not sort.compares and _WITHOUT_IT.search(others)
    if not sort.compares and not named(others) and not without_it:
        return 0
    before, after = (OTHER_SIDE.sub(" ", part) for part in (before, after))
    if without_it:
        return -named(before)
    subject = named(_CLAUSE.split(before)[-1]) or named(before) or (named(after) if others or sort.among_all else 0)
    other = named(others) or (named(after) if named(before) or _NOBODY.match(sentence) else 0)
    if subject and subject == other:
        return 0
    return subject or -other
