"""Whether shown values round from the cells of their tables, as these are now."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from analysis.facts.escape import clean
from analysis.facts.formatting import MISSING
from experiments.tables.cells import encode_cell
from experiments.tables.errors import TableError
from experiments.tables.read import FrozenTable, read_table
from experiments.tables.sidecar import Column
from report.checking.nearest import numbers_of
from report.checking.numbers import find_numbers
from report.ledger.model import Fact, Origin, PValue


def misrounded(facts: Iterable[Fact]) -> Iterator[tuple[Fact, str]]:
    """The facts whose text is not their value, or whose value is not their cell's, each with what is wrong."""
    for fact in facts:
        if problem := _text_problem(fact) or _cell_problem(fact):
            yield fact, problem


def _text_problem(fact: Fact) -> str | None:
    value = fact.value
    if value is None or fact.text == MISSING:
        return None if value is None and fact.text == MISSING else f"reads {fact.text}; its value is {value}"
    if isinstance(value, bool):
        return None if fact.text == ("yes" if value else "no") else f"reads {fact.text}; its value is {value}"
    if isinstance(value, str):
        return None if fact.text == clean(value) else f"reads {fact.text}; its value is {value}"
    known = list(numbers_of(fact))
    if isinstance(value, PValue):
        known.append(0.001)  # below it a p-value is shown as below it
    for number in find_numbers(fact.text):
        if not any(number.equals(each) for each in known):
            return f"reads {fact.text}; its value is {', '.join(f'{each:g}' for each in known)}"
    return None


def _cell_problem(fact: Fact) -> str | None:
    """A value that is one cell's own, and is not what the cell holds now."""
    if len(fact.origins) != 1 or not isinstance(fact.value, int | float) or isinstance(fact.value, bool):
        return None
    origin = fact.origins[0]
    if origin.column.startswith("@") or fact.how != _name(origin):
        return None
    try:
        table = _table(origin.table)
    except TableError as error:
        return str(error)
    cell = _cell(table, origin)
    if cell is None:
        return f"its row is no longer in {table.id}, or is empty there"
    if cell != fact.value:
        return f"reads {fact.text}; {table.id} has {cell:g} there now"
    return None


def _name(origin: Origin) -> str:
    key = ", ".join("–" if part is None else str(part) for part in origin.row.values())
    return clean(f"{origin.column}[{key}]")


def _cell(table: FrozenTable, origin: Origin) -> float | None:
    """The number in a cell; None where there is none. One cell is decoded, not the table: a book shows few of many."""
    try:
        column = table.sidecar.column(origin.column)
        if table.sidecar.format == "parquet":
            row = _decoded(table.id)[tuple(origin.row.values())]
            return row[column.name]
        key = tuple(_field(value, table.sidecar.column(name)) for name, value in origin.row.items())
        text = _raw(table.id)[key][[each.name for each in table.sidecar.columns].index(column.name)]
    except (KeyError, ValueError, TableError):
        return None
    return None if not text else int(text) if column.type == "integer" else float(text)


def _field(value: object, column: Column) -> str:
    return value if isinstance(value, str) else encode_cell(value, column)


@cache
def _table(table_id: str) -> FrozenTable:
    return read_table(table_id)


@cache
def _raw(table_id: str) -> dict[tuple[str, ...], list[str]]:
    """The fields of each row of a CSV as they stand there, by its key."""
    table = _table(table_id)
    header, *rows = csv.reader(io.StringIO(table.data.decode(), newline=""))
    places = [header.index(name) for name in table.sidecar.key]
    return {tuple(row[place] for place in places): row for row in rows}


@cache
def _decoded(table_id: str) -> dict[tuple, Mapping]:
    table = _table(table_id)
    return {tuple(row[name] for name in table.sidecar.key): row for row in table.rows}
