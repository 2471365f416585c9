"""One quantity, one value: a column that two tables of a study have, with the same meaning, at the same key."""

from collections.abc import Iterator, Sequence

from experiments.status.arithmetic.rows import Contradiction
from experiments.tables.read import FrozenTable
from experiments.tables.relations import span
from experiments.tables.sidecar import Column

MOST_DIFFERING = 0.1
"""Share of the rows that may differ before two columns are taken for two quantities of one name."""


def differing(tables: Sequence[FrozenTable]) -> Iterator[tuple[FrozenTable, int, Contradiction]]:
    """Cells of a table that differ from those of another one of the study, whose key the table has among its columns.

    Columns are the same where name, type and meaning are, and the kind of the tables;
    what differs from run to run is passed over.
    """
    for one in tables:
        for other in tables:
            if one is not other and one.sidecar.kind == other.sidecar.kind and (shared := _shared(one, other)):
                yield from _differing(one, other, shared)


def _shared(one: FrozenTable, other: FrozenTable) -> list[tuple[Column, Column]]:
    """The columns, not of its key, that `one` shares with `other`, where `other` has all columns of that key."""
    there = {column.name: column for column in other.sidecar.columns}
    mine = {column.name: column for column in one.sidecar.columns}
    key = one.sidecar.key
    if not all(name in there and there[name].type == mine[name].type for name in key):
        return []
    if set(key) == set(other.sidecar.key) and one.id > other.id:
        return []  # once is enough
    return [
        (column, there[column.name])
        for column in one.sidecar.columns
        if column.name not in key and column.name in there and _same(column, there[column.name])
    ]


def _same(column: Column, other: Column) -> bool:
    said = (column.type, column.meaning, column.unit, column.volatile or other.volatile)
    return said == (other.type, other.meaning, other.unit, False)


def _differing(
    one: FrozenTable, other: FrozenTable, shared: Sequence[tuple[Column, Column]]
) -> Iterator[tuple[FrozenTable, int, Contradiction]]:
    keys = one.sidecar.key
    known = {tuple(row[name] for name in keys): row for row in one.rows}
    met = [(at, row, known.get(tuple(row[name] for name in keys))) for at, row in enumerate(other.rows)]
    for column, there in shared:
        met_here = [(at, row[column.name], mine) for at, row, mine in met if mine is not None]
        found = [
            (at, mine[column.name], theirs)
            for at, theirs, mine in met_here
            if theirs != mine[column.name] and not _round_alike(mine[column.name], column, theirs, there)
        ]
        if len(found) > max(1, MOST_DIFFERING * len(met_here)):
            continue  # it is another quantity there, such as the examples of a part
        for at, cell, theirs in found:
            yield other, at, Contradiction(there.name, f"{_shown(theirs)}, but {_shown(cell)} in {one.id}")


def _round_alike(cell: object, column: Column, theirs: object, there: Column) -> bool:
    """Whether two numbers differ by the rounding of their columns alone."""
    if not isinstance(cell, float) or not isinstance(theirs, float):
        return False
    one, other = span(cell, column), span(theirs, there)
    return one.low <= other.high and other.low <= one.high


def _shown(cell: object) -> str:
    return "nothing" if cell is None else str(cell)
