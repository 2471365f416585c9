"""Labels that can be referred to, `fig-x`, and the words that precede their numbers."""

import re

from report.press.source.subset import REFUSED_REFERENCE_TYPES

# As Quarto names them in English.
NAMES = {"fig": "Figure", "tbl": "Table", "eq": "Equation", "sec": "Section"}
CHAPTER, APPENDIX = "Chapter", "Appendix"


def kind_of(label: str) -> str | None:
    """`fig` for `fig-x` and `Fig-x`, also for kinds that only Quarto numbers; None for what is no cross-reference."""
    match = re.match(r"([A-Za-z]+)-.", label)
    kind = match.group(1) if match else ""
    kind = kind[:1].lower() + kind[1:]
    return kind if kind in NAMES or kind in REFUSED_REFERENCE_TYPES else None


def canonical(label: str) -> str:
    """The label as it is written where it is defined: `@Fig-x` refers to `fig-x`."""
    return label[:1].lower() + label[1:]
