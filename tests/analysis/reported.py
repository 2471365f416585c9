"""The frozen published tables for tests, also with cells altered as a careless hand might."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from analysis.facts import View
from experiments.tables.read import read_table

FROZEN = Path(__file__).parents[2] / "experiments" / "frozen"


def read(table_id: str) -> View:
    """A frozen table of the project."""
    return View.of(read_table(table_id, FROZEN))


def altered(table_id: str, changes: dict[str, dict[str, object]]) -> Callable[[str], View]:
    """A `read` by which the rows of one table whose first key cell is in `changes` have these cells instead."""

    def read_altered(wanted: str) -> View:
        view = read(wanted)
        if wanted != table_id:
            return view
        key = view.table.sidecar.key[0]
        known = {row[key] for row in view.table.rows}
        assert set(changes) <= known, f"no rows {set(changes) - known}"
        rows = [row | changes.get(row[key], {}) for row in view.table.rows]
        return View.of(replace(view.table, rows=rows))

    return read_altered


def score(value: float, half: float = 0.0) -> dict[str, object]:
    """The cells of a figure that prints `value`."""
    return {"printed": str(value), "value": value, "low": value - half, "high": value + half, "note": None}
