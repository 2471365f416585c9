"""The visible mark of a value's kind, in words that survive print, and the legend that explains it.

A small raised letter marks a number whose kind is not the plain one of its chapter, which is exact arithmetic unless
the chapter says otherwise in its first paragraph. In a table of one kind the caption says so once.
"""

from collections.abc import Sequence

from analysis.facts.origins import Kind

LETTERS = {"computed": "c", "record": "", "measured": "m", "reported": "r", "mixed": "x"}

MEANINGS = {
    "computed": "exact arithmetic, which anybody can redo",
    "measured": "measured for this report, on the hardware that its table names",
    "reported": "published by somebody else, at the place that its table names, or worked out from such figures alone",
    "mixed": "derived from values of several of these kinds",
}


def mark(kind: Kind) -> str:
    """The raised letter as Pandoc markdown, empty for a record of the making, which is no result."""
    letter = LETTERS[kind]
    # The span outside: Quarto reads `^[` as the beginning of a footnote.
    return f"[^{letter}^]{{.kind-mark}}" if letter else ""


def named(tables: Sequence[str], most: int) -> list[str]:
    """The first tables of many, and how many more there are."""
    more = len(tables) - most
    return list(tables) if more < 2 else [*tables[:most], f"and {more} more tables"]


def legend() -> str:
    """One sentence of Pandoc markdown that explains the marks: for the chapter on how the report was made."""
    parts = [f"{mark(kind)} {kind}: {MEANINGS[kind]}" for kind in ("computed", "measured", "reported", "mixed")]
    plain = "A number without a letter is computed, unless its chapter begins by naming another kind."
    return f"A raised letter tells the kind of a number: {'; '.join(parts)}. {plain}"
