"""Pandoc markdown blocks that hold whatever text they are given."""

import re
import unicodedata

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")


def strip_ansi(text: str) -> str:
    """`text` without terminal colours and other escape sequences."""
    return _ANSI.sub("", text)


def printed(text: str) -> str:
    """`text` as a terminal leaves it standing: colours gone, lines overwritten after a carriage return, no controls."""
    lines = strip_ansi(text).replace("\r\n", "\n").split("\n")
    return "\n".join("".join(map(_visible, line.rstrip("\r").rpartition("\r")[2])) for line in lines)


def _visible(character: str) -> str:
    return "\ufffd" if unicodedata.category(character) in ("Cc", "Cs") and character != "\t" else character


def fenced(text: str, info: str = "") -> str:
    """A fenced block that no text can end: its fence is longer than any run of backticks in the text."""
    runs = [len(run) for run in re.findall(r"`+", text)]
    fence = "`" * max(3, max(runs, default=0) + 1)
    return f"{fence}{info}\n{text.rstrip(chr(10))}\n{fence}\n"


def div(attributes: str, content: str) -> str:
    """A fenced div around blocks."""
    return f"::: {{{attributes}}}\n{content.strip(chr(10))}\n:::\n"
