"""A text as it reads: without what nobody sees, and in plain letters where others look like them.

"better" may have a soft hyphen or a character of no width in it, a Cyrillic "е", or letters of full width. Words and
numbers are looked for in the plain text, and told where they stand in the text as it is.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

# All but what most texts hold: Latin letters, dashes and quotation marks, spaces, arrows and signs of mathematics.
_ODD = re.compile("[^\0-\u00ac\u00ae-\u0130\u0132-\u024f\u2000-\u200a\u2012-\u2027\u202f-\u205e\u20ac\u2190-\u22ff]")
_FOREIGN = re.compile(r"[A-Za-z]*[^\W\d_A-Za-z][^\W\d_]*")  # a word with a letter that is not plain
_HYPHENS = {"\u2010": "-", "\u2011": "-"}
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
"""Letters and marks that have no shape; what is of the category of formats, as the soft hyphen, has none either."""


class Read(NamedTuple):
    """A text as it reads, and for each of its characters, and its end, where that stands in the text as it is."""

    text: str
    places: Sequence[int]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of it stands in the text as it is."""
        return self.places[start], self.places[end - 1] + 1 if end > start else self.places[start]


def is_odd(text: str) -> bool:
    """Whether a text has a character that may read as another one, or not at all. Few have."""
    return _ODD.search(text) is not None


def as_read(text: str) -> Read:
    """The text as it reads."""
    parts, places, end = [], [], 0
    for match in _ODD.finditer(text):
        start, plain = match.start(), _plain(match[0])
        parts += [text[end:start], plain]
        places += [*range(end, start), *[start] * len(plain)]
        end = match.end()
    parts.append(text[end:])
    places += range(end, len(text) + 1)
    return Read(_FOREIGN.sub(_in_latin, "".join(parts)), places)


def _in_latin(match: re.Match[str]) -> str:
    """A word in Latin letters, where all of its letters are some or look like some."""
    latin = match[0].translate(_look_alikes())
    return latin if latin.isascii() else match[0]


@cache
def _plain(character: str) -> str:
    """What an odd character reads as."""
    category = unicodedata.category(character)
    if category == "Cf" or character in _UNSEEN or "\ufe00" <= character <= "\ufe0f":
        return ""
    # Ligatures, letters of full width and of mathematics; signs of full width.
    if category[0] == "L" or "\ufe50" <= character <= "\uffef":
        return unicodedata.normalize("NFKC", character)
    return _HYPHENS.get(character, character)


@cache
def _look_alikes() -> dict[int, str]:
    letters = yaml.load((Path(__file__).parent / "look-alikes.yaml").read_text("utf-8"), yaml.CSafeLoader)
    return {ord(other): letter for letter, others in letters.items() for other in others}
