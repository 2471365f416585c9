"""Whether shown values round from the cells of their tables, as these are now."""

import csv
import io
from collections.abc import Iterable, Iterator
from functools import reduce
from typing import TYPE_CHECKING, Any

from analysis.facts.escape import clean
from analysis.facts.formatting import MISSING
from analysis.facts.read_once import read_once
from experiments.tables.cells import decode_field, encode_cell
from experiments.tables.errors import TableError
from experiments.tables.read import FrozenTable
from experiments.tables.sidecar import Column
from report.checking.nearest import numbers_of
from report.checking.numbers import find_numbers
from report.ledger.model import Fact, Interval, Origin, PValue

if TYPE_CHECKING:
    import pyarrow

Names = tuple[str, ...]
"""Columns of a table, such as those of its key; and their cells in a row."""
Key = tuple[Any, ...]


def misrounded(facts: Iterable[Fact]) -> Iterator[tuple[Fact, str]]:
    """The facts whose text is not their value, or whose value is not their cell's, each with what is wrong."""
    facts = list(facts)
    cells = _Cells(fact.origins[0] for fact in facts if len(fact.origins) == 1)
    for fact in facts:
        if problem := _text_problem(fact) or _cell_problem(fact, cells) or _name_problem(fact, cells):
            yield fact, problem


def _text_problem(fact: Fact) -> str | None:
    value = fact.value
    if isinstance(value, Interval) and value.estimate is None and None in (value.low, value.high):
        value = None
    if value is None or (fact.text == MISSING and not isinstance(value, str)):
        return None if value is None and fact.text == MISSING else f"reads {fact.text}; its value is {value}"
    if isinstance(value, bool):
        return None if fact.text == ("yes" if value else "no") else f"reads {fact.text}; its value is {value}"
    if isinstance(value, str):
        return None if fact.text == value or fact.text == clean(value) else f"reads {fact.text}; its value is {value}"
    known = list(numbers_of(fact))
    if isinstance(value, PValue):
        known.append(0.001)  # below it a p-value is shown as below it
    for number in find_numbers(fact.text):
        if not any(number.equals(each) for each in known):
            return f"reads {fact.text}; its value is {', '.join(f'{each:g}' for each in known)}"
    return None


def _cell_problem(fact: Fact, cells: "_Cells") -> str | None:
    """A value that is one cell's own, and is not what the cell holds now."""
    if len(fact.origins) != 1 or not isinstance(fact.value, int | float) or isinstance(fact.value, bool):
        return None
    origin = fact.origins[0]
    if origin.column.startswith("@") or not _is_named(origin, fact.how):
        return None
    try:
        cell = cells.cell(origin)
    except TableError as error:
        return str(error)
    if not isinstance(cell, int | float):
        return f"its row is no longer in {origin.table}, or is empty there"
    if cell != fact.value:
        return f"reads {fact.text}; {origin.table} has {cell:g} there now"
    return None


def _name_problem(fact: Fact, cells: "_Cells") -> str | None:
    """A number in a name that is made from the text of one cell, and stands neither there nor in the key of its row.

    What is worked out from a setting of a claim (“named in …”), such as one over the number of classes, is no name.
    """
    if not isinstance(fact.value, str) or len(fact.origins) != 1 or fact.how.startswith("named in "):
        return None
    origin = fact.origins[0]
    numbers = [number for number in find_numbers(fact.value) if number.value is not None]
    if not numbers or origin.column.startswith("@"):
        return None
    try:
        cell = cells.cell(origin)
    except TableError as error:
        return str(error)
    if not isinstance(cell, str) or fact.value.removesuffix("…") in cell:
        return None
    behind = (cell, origin.table, *origin.row.values())
    known = [float(each) for each in behind if isinstance(each, int | float)]
    texts = (each for each in behind if isinstance(each, str))
    known += [number.value for text in texts for number in find_numbers(text) if number.value is not None]
    wrong = next((number for number in numbers if not any(map(number.equals, known))), None)
    return wrong and f"reads {fact.text}; the cell behind it, {cell!r}, has no {wrong.text.strip()}"


