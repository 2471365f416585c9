"""Short digests of the sentences of a chapter, by which the record of columns knows an accepted sentence again."""

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from report.checking.columns import Compared, Place, words_of
from report.checking.lexicon import sentence_bounds
from report.checking.passages import Passage, Span

SENTENCES = "(digests of sentences)"
"""What the digests go under in the record of a chapter."""
CELLS = frozenset({"table cell", "output"})
"""Places whose texts come out of tables or programs, and change with them: they have no digests."""
_BEFORE_STOP = re.compile(r" (?=[.,;:!?)])")


def digests_of(passages: Iterable[Passage], compared: Mapping[str, Compared]) -> dict[str, Place]:
    """The digests of all sentences, captions and heads of columns of a chapter, without values, for its record.

    That of a tested sentence is one of what is `compared` too: its words follow from it, and change with it.
    """
    found: dict[str, None] = {}
    for passage in passages:
        for begin, finish in sentences_of(passage):
            if words := words_alone(passage, begin, finish):
                found.setdefault(digest(words, tested_in(passage, begin, finish, compared)))
    return {SENTENCES: Place(dict(found))} if found else {}


def accepted_sentences(before: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The digests of all sentences in the record of a chapter."""
    return frozenset(before.get(SENTENCES, ()))


def sentences_of(passage: Passage) -> Iterator[tuple[int, int]]:
    """Where each sentence of a passage begins and ends, where it is one that has a digest."""
    at = 0 if passage.place not in CELLS else len(passage.text)
    while at < len(passage.text):
        begin, finish = sentence_bounds(passage.text, at, at + 1)
        yield begin, finish
        at = max(finish, at + 1)


def words_alone(passage: Passage, begin: int, finish: int, *left_out: Span, gap: str = "") -> str:
    """A sentence without its values, what the renderer numbers, and what else is to be left out."""
    facts = [span for span in passage.spans if span.sort == "fact"]
    return _BEFORE_STOP.sub("", words_of(passage, begin, finish, facts, left_out, gap))


def tested_in(passage: Passage, begin: int, finish: int, compared: Mapping[str, Compared]) -> list[Compared]:
    """What the claims in a sentence compare."""
    claims = (s.name or "" for s in passage.spans if s.sort == "claim" and s.start < finish and begin < s.end)
    return [compared[name] for name in claims if name in compared]


def digest(words: str, tested: Iterable[Compared]) -> str:
    """The digest of a sentence with these words that rests on these comparisons."""
    text = " ".join([words, *(f"{each.columns} {each.signs}" for each in tested)])
    return f"{zlib.crc32(text.encode()):08x}"
