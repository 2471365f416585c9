"""Numbers that are typed into a text, beside those that stood there when it was last accepted.

No table is behind "counted in at least four ways", nor behind the digits of a name, and both may be right. So the
record of columns keeps for each sentence, with its typed numbers left out, which these are: in words or digits, with
"at least" or "at most". Where the words stayed and a number gave way to another one, the check says so.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from report.checking.columns import GAP, NUMBER, Place, shortened, words_of
from report.checking.lexicon import sentence_bounds
from report.checking.passages import Passage, Span

_LEAST = 3
"""Words by which a sentence is told from others."""
_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    "|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|dozen|half|thirds?"
    "|quarters?|both"
)
_TYPED = re.compile(rf"\b(?:at (?:least|most)|up to|{_WORDS})\b|\d+(?:[.,]\d+)*", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_COMMON = frozenset({"one", "both"})
"""They count seldom, and make a sentence worth keeping only beside others."""
# Dates and versions change by themselves.
_MONTHS = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_CHANGING = re.compile(rf"\b{_MONTHS} \d|\b\d\d?\.? {_MONTHS}\b|\b\d{{4}}-\d\d-\d\d\b|\b[Vv]ersions? \d|\d\.\d+\.\d")
_PLACES = frozenset({"prose", "heading", "caption", "footnote", "title"})
_MADE = ("fact", "claim", "structure", "code", "example", "quotation", "unchecked")


def typed_numbers(passages: Iterable[Passage]) -> dict[str, Place]:
    """The sentences of a chapter that have typed numbers, without these, each with the numbers that stand in it."""
    found: dict[str, Place] = {}
    for passage in passages:
        if passage.place not in _PLACES or _CHANGING.search(passage.text):
            continue
        typed = [
            Span(match.start(), match.end(), "mark", match[0].lower())
            for match in _TYPED.finditer(passage.text)
            if not any(s.sort in _MADE and s.start < match.end() and match.start() < s.end for s in passage.spans)
        ]
        for begin, finish, inside in _sentences(passage, typed):
            facts = [span for span in passage.spans if span.sort == "fact"]
            words = words_of(passage, begin, finish, facts, inside, NUMBER)
            if len(_LETTERS.findall(words.replace(NUMBER, GAP))) >= _LEAST:
                said = "; ".join(span.name or "" for span in inside)
                place = found.setdefault(words, Place())
                place.columns.setdefault(said, (passage, inside[0].start, inside[-1].end))
    return found


def retyped(
    places: Mapping[str, Place], before: Mapping[str, Sequence[str]]
) -> Iterator[tuple[Passage, int, int, str]]:
    """Each sentence of the record whose words stayed and whose typed numbers did not: where, and what is wrong."""
    for words, place in places.items():
        new = [said for said in place.columns if said not in before.get(words, ())]
        gone = [said for said in before.get(words, ()) if said not in place.columns]
        if new and gone and (at := place.columns[new[0]]) is not None:
            was, now = _changed(gone[0], new[0])
            message = f"“{now}” is typed where “{shortened(words)}” said “{was}” when it was accepted"
            yield *at, f"{message}; if that is meant, `report accept`"


def _changed(old: str, new: str) -> tuple[str, str]:
    """What of the typed numbers is another one."""
    pairs = [pair for pair in zip(old.split("; "), new.split("; "), strict=False) if pair[0] != pair[1]]
    return (", ".join(was for was, _ in pairs), ", ".join(now for _, now in pairs)) if pairs else (old, new)


def kept(places: Mapping[str, Place]) -> dict[str, Place]:
    """Those that are worth keeping: a sentence that says "one" and counts nothing is not."""
    return {
        words: place
        for words, place in places.items()
        if not all(_COMMON.issuperset(said.split("; ")) for said in place.columns)
    }


def _sentences(passage: Passage, typed: list[Span]) -> Iterator[tuple[int, int, list[Span]]]:
    at = 0
    while at < len(typed):
        begin, finish = sentence_bounds(passage.text, typed[at].start, typed[at].end)
        inside = [span for span in typed[at:] if span.start < finish]
        yield begin, finish, inside
        at += len(inside)
