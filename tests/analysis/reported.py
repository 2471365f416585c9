"""The frozen published tables for tests, also with cells altered as a careless hand might."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from analysis.audit import Finding
from analysis.claims import Verdict
from analysis.facts import Value, View
from analysis.facts.formatting import formatted
from analysis.facts.speech import fill
from experiments.tables.canonical import encode
from experiments.tables.read import FrozenTable, read_table, table_ids

FROZEN = Path(os.environ.get("COLOPHON_FROZEN") or Path(__file__).parents[2] / "experiments" / "frozen")

Cells = Mapping[str, object]


@cache
def _read(table_id: str) -> FrozenTable:
    return read_table(table_id, FROZEN)


def with_rows(table: FrozenTable, rows: Iterable[Cells]) -> FrozenTable:
    """`table` with other rows of the same columns."""
    return replace(table, data=encode(table.sidecar.columns, table.sidecar.key, rows, table.id))


@dataclass(frozen=True)
class Frozen:
    """The project's frozen tables; rows whose first key cell is in `changes[table]` have those cells instead."""

    changes: Mapping[str, Mapping[str, Cells]] = field(default_factory=dict)

    def table(self, table_id: str) -> View:
        table = _read(table_id)
        changes = self.changes.get(table_id, {})
        key = table.sidecar.key[0]
        unknown = set(changes) - {row[key] for row in table.rows}
        assert not unknown, f"no rows {unknown}"
        return View(with_rows(table, [row | changes.get(row[key], {}) for row in table.rows]))

    def named(self, name: str) -> list[View]:
        return [self.table(found) for found in table_ids(FROZEN) if found.rpartition("/")[2] == name]


TABLES = Frozen()


def read(table_id: str) -> View:
    """A frozen table of the project."""
    return TABLES.table(table_id)


def altered(table_id: str, changes: Mapping[str, Cells]) -> Frozen:
    """The project's tables with some cells of one of them altered."""
    return Frozen({table_id: changes})


def score(value: float, half: float = 0.0) -> dict[str, object]:
    """The cells of a figure that prints `value`."""
    return {"printed": str(value), "value": value, "low": value - half, "high": value + half, "note": None}


def told(said: Verdict | Finding) -> str:
    """The sentence of a verdict or finding as a reader would see it."""

    def show(value: Value, spec: str | None) -> str:
        return formatted(value, spec)

    return fill(said.template, said.values, show, escaped=False).replace("\N{NO-BREAK SPACE}", " ")