def _is_named(origin: Origin, how: str) -> bool:
    """Whether a derivation is the name of the cell and no more."""
    if not how.startswith(origin.column):
        return False
    name = f"{origin.column}[{', '.join('–' if part is None else str(part) for part in origin.row.values())}]"
    return how == name or how == clean(name)


class _Cells:
    """Cells of frozen tables. Each is decoded alone, and not its table: a book shows few of many.

    `asked` are the origins that will be asked for: the rows of a Parquet table are looked for all at once.
    """

    def __init__(self, asked: Iterable[Origin]) -> None:
        self._asked: dict[tuple[str, Names], set[Key]] = {}
        for origin in asked:
            self._asked.setdefault((origin.table, tuple(origin.row)), set()).add(tuple(origin.row.values()))
        self._places: dict[tuple[str, Names], dict[Key, int]] = {}
        self._tables: dict[str, FrozenTable] = {}
        self._csvs: dict[str, tuple[dict[str, tuple[Column, int]], dict[tuple[str, ...], list[str]]]] = {}
        self._rows: dict[tuple[Any, ...], list[str]] = {}

    def cell(self, origin: Origin) -> Any:
        """The number or text in a cell; None where it is empty or not there. Raises TableError for a damaged table."""
        if origin.table not in self._tables:
            self._tables[origin.table] = read_once(origin.table)
        table = self._tables[origin.table]
        try:
            if table.sidecar.format == "parquet":
                return self._in_parquet(table, origin)
            return self._in_csv(table, origin)
        except (KeyError, ValueError, NotImplementedError):  # a column that is gone, or of another type by now
            return None

    def _in_parquet(self, table: FrozenTable, origin: Origin) -> Any:
        if not origin.row:
            return None
        asked = (table.id, tuple(origin.row))
        if asked not in self._places:
            self._places[asked] = _places_of(table.arrow(), tuple(origin.row), self._asked[asked])
        place = self._places[asked].get(tuple(origin.row.values()))
        return None if place is None else table.arrow()[origin.column][place].as_py()

    def _in_csv(self, table: FrozenTable, origin: Origin) -> Any:
        if table.id not in self._csvs:
            columns = {column.name: (column, place) for place, column in enumerate(table.sidecar.columns)}
            self._csvs[table.id] = (columns, _fields_by_key(table))
        columns, fields = self._csvs[table.id]
        column, place = columns[origin.column]
        asked = (table.id, *origin.row.items())
        if asked not in self._rows:
            key = [
                value if isinstance(value, str) else encode_cell(value, columns[name][0])
                for name, value in origin.row.items()
            ]
            self._rows[asked] = fields[tuple(key)]
        text = self._rows[asked][place]
        if column.type == "string":
            return text
        return decode_field(text, column) if text else None


def _fields_by_key(table: FrozenTable) -> dict[tuple[str, ...], list[str]]:
    """The fields of a CSV as they stand there, by the row's key."""
    header, *rows = csv.reader(io.StringIO(table.data.decode(), newline=""))
    places = [header.index(name) for name in table.sidecar.key]
    return {tuple(row[place] for place in places): row for row in rows}


def _places_of(columns: "pyarrow.Table", names: Names, keys: Iterable[Key]) -> dict[Key, int]:
    """The row of each key in these columns, by one look at each of them: a million rows would take half a gigabyte as
    objects of Python."""
    import pyarrow as pa
    import pyarrow.compute as pc

    types = [columns.schema.field(name).type for name in names]

    def fits(key: Key) -> bool:
        try:
            return all(pa.scalar(value, kind).is_valid for value, kind in zip(key, types, strict=True))
        except (pa.ArrowException, TypeError):  # a column is of another type by now
            return False

    fitting = [key for key in keys if fits(key)]
    masks = [
        pc.is_in(columns[name], pa.array([key[at] for key in fitting], types[at])) for at, name in enumerate(names)
    ]
    places = pc.indices_nonzero(reduce(pc.and_, masks))
    rows = zip(*(columns[name].take(places).to_pylist() for name in names), strict=True)
    return dict(zip(rows, places.to_pylist(), strict=True))
