"""The rows of frozen tables that some shown value comes from, by their place in the table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from analysis.facts.read_once import read_once
from experiments.tables.canonical import Row
from experiments.tables.read import FrozenTable, read_sidecar
from experiments.tables.sidecar import Sidecar
from report.ledger.model import Fact
from report.ledger.same import Same
from report.ledger.site_facts import by_chapter

WHOLE = 200
"""Tables of at most so many rows are shown whole; of a longer one those that some value comes from, or none."""
FIRST = 20
"""Of a longer table so many rows are shown from the top beside them."""
Key = tuple[object, ...]
"""The cells of a row's key, in the order of the table's key columns."""


@dataclass(frozen=True, eq=False)
class Referred:
    """A frozen table that values come from. Rows are counted from 1, as they stand in the file."""

    sidecar: Sidecar
    rows: Mapping[int, Row]
    """The rows to show, in order."""
    numbers: Mapping[Key, int]
    """The number of each row that is referred to, by its key."""

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


def referred_tables(facts: Iterable[Fact], tables: Iterable[str]) -> dict[str, Referred]:
    """The `tables`, each with the rows that some origin of `facts` names. Raises TableError where one is gone."""
    wanted: dict[str, set[Key]] = {table: set() for table in tables}
    for own in by_chapter(facts).values():
        for table, keys in _wanted(own).items():
            wanted.setdefault(table, set()).update(keys)
    return {
        table: _referred(table, read_sidecar(table).digests.sidecar, frozenset(keys))
        for table, keys in sorted(wanted.items())
    }


@lru_cache(maxsize=64)
def _wanted(facts: Same[Fact]) -> dict[str, set[Key]]:
    """The rows that the facts of a chapter come from, by their table."""
    wanted: dict[str, set[Key]] = {}
    for fact in facts.objects:
        for origin in fact.origins:
            keys = wanted.setdefault(origin.table, set())
            if origin.row:
                keys.add(tuple(origin.row.values()))
    return wanted


@lru_cache(maxsize=512)
def _referred(table: str, digest: str, keys: frozenset[Key]) -> Referred:
    """The table whose sidecar has this digest: a preview asks for the same ones at each change."""
    sidecar = read_sidecar(table)
    if not keys and sidecar.row_count > WHOLE:
        return Referred(sidecar, {}, {})
    found = read_once(table)
    names = zip(*(found.column(column) for column in sidecar.key), strict=True)
    numbers = {name: number for number, name in enumerate(names, start=1) if name in keys}
    count = sidecar.row_count
    shown = range(1, count + 1) if count <= WHOLE else sorted({*range(1, FIRST + 1), *numbers.values()})
    return Referred(sidecar, dict(zip(shown, _rows(found, shown), strict=True)), numbers)


def _rows(table: FrozenTable, numbers: Sequence[int]) -> list[Row]:
    """The rows with these numbers. Of a large table all rows would take ten times the memory of its columns."""
    if table.sidecar.format == "parquet":
        return table.arrow().take([number - 1 for number in numbers]).to_pylist()
    return [table.rows[number - 1] for number in numbers]
