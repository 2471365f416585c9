"""Tables of many rows as Parquet: columns at once, never row by row, and the same rows are always the same bytes.

The file has the columns in order as string, int64, double and boolean, compressed with zstd, with fixed writer options
and no metadata of its own. What a cell may hold is what the CSV may hold (`cells`), but for integers beyond 64 bits.
This module imports pyarrow, which takes a while: import it only where a table is Parquet.
"""

from collections.abc import Mapping, Sequence
from typing import NoReturn

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from experiments.tables import canonical
from experiments.tables.errors import MisnamedError, TableError, printable
from experiments.tables.sidecar import Column

ROWS_OF_GROUP = 131_072
TYPES = {"string": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_()}
_PLAIN = {
    "string": {str, type(None)},
    "integer": {int, type(None)},
    "number": {float, int, type(None)},
    "boolean": {bool, type(None)},
}
_LARGE = 2.0**40  # below this a product's error is far smaller than the distance at which a tie is told


def encode_parquet(columns: Sequence[Column], key: Sequence[str], rows, where: str) -> bytes:
    """The table as a file. `rows` is a sequence of mappings or a `pyarrow.Table`.

    Raises TableError naming row and column where a row does not fit the columns.
    """
    table = as_arrow(columns, key, rows, where)
    sink = pa.BufferOutputStream()
    pq.write_table(
        table,
        sink,
        row_group_size=ROWS_OF_GROUP,
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=3,
        use_dictionary=[column.name for column in columns if column.type != "number"],
        use_byte_stream_split=[column.name for column in columns if column.type == "number"],
        write_statistics=False,
        store_schema=False,
        write_page_checksum=True,
    )
    return sink.getvalue().to_pybytes()


def decode_parquet(data: bytes, columns: Sequence[Column], key: Sequence[str], where: str) -> pa.Table:
    """The columns of a frozen Parquet file. Raises TableError for anything that `encode_parquet` would not write."""
    table = read_parquet(data, columns, where)
    _check_values(table, columns, where)
    for column in columns:
        if column.decimals is not None:
            values = table[column.name]
            unlike = pc.fill_null(pc.not_equal(values, _rounded(values, column.decimals)), False)
            if pc.any(unlike).as_py():
                _refuse(unlike, column, "is not rounded as the column's decimals have it", where)
    _check_key(table, key, where)
    return table


