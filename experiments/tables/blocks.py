"""Digests of the rows and columns of a Parquet table, few enough for a sidecar, and the cells that they lead to.

A small table has a digest for each row. One of more than `MOST_ROWS` has them in two dimensions: with blocks of about
the square root of its rows, one digest for each block of consecutive rows, and one for each position within a block,
over all blocks. A changed row is where a changed block and a changed position meet.
"""

import hashlib
import math
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
import pyarrow as pa

from experiments.tables.digest import SHORT, sha256_bytes
from experiments.tables.errors import printable
from experiments.tables.parquet import read_parquet
from experiments.tables.sidecar import Sidecar

MOST_ROWS = 5000
MOST_NAMED = 100


def block_digests(table: pa.Table) -> dict[str, object]:
    """`rows`, `block`, `positions` and `columns` of the sidecar's digests, for a table as `as_arrow` gives it."""
    count = table.num_rows
    block = 1 if count <= MOST_ROWS else math.isqrt(count - 1) + 1
    flat = [_Flat(column) for column in table.columns]
    positions: tuple[str, ...] = ()
    if block > 1:
        order = np.concatenate([np.arange(first, count, block) for first in range(block)])
        sizes = [len(range(first, count, block)) for first in range(block)]
        moved = [_Flat(column) for column in table.take(pa.array(order)).columns]
        ends = np.cumsum(sizes)
        positions = tuple(_short(moved, end - size, end) for size, end in zip(sizes, ends.tolist(), strict=True))
    return {
        "rows": tuple(_short(flat, start, min(start + block, count)) for start in range(0, count, block)),
        "block": block,
        "positions": positions,
        "columns": {
            name: _digest([column], 0, count).hexdigest() for name, column in zip(table.column_names, flat, strict=True)
        },
    }


class _Flat:
    """A column as plain arrays, of which any run of rows can be hashed without copying it."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        self.valid = column.is_valid().to_numpy().astype(np.uint8)
        self.data: np.ndarray | None = None
        if pa.types.is_string(column.type):
            array = pa.concat_arrays([pa.array([], pa.string()), *column.fill_null("").chunks])
            _, offsets, data = array.buffers()
            self.starts = np.frombuffer(offsets, np.int32)[array.offset : array.offset + len(array) + 1].astype(
                np.int64
            )
            self.values = np.diff(self.starts)
            self.data = np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)
        elif pa.types.is_boolean(column.type):
            self.values = column.fill_null(False).to_numpy().astype(np.uint8)
        else:
            kind = "<i8" if pa.types.is_integer(column.type) else "<f8"
            self.values = np.ascontiguousarray(column.fill_null(0).to_numpy(), kind)

    def feed(self, digest: "hashlib._Hash", start: int, end: int) -> None:
        digest.update(self.valid[start:end])
        digest.update(self.values[start:end])
        if self.data is not None:
            digest.update(self.data[self.starts[start] : self.starts[end]])


def _digest(columns: Sequence[_Flat], start: int, end: int) -> "hashlib._Hash":
    digest = hashlib.sha256()
    for column in columns:
        column.feed(digest, start, end)
    return digest


def _short(columns: Sequence[_Flat], start: int, end: int) -> str:
    return _digest(columns, start, end).hexdigest()[:SHORT]


def changed_cells(data: bytes, sidecar: Sidecar, where: str) -> Iterator[str]:
    """What differs from the frozen table: by row and column where that can be told. TableError where it is no table.

    Changes in several blocks and several positions at once leave every crossing of them suspect.
    """
    found = read_parquet(data, sidecar.columns, where)
    now, then = block_digests(found), sidecar.digests
    names = [name for name in found.column_names if now["columns"][name] != then.columns[name]]
    columns = f"column {' or '.join(names)}" if names else "some column"
    if found.num_rows != sidecar.row_count:
        yield f"{found.num_rows} rows, {sidecar.row_count} when it was frozen"
        return
    if sha256_bytes(data) != then.table and not names:
        yield "was written anew; its cells are those that were frozen"
        return
    block = then.block
    positions = [p for p, (was, is_) in enumerate(zip(then.positions, now["positions"], strict=True)) if was != is_]
    suspects = (
        row
        for number, (was, is_) in enumerate(zip(then.rows, now["rows"], strict=True))
        if was != is_
        for row in (number * block + position for position in (positions if block > 1 else [0]))
        if row < found.num_rows
    )
    for row in islice(suspects, MOST_NAMED):
        yield f"row {row_name(found, row, sidecar.key)}, {columns}: changed after it was frozen"
    if next(suspects, None) is not None:
        yield f"more rows than these {MOST_NAMED}, {columns}: changed after it was frozen"


def row_name(table: pa.Table, row: int, key: Sequence[str]) -> str:
    """The cells of the key in a row, as messages name it."""
    return ", ".join(f"{name}={printable(str(table[name][row].as_py()))}" for name in key)
