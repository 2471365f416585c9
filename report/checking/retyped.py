"""Numbers that are typed into a text, and words that tell sides, beside those that stood there when it was accepted.

No table is behind "counted in at least four ways", nor behind the digits of a name, and both may be right. So the
record of columns keeps for each sentence, with its typed numbers left out, which these are: in words or digits, with
"at least" or "at most". So it does with words that have an opposite: "higher is better", "before", "top". Where all
else stayed and such a word gave way to another one, the check says so. And where a sentence was accepted without a word
that compares, and has one now: for that the record keeps a short digest of every sentence (`sentences`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from report.checking.columns import GAP, TYPED, Compared, Place, shortened, words_of
from report.checking.lexicon import Comparative, all_words, find_comparatives, sentence_bounds
from report.checking.passages import Passage, Span
from report.checking.sentences import CELLS, accepted_sentences, digest, tested_in, words_alone

_LEAST = 3
"""Words by which a sentence is told from others."""
_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    "|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|dozen|half|thirds?"
    "|quarters?|both"
)
_SIDES = "more|less|gains?|loss|above|below|before|after|top|bottom|left|right|first|last|upper|lower|maximum|minimum"
_TYPED = re.compile(rf"\b(?:at (?:least|most)|up to|{_WORDS}|{_SIDES})\b|\d+(?:[.,]\d+)*", re.IGNORECASE)
_BOUND = re.compile(r"at (?:least|most)", re.IGNORECASE)
# In a sentence a unit may follow from the value before it, and change with it; in a caption it is that of a column.
_UNITS = re.compile(r"\b(?:(?:milli)?seconds|minutes|hours|per ?cent|percentage points|points|(?:[kMG]i?)?B|bytes)\b")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_COMMON = frozenset({"one", "both"})
"""They count seldom, and make a sentence worth keeping only beside others."""
# Dates and versions change by themselves.
_MONTHS = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_CHANGING = re.compile(rf"\b{_MONTHS} \d|\b\d\d?\.? {_MONTHS}\b|\b\d{{4}}-\d\d-\d\d\b|\b[Vv]ersions? \d|\d\.\d+\.\d")
_PLACES = frozenset({"prose", "heading", "caption", "footnote", "title", "table head"})
_SPACED = re.compile(r"[^\s,;:!?()]*[^\s.,;:!?()]")
_PHRASE = 3
"""Words of the longest phrase that is looked for in a sentence which was accepted without it."""
_SHOWN = ("fact", "structure", "code", "example", "quotation", "unchecked")
_MADE = (*_SHOWN, "claim")


def typed_words(passages: Iterable[Passage]) -> dict[str, Place]:
    """The sentences of a chapter that have such words, without these, each with those that stand in it."""
    found: dict[str, Place] = {}
    for passage in passages:
        if passage.place not in _PLACES or _CHANGING.search(passage.text):
            continue
        typed = list(_typed(passage))
        facts = [span for span in passage.spans if span.sort == "fact"]
        for begin, finish, inside in _sentences(passage, typed):
            words = words_of(passage, begin, finish, facts, inside, TYPED)
            in_head = passage.place == "table head" and passage.label  # of a word or two, which tell it from others
            if in_head:
                words = f"{passage.label}, {words}"
            if in_head or len(_LETTERS.findall(words.replace(TYPED, GAP))) >= _LEAST:
                said = "; ".join(span.name or "" for span in inside)
                place = found.setdefault(words, Place())
                place.columns.setdefault(said, (passage, inside[0].start, inside[-1].end))
    return found


def _typed(passage: Passage) -> Iterator[Span]:
    """The numbers of a passage, and the words that compare or tell sides, if nothing has made or tested them."""
    places = {match.span() for match in _TYPED.finditer(passage.text)}
    if passage.place != "prose":
        places |= {match.span() for match in _UNITS.finditer(passage.text)}
    places |= {(word.start, word.end) for word in find_comparatives(passage.text)}
    made = [span for span in passage.spans if span.sort in _MADE]
    last = 0
    for start, end in sorted(places, key=lambda place: (place[0], -place[1])):
        # Other numbers may turn the words of a tested sentence round, and none turns a bound that is typed in it.
        around = {span.sort for span in made if span.start < end and start < span.end}
        if start >= last and (not around or (around == {"claim"} and _BOUND.fullmatch(passage.text[start:end]))):
            yield Span(start, end, "mark", " ".join(passage.text[start:end].lower().split()))
            last = end


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


def inserted(
    passages: Iterable[Passage], before: Mapping[str, Sequence[str]], compared: Mapping[str, Compared]
) -> Iterator[tuple[Passage, int, int, str]]:
    """Each word that compares in a sentence that the record has without it, or with another: where, what is wrong."""
    accepted = accepted_sentences(before)
    for passage in passages if accepted else ():
        words = find_comparatives(passage.text, questions=True) if passage.place not in CELLS else ()
        known: dict[tuple[int, int], bool] = {}
        for word in words:
            bounds = sentence_bounds(passage.text, word.start, word.end)
            tested = tested_in(passage, *bounds, compared)
            if bounds not in known:
                known[bounds] = digest(words_alone(passage, *bounds), tested) in accepted
            if known[bounds] or passage.inside(word.start, word.end, *_SHOWN):
                continue
            if (found := _change(passage, word, bounds, tested, accepted)) is not None:
                start, end, message = found
                yield passage, start, end, f"{message}; if that is meant, `report accept`"
                known[bounds] = True  # told once


def _change(
    passage: Passage,
    word: Comparative,
    bounds: tuple[int, int],
    tested: Sequence[Compared],
    accepted: frozenset[str],
) -> tuple[int, int, str] | None:
    """The phrase without which, or the word with another one for which, a sentence is an accepted one."""
    for start, end in _phrases_around(passage.text, word, *bounds):
        without = words_alone(passage, *bounds, Span(start, end, "mark"))
        if digest(without, tested) in accepted:
            said = passage.text[start:end]
            return start, end, f"“{said}” is typed into “{shortened(without)}”, which was accepted without it"
    around = words_alone(passage, *bounds, Span(word.start, word.end, "mark"), gap=TYPED)
    for other in all_words():
        other = other.capitalize() if word.text[0].isupper() else other
        if digest(around.replace(TYPED, other), tested) in accepted:
            message = f"“{word.text}” is typed where “{shortened(around)}” said “{other}” when it was accepted"
            return word.start, word.end, message
    return None


def _phrases_around(text: str, word: Comparative, begin: int, finish: int) -> Iterator[tuple[int, int]]:
    """The phrases of a few words in a sentence that a word which compares is a part of, the shortest first."""
    words = [(match.start() + begin, match.end() + begin) for match in _SPACED.finditer(text[begin:finish])]
    inside = [number for number, (start, end) in enumerate(words) if start < word.end and word.start < end]
    for length in range(len(inside), _PHRASE + 1):
        for first in range(max(0, inside[-1] - length + 1), inside[0] + 1):
            if first + length <= len(words):
                yield words[first][0], words[first + length - 1][1]


def kept(places: Mapping[str, Place]) -> dict[str, Place]:
    """The places that are worth keeping: a sentence that says "one" and counts nothing is not."""
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
