"""Labels that can be referred to, `fig-x`, and the words that precede their numbers."""

from __future__ import annotations

import re

# As Quarto names them in English.
NAMES = {"fig": "Figure", "tbl": "Table", "eq": "Equation", "sec": "Section"}
CHAPTER, APPENDIX = "Chapter", "Appendix"

# Quarto numbers these too; the press says that it does not, rather than take them for citations.
NOT_SUPPORTED = frozenset(
    ["lst", "thm", "lem", "cor", "prp", "cnj", "def", "exm", "exr", "sol", "rem", "alg", "nte", "tip", "wrn", "imp", "cau"],
)


def kind_of(label: str) -> str | None:
    """`fig` for `fig-x` and `Fig-x`; None for what no cross-reference can name."""
    match = re.match(r"([A-Za-z]+)-.", label)
    kind = match.group(1) if match else ""
    kind = kind[:1].lower() + kind[1:]
    return kind if kind in NAMES or kind in NOT_SUPPORTED else None


def canonical(label: str) -> str:
    """The label as it is written where it is defined: `@Fig-x` refers to `fig-x`."""
    return label[:1].lower() + label[1:]
