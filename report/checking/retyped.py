"""Numbers that are typed into a text, and words that tell sides, beside those that stood there when it was accepted.

No table is behind "counted in at least four ways", nor behind the digits of a name, and both may be right. So the
record of columns keeps for each sentence, with its typed numbers left out, which these are: in words or digits, with
"at least" or "at most". So it does with words that have an opposite: "higher is better", "before", "top". Where all
else stayed and such a word gave way to another one, the check says so. And where a sentence was accepted without a word
that compares, and has one now: for that the record keeps a short digest of every sentence.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from report.checking.columns import GAP, TYPED, Place, shortened, words_of
from report.checking.lexicon import find_comparatives, sentence_bounds
from report.checking.passages import Passage, Span

_LEAST = 3
"""Words by which a sentence is told from others."""
_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    "|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|dozen|half|thirds?"
    "|quarters?|both"
)
_SIDES = "more|less|gains?|loss|above|below|before|after|top|bottom|left|right|first|last|upper|lower|maximum|minimum"
_TYPED = re.compile(rf"\b(?:at (?:least|most)|up to|{_WORDS}|{_SIDES})\b|\d+(?:[.,]\d+)*", re.IGNORECASE)
# In a sentence a unit may follow from the value before it, and change with it; in a caption it is that of a column.
_UNITS = re.compile(r"\b(?:(?:milli)?seconds|minutes|hours|per ?cent|percentage points|points|(?:[kMG]i?)?B|bytes)\b")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_COMMON = frozenset({"one", "both"})
"""They count seldom, and make a sentence worth keeping only beside others."""
# Dates and versions change by themselves.
_MONTHS = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_CHANGING = re.compile(rf"\b{_MONTHS} \d|\b\d\d?\.? {_MONTHS}\b|\b\d{{4}}-\d\d-\d\d\b|\b[Vv]ersions? \d|\d\.\d+\.\d")
_PLACES = frozenset({"prose", "heading", "caption", "footnote", "title"})
_CELLS = frozenset({"table cell", "output"})
"""Places whose texts come out of tables or programs, and change with them."""
SENTENCES = "(digests of sentences)"
_MADE = ("fact", "claim", "structure", "code", "example", "quotation", "unchecked")


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
            if len(_LETTERS.findall(words.replace(TYPED, GAP))) >= _LEAST:
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
        if start >= last and not any(span.start < end and start < span.end for span in made):
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


def digests_of(passages: Iterable[Passage]) -> dict[str, Place]:
    """The digests of all sentences, captions and heads of columns of a chapter, without values, for its record."""
    found: dict[str, None] = {}
    for passage in passages:
        at = 0 if passage.place not in _CELLS else len(passage.text)
        while at < len(passage.text):
            begin, finish = sentence_bounds(passage.text, at, at + 1)
            if words := _read(passage, begin, finish):
                found.setdefault(_digest(words))
            at = max(finish, at + 1)
    return {SENTENCES: Place(dict(found))} if found else {}


def inserted(
    passages: Iterable[Passage], before: Mapping[str, Sequence[str]]
) -> Iterator[tuple[Passage, int, int, str]]:
    """Each word that compares in a sentence that the record has without it: where, and what is wrong."""
    accepted = frozenset(before.get(SENTENCES, ()))
    for passage in passages if accepted else ():
        for start, end in _runs(passage):
            begin, finish = sentence_bounds(passage.text, start, end)
            without = _read(passage, begin, finish, Span(start, end, "mark"))
            if _digest(without) in accepted and _digest(_read(passage, begin, finish)) not in accepted:
                said = passage.text[start:end]
                message = f"“{said}” is typed into “{shortened(without)}”, which was accepted without it"
                yield passage, start, end, f"{message}; if that is meant, `report accept`"


def _runs(passage: Passage) -> Iterator[tuple[int, int]]:
    """The words that compare, each alone, and those that follow one another together."""
    start = last = -1
    for word in find_comparatives(passage.text) if passage.place not in _CELLS else ():
        if start >= 0 and passage.text[last : word.start].isspace():
            yield start, word.end
        else:
            start = word.start
        yield word.start, word.end
        last = word.end


def _read(passage: Passage, begin: int, finish: int, *left_out: Span) -> str:
    """A sentence without its values, what the renderer numbers, and what else is to be left out."""
    return words_of(passage, begin, finish, [span for span in passage.spans if span.sort == "fact"], left_out, "")


def _digest(words: str) -> str:
    return f"{zlib.crc32(words.encode()):08x}"


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
