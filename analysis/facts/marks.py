"""The visible mark of a value's kind, in words that survive print, and the legend that explains it.

Exact arithmetic is the plain case and stands unmarked; a small raised letter marks the others. In a table whose cells
are all of one kind the caption says so once, and the cells stay unmarked.
"""

from __future__ import annotations

from analysis.facts.origins import Kind

LETTERS = {"computed": "", "record": "", "measured": "m", "reported": "r", "mixed": "x"}

MEANINGS = {
    "computed": "exact arithmetic, which anybody can redo",
    "measured": "measured for this report, on the hardware that its table names",
    "reported": "published by somebody else, at the place that its table names, or worked out from such figures alone",
    "mixed": "derived from values of several of these kinds",
}


def mark(kind: Kind) -> str:
    """The raised letter as Pandoc markdown, empty for kinds that stand unmarked."""
    letter = LETTERS[kind]
    # The span outside: Quarto reads `^[` as the beginning of a footnote.
    return f"[^{letter}^]{{.kind-mark}}" if letter else ""


def legend() -> str:
    """One sentence of Pandoc markdown that explains the marks: for the chapter on how the report was made."""
    parts = [f"unmarked, {MEANINGS['computed']}"]
    parts += [f"{mark(kind)} {kind}: {MEANINGS[kind]}" for kind in ("measured", "reported", "mixed")]
    return "Every number carries the mark of its kind: " + "; ".join(parts) + "."
