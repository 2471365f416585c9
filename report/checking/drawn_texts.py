"""Texts as a drawing has them: wrapped, cut, or several in one."""

import re
from collections.abc import Sequence

# What stands for a character that the fonts of figures lack (`analysis.figures.glyphs`).
_UNDRAWN = re.compile("‹([0-9A-F]{1,6})›")
_SPACE = re.compile(r"\s+")


class Declared:
    """The labels of a figure, to be found in what is drawn: wrapped, cut, or one below the other."""

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = list(dict.fromkeys(filter(None, map(squeeze, labels))))
        self._all = set(self._labels)

    def has(self, text: str) -> bool:
        """Whether the text is a label, or several."""
        text = squeeze(text)
        if text in self._all or not text:
            return True
        if "…" in text and any(_is_cut(text, label) for label in self._labels):
            return True
        reached = {0}
        for place in range(len(text)):
            if place in reached:
                reached |= {place + len(label) for label in self._labels if text.startswith(label, place)}
        return len(text) in reached


def _is_cut(text: str, label: str) -> bool:
    """Whether the text is the label with parts left out, for which … stands."""
    first, *others, last = text.split("…")
    if len(first) + len(last) > len(label) or not (label.startswith(first) and label.endswith(last)):
        return False
    rest = label[len(first) : len(label) - len(last)]
    for part in others:
        _, found, rest = rest.partition(part) if part else ("", "…", rest)
        if not found:
            return False
    return True


def squeeze(text: str) -> str:
    """A text without white space, as matplotlib's comments have it, and without the numbers of what no font has."""
    return _SPACE.sub("", re.sub("-(?=-)", "- ", with_characters(text)))


def with_characters(text: str) -> str:
    """A text with the characters for which their numbers stand, since no font has them or nobody could see them."""
    return _UNDRAWN.sub(lambda number: chr(min(int(number[1], 16), 0x10FFFF)), text)


def plain(text: str) -> str:
    """A text on one line, with single spaces."""
    return " ".join(text.split())


def shown(text: str) -> str:
    """A text in quotation marks, for a message."""
    return f"“{plain(text)}”"
