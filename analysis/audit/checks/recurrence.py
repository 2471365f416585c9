"""Scores that recur to the last digit where nothing connects them."""

from collections import Counter
from collections.abc import Iterator

from analysis.audit.finding import Finding, Read
from analysis.audit.tables import SCORES, all_figures, name, printed
from analysis.facts import Row, Value, derived

# Two independent scores agree by accident in three digits easily, in five hardly ever.
DIGITS = 5


def values_recur(read: Read) -> Iterator[Finding]:
    """The same print of at least `DIGITS` significant digits for one score in several cells.

    The usual cause is that most outputs were the same text, such as an echo of the prompt or nothing at all.
    """
    for source, view in all_figures(read):
        for quantity, label in SCORES.items():
            cells = printed(view).where(quantity=quantity)
            times = Counter(row.cells["printed"] for row in cells if significant(row.cells["printed"]) >= DIGITS)
            for text in sorted(text for text, count in times.items() if count > 1):
                rows = cells.where(printed=text)
                yield Finding(
                    check="values-recur",
                    source=source,
                    figures=tuple(name(row) for row in rows),
                    verdict="suspicious",
                    template=f"{label} {{score}} stands in {{cells:,}} of {{all:,}} cells, "
                    "over {models:,} models and {layers:,} layers.",
                    values={
                        "score": rows.rows[0]["printed"],
                        "cells": rows.count(),
                        "all": cells.count(),
                        "models": _different(rows.rows, "model", "method"),
                        "layers": _different(rows.rows, "layer"),
                    },
                )


def significant(text: str) -> int:
    """How many significant digits a printed decimal has: 6 for 0.499891, 2 for 0.0050."""
    return len(text.replace(".", "").lstrip("0"))


def _different(rows: tuple[Row, ...], *columns: str) -> Value:
    cells = {tuple(row.cells[column] for column in columns) for row in rows}
    parts = [row[column] for row in rows for column in columns]
    return derived(len(cells), parts, f"number of different {' and '.join(columns)} of the recurring cells")
