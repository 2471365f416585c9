"""Cells of frozen tables, as these are now, each looked up by the key of its row."""

import csv
import io
from collections.abc import Iterable
from functools import reduce
from typing import TYPE_CHECKING, Any

from analysis.facts.read_once import read_once
from experiments.tables.cells import decode_field, encode_cell
from experiments.tables.read import FrozenTable
from experiments.tables.sidecar import Column
from report.ledger.model import Origin

if TYPE_CHECKING:
    import pyarrow

Names = tuple[str, ...]
"""Columns of a table, such as those of its key; and their cells in a row."""
Key = tuple[Any, ...]


class Cells:
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
    """The row of each key in these columns, by one look at each of them.

    A million rows would take half a gigabyte as objects of Python.
    """
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
