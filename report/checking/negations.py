"""Words that deny ("no", "not", "without") beside those with which a sentence was accepted.

"No text is generated" is what no table says, and so is "Text is generated". The record has a digest of each accepted
sentence; a new one that is in it with a denial more or less, and stands there so no longer, has been turned round. A
tested sentence is known by its comparisons too: where these are others, it may deny what it said before.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from report.checking.columns import Compared, shortened
from report.checking.lexicon import negations
from report.checking.passages import Passage, Span
from report.checking.sentences import accepted_sentences, digest, sentences_of, tested_in, words_alone

_WORD = re.compile(r"[^\W\d_]+")
_SPACED = re.compile(r"\S+")
_DO = re.compile(r"\b(do(?:es)?) not (\w+)")
_INSTEAD = {"with": "without", "can": "cannot", "ever": "never"}
"""Words that a denial leaves behind where it is a part of one."""
_INSTEAD |= {denial: word for word, denial in _INSTEAD.items()}


def denied_anew(
    passages: Iterable[Passage], before: Mapping[str, Sequence[str]], compared: Mapping[str, Compared]
) -> Iterator[tuple[Passage, int, int, str]]:
    """Each sentence in the place of one that denied what it says, or said what it denies: where, and what is wrong."""
    accepted = accepted_sentences(before)
    read = [
        (passage, bounds, words_alone(passage, *bounds), tested_in(passage, *bounds, compared))
        for passage in (passages if accepted else ())
        for bounds in sentences_of(passage)
    ]
    gone = accepted - {digest(words, tested) for *_, words, tested in read}
    for passage, bounds, now, tested in read if gone else ():
        if now and digest(now, tested) not in accepted:
            found = (change for *change, words in _turned(passage, *bounds) if digest(words, tested) in gone)
            for start, end, what in islice(found, 1):
                message = f"{what} “{shortened(now)}” when it was accepted; if that is meant, `report accept`"
                yield passage, start, end, message


def _turned(passage: Passage, begin: int, finish: int) -> Iterator[tuple[int, int, str, str]]:
    """A sentence with a denial less, another word for one, and one more: where, what it was then, and its words."""

    def with_other(start: int, end: int, words: str) -> str:
        text = words_alone(passage, begin, finish, Span(start, end, "mark"), gap=words)
        return text if passage.text[begin:start].strip() else text[:1].upper() + text[1:]

    for match in _WORD.finditer(passage.text, begin, finish):
        (start, end), word = match.span(), match[0]
        if word.lower() in negations():
            yield start, end, f"there was no “{word}” in", with_other(start, end, "")
        if (other := _INSTEAD.get(word.lower())) is not None:
            yield start, end, f"it was “{other}” and not “{word}” in", with_other(start, end, other)
    for match in _DO.finditer(passage.text, begin, finish):
        verb = match[2] + ("s" if match[1] == "does" else "")
        yield *match.span(), f"there was no “{match[1]} not” in", with_other(*match.span(), verb)
    behind = begin
    for match in _SPACED.finditer(passage.text, begin, finish):
        (start, end), word = match.span(), match[0]
        verb = re.sub(r"s(?=\W*$)", "", word)
        does = "do" if verb == word else "does"
        yield start, end, f"there was a “{does} not” in", with_other(start, end, f"{does} not {verb}")
        for denial in negations():
            if behind == begin:
                yield start, end, f"there was a “{denial}” in", with_other(start, end, f"{denial} {_small(word)}")
            else:
                yield start, end, f"there was a “{denial}” in", with_other(behind, behind, f" {denial}")
        behind = end


def _small(word: str) -> str:
    """A word as it stands within a sentence: a name with further capital letters keeps its first."""
    return word[0].lower() + word[1:] if word[1:] == word[1:].lower() else word
