"""The rows of frozen tables that some shown value comes from, by their place in the table."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from analysis.facts.read_once import read_once
from experiments.tables.canonical import Row
from experiments.tables.read import read_sidecar
from experiments.tables.sidecar import Sidecar
from report.ledger.model import Fact

WHOLE = 200
"""Tables of at most so many rows are shown whole."""
FIRST = 20
"""Of a longer table so many rows are shown from the top, beside those that some value comes from."""
TOO_LONG = 20_000
"""A table of more rows, of which no single one is referred to, is described without its rows."""


@dataclass(frozen=True)
class Referred:
    """A frozen table that values come from. Rows are counted from 1, as they stand in the file."""

    sidecar: Sidecar
    rows: Mapping[int, Row]
    """The rows to show, in order."""
    numbers: Mapping[str, int]
    """By `key_of` its cells, the number of each row that is referred to."""

    @property
    def command(self) -> str:
        """The command that makes the table again."""
        if self.sidecar.made == "derived":
            return f"experiments freeze {self.sidecar.study}"
        return self.sidecar.provenance.command

    @property
    def href(self) -> str:
        """Its page, below the site's root."""
        return f"tables/{self.sidecar.id}.html"


def key_of(row: Mapping[str, object]) -> str:
    """The key of a row as a string that tells it from the others."""
    return json.dumps(list(row.values()), ensure_ascii=False)


def referred_tables(facts: Iterable[Fact], tables: Iterable[str]) -> dict[str, Referred]:
    """The `tables`, each with the rows that some origin of `facts` names. Raises TableError where one is gone."""
    wanted: dict[str, set[str]] = {table: set() for table in tables}
    for fact in facts:
        for origin in fact.origins:
            keys = wanted.setdefault(origin.table, set())
            if origin.row:
                keys.add(key_of(origin.row))
    return {table: _referred(table, frozenset(keys), read_sidecar(table)) for table, keys in sorted(wanted.items())}


@lru_cache(maxsize=512)
def _found(table: str, digest: str, keys: frozenset[str]) -> tuple[dict[int, Row], dict[str, int]]:
    """Rows and numbers of a table of this digest: a preview asks for the same ones at each change."""
    read = read_once(table)
    key, rows = read.sidecar.key, read.rows
    numbers = {
        name: number
        for number, row in enumerate(rows, start=1)
        if (name := key_of({column: row[column] for column in key})) in keys
    }
    shown = range(1, len(rows) + 1) if len(rows) <= WHOLE else sorted({*range(1, FIRST + 1), *numbers.values()})
    return {number: rows[number - 1] for number in shown}, numbers


def _referred(table: str, keys: frozenset[str], sidecar: Sidecar) -> Referred:
    if not keys and sidecar.row_count > TOO_LONG:
        return Referred(sidecar, {}, {})
    return Referred(sidecar, *_found(table, sidecar.digests.table, keys))
