"""The relations that studies declare for their tables, and those that ship for tables of a name."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter

from experiments.status.arithmetic.rows import Contradiction
from experiments.tables import safe_yaml
from experiments.tables.canonical import Row
from experiments.tables.relations import Relation, span
from experiments.tables.sidecar import Column, Sidecar

SHIPPED = Path(__file__).with_name("shipped.yaml")


@lru_cache(maxsize=1)
def shipped() -> tuple[Relation, ...]:
    """The relations that hold in every table of a name."""
    return TypeAdapter(tuple[Relation, ...]).validate_python(safe_yaml.load(SHIPPED.read_text("utf-8")))


def relations_of(sidecar: Sidecar, declared: Sequence[Relation]) -> list[Relation]:
    """The relations of a table: those that ship for its name, where it has their columns, and those of its study."""
    names = {column.name for column in sidecar.columns}
    by_name = [each for each in shipped() if each.table == sidecar.table and each.columns <= names]
    return by_name + [each for each in declared if each.table == sidecar.table and each.columns <= names]


def broken(relation: Relation, rows: Sequence[Row], sidecar: Sidecar) -> Iterator[tuple[int, Contradiction]]:
    """The rows, by number from 0, in which a relation does not hold."""
    columns = {column.name: column for column in sidecar.columns}
    chosen = [
        (at, row) for at, row in enumerate(rows) if all(row[name] == cell for name, cell in relation.where.items())
    ]
    if relation.sums:
        yield from _sums(relation, chosen, sidecar, columns)
        return
    first = min(relation.expression.columns, key=relation.expression.text.index)
    for at, row in chosen:
        if (sides := relation.expression.broken_by(row, columns)) is not None:
            left, right = sides
            yield (
                at,
                Contradiction(first, f"{relation.expression.text} does not hold: {left:.12g} against {right:.12g}"),
            )


def _sums(
    relation: Relation, rows: Sequence[tuple[int, Row]], sidecar: Sidecar, columns: Mapping[str, Column]
) -> Iterator[tuple[int, Contradiction]]:
    """Totals that are not the sum of the rows beside them, which have the rest of the key in common."""
    ((mark, word),) = relation.total.items()
    rest = [name for name in sidecar.key if name != mark]
    groups: dict[tuple[object, ...], list[tuple[int, Row]]] = {}
    for at, row in rows:
        groups.setdefault(tuple(row[name] for name in rest), []).append((at, row))
    for group in groups.values():
        totals = [(at, row) for at, row in group if row[mark] == word]
        parts = [row for _, row in group if row[mark] != word]
        if len(totals) != 1 or not parts:
            continue
        at, total = totals[0]
        for name in relation.sums:
            cells = [row[name] for row in parts]
            if total[name] is None or any(cell is None for cell in cells):
                continue
            spans, known = [span(float(cell), columns[name]) for cell in cells], span(float(total[name]), columns[name])
            if not sum(each.low for each in spans) <= known.high or not known.low <= sum(each.high for each in spans):
                yield at, Contradiction(name, f"{total[name]} is not the sum of the others, {sum(cells):.12g}")