def read_parquet(data: bytes, columns: Sequence[Column], where: str) -> pa.Table:
    """The columns of a Parquet file, whatever is in them. Raises TableError where names or types are not these."""
    try:
        found = pq.read_table(pa.BufferReader(data), page_checksum_verification=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        first = printable(str(error).splitlines()[0] if str(error) else type(error).__name__, 200)
        raise TableError(f"is no Parquet file, or a damaged one: {first}", where) from None
    return _cast(found, columns, where)


def as_arrow(columns: Sequence[Column], key: Sequence[str], rows, where: str) -> pa.Table:
    """The rows as they will be frozen: checked, in the columns' types, numbers rounded to their decimals."""
    if not isinstance(rows, pa.Table):
        return _from_mappings(columns, key, rows, where)
    table = _cast(rows.combine_chunks(), columns, where)
    _check_values(table, columns, where)
    for index, column in enumerate(columns):
        if column.type == "number":
            table = table.set_column(index, _field(column), _rounded(table[column.name], column.decimals))
    _check_key(table, key, where)
    return table


def rows_not_in(table: pa.Table, other: pa.Table) -> pa.Table:
    """The rows of `table`, in order, that `other`, a table of the same columns, does not have anywhere."""
    number = "row number"
    mine, theirs = _without_nulls(table), _without_nulls(other)
    numbered = mine.append_column(number, pa.array(np.arange(mine.num_rows)))
    rest = numbered.join(theirs, keys=mine.column_names, join_type="left anti", use_threads=False)
    return table.take(rest[number].sort())


def _without_nulls(table: pa.Table) -> pa.Table:
    """The table in columns without nulls (which no join matches): values, and whether there is one."""
    blank = {pa.string(): "", pa.int64(): 0, pa.float64(): 0.0, pa.bool_(): False}
    columns = {name: pc.fill_null(table[name], blank[table[name].type]) for name in table.column_names}
    there = {f"{name} there": pc.is_valid(table[name]) for name in table.column_names}
    return pa.table({**columns, **there})


def _from_mappings(
    columns: Sequence[Column], key: Sequence[str], rows: Sequence[Mapping[str, object]], where: str
) -> pa.Table:
    """`rows` in columns. What is wrong in a row, and what needs a closer look, is left to the encoder of CSV."""
    names = {column.name for column in columns}
    if any(row.keys() != names for row in rows):
        canonical.encode(columns, key, rows, where)
    cells = {column.name: [row[column.name] for row in rows] for column in columns}
    if any(not set(map(type, cells[column.name])) <= _PLAIN[column.type] for column in columns):
        # NumPy scalars, enumerations: the values that the CSV would hold
        rows = canonical.decode(canonical.encode(columns, key, rows, where), columns, key, where)
        cells = {column.name: [row[column.name] for row in rows] for column in columns}
    try:
        table = pa.table([pa.array(cells[column.name], TYPES[column.type]) for column in columns], names=list(cells))
        return as_arrow(columns, key, table, where)
    except (pa.ArrowException, OverflowError, UnicodeEncodeError, TableError) as error:
        canonical.encode(columns, key, rows, where)  # names row and column
        if isinstance(error, TableError):
            raise
        raise TableError(f"an integer beyond 64 bits, which Parquet cannot hold: {error}", where) from None


def _field(column: Column) -> pa.Field:
    return pa.field(column.name, TYPES[column.type], nullable=column.nullable)


def _cast(table: pa.Table, columns: Sequence[Column], where: str) -> pa.Table:
    """The columns in order and in their types. TableError where one is lacking, or is of another kind."""
    names = [column.name for column in columns]
    if sorted(table.column_names) != sorted(names):
        lacking = ", ".join(name for name in names if name not in table.column_names)
        added = ", ".join(printable(name) for name in table.column_names if name not in names)
        parts = [f"{word} {which}" for word, which in (("missing", lacking), ("unknown", added)) if which]
        raise MisnamedError(
            f"the columns are not those of the sidecar: {'; '.join(parts) or 'one stands twice'}", where
        )
    cast = []
    for column in columns:
        values = table[column.name]
        if not _is_of_kind(values.type, column):
            raise TableError(f"column {column.name}: {printable(str(values.type))} where {column.type} belongs", where)
        try:
            cast.append(values.cast(TYPES[column.type]))
        except pa.ArrowInvalid as error:
            what = printable(str(error), 120)
            raise TableError(f"column {column.name}: does not fit {column.type}: {what}", where) from None
    return pa.table(cast, schema=pa.schema([_field(column) for column in columns]))


def _is_of_kind(found: pa.DataType, column: Column) -> bool:
    if pa.types.is_dictionary(found):
        found = found.value_type
    if pa.types.is_null(found):
        return True
    if column.type == "string":
        return pa.types.is_string(found) or pa.types.is_large_string(found) or pa.types.is_string_view(found)
    if column.type == "integer":
        return pa.types.is_integer(found)
    if column.type == "number":
        return pa.types.is_floating(found) or pa.types.is_integer(found)
    return pa.types.is_boolean(found)


def _check_values(table: pa.Table, columns: Sequence[Column], where: str) -> None:
    for column in columns:
        values = table[column.name]
        if values.null_count and not column.nullable:
            _refuse(values.is_null(), column, "missing, and the column is not nullable", where)
        if column.type == "number":
            unknown = pc.fill_null(pc.invert(pc.is_finite(values)), False)
            if pc.any(unknown).as_py():
                what = "is no value; a cell that is not known is missing, in a nullable column"
                _refuse(unknown, column, f"{values[pc.index(unknown, True).as_py()]} {what}", where)


def _refuse(which: pa.ChunkedArray, column: Column, what: str, where: str) -> NoReturn:
    """Raise TableError for the first row in which `which` is true."""
    raise TableError(f"row {pc.index(which, True).as_py() + 1}, column {column.name}: {what}", where)


def _check_key(table: pa.Table, key: Sequence[str], where: str) -> None:
    if len(key) == 1 and pc.count_distinct(table[key[0]], mode="all").as_py() == table.num_rows:
        return  # told in less time than groups are made
    keys = table.select(list(key))
    groups = keys.group_by(list(key), use_threads=False).aggregate([([], "count_all")])
    if groups.num_rows == keys.num_rows:
        return
    twice = groups.filter(pc.greater(groups["count_all"], 1)).slice(0, 1).to_pylist()[0]
    same = np.ones(keys.num_rows, dtype=bool)
    for name in key:
        same &= pc.equal(keys[name], twice[name]).to_numpy()
    first, second = np.flatnonzero(same)[:2] + 1
    shown = ", ".join(f"{name}={printable(str(twice[name]))}" for name in key)
    raise TableError(f"the key {shown} is already that of row {first}", f"{where}: row {second}")


def _rounded(values: pa.ChunkedArray, decimals: int | None) -> pa.ChunkedArray:
    """The numbers as they are read back from a CSV: rounded half to even on their exact value, and no negative zero."""
    numbers = values.fill_null(0.0).to_numpy() + 0.0
    if decimals is not None:
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = numbers * 10.0**decimals
            # A whole number over a power of ten is the double nearest to that decimal; what is near a tie, or large,
            # is rounded as the CSV rounds it.
            doubtful = (np.abs(scaled - np.floor(scaled) - 0.5) < 1e-3) | (np.abs(scaled) >= _LARGE)
            rounded = np.rint(scaled) / 10.0**decimals
        rounded[doubtful] = [float(f"{number:.{decimals}f}") for number in numbers[doubtful]]
        numbers = rounded + 0.0
    return pa.chunked_array([pa.array(numbers, mask=values.is_null().to_numpy())])
