"""A quotation in a text: its words in their order, with […] where words are left out."""

import re
from difflib import SequenceMatcher

from experiments.tables.documents.typography import words_of

FEW = 4
"""A quotation of so many words or fewer is not looked up: it may be a term."""

_LEFT_OUT = re.compile(r"\[\s*(?:…|\.\.\.)\s*\]")


def parts(quote: str) -> list[str]:
    """The passages of a quotation, between the places where words are left out."""
    return [part for part in (words_of(each) for each in _LEFT_OUT.split(quote)) if part]


def is_looked_up(quote: str) -> bool:
    """Whether a quotation is long enough to be somebody's words."""
    return sum(len(part.split()) for part in parts(quote)) > FEW


def missing_part(quote: str, text: str) -> str | None:
    """The first passage of `quote` that does not stand in `text`, as `words_of` makes it, after the one before it."""
    at = 0
    for part in parts(quote):
        found = re.compile(rf"(?<!\w){re.escape(part)}(?!\w)").search(text, at)
        if found is None:
            return part
        at = found.end()
    return None


def what_stands_there(part: str, text: str) -> str | None:
    """What `text` has in the place of a passage that is not quite there, around the first word that differs."""
    wanted, words = part.split(), text.split()
    matcher = SequenceMatcher(None, words, wanted, autojunk=False)
    same = matcher.find_longest_match()
    if same.size < min(2, len(wanted)):
        return None
    begin = max(0, same.a - same.b)
    there = words[begin : begin + len(wanted)]
    differs = next((at for at, (a, b) in enumerate(zip(there, wanted, strict=False)) if a != b), len(there))
    return " ".join(there[max(0, differs - 4) : differs + 5])
