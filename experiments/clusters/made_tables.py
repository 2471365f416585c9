"""Tables that a machine of a cluster has put together, as one JSON file: nothing that is read from it can run code."""

import base64
import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import numpy as np

from experiments.system import Rows, TableResult

if TYPE_CHECKING:
    import pyarrow

ARROW = "arrow"
"""The key of rows that a system has in columns; they are Arrow's own stream of bytes."""


def write_tables(made: Iterable[TableResult]) -> bytes:
    """The tables as JSON. Raises TypeError for a cell that no table may hold."""
    tables = [{**asdict(replace(each, rows=[])), "rows": _written(each.rows)} for each in made]
    return json.dumps(tables, default=_plain, separators=(",", ":")).encode()


def read_tables(content: bytes) -> list[TableResult]:
    """Read the tables that `write_tables` wrote.

    Raises ValueError, KeyError or TypeError where these bytes are none.
    """
    return [
        TableResult(**{**each, "rows": _read(each["rows"]), "seeds": tuple(each["seeds"])})
        for each in json.loads(content)
    ]


def _written(rows: Rows) -> object:
    if isinstance(rows, list | tuple):
        return [dict(row) for row in rows]
    return {ARROW: base64.b85encode(_stream(rows)).decode()}


def _stream(rows: "pyarrow.Table") -> bytes:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as stream:
        stream.write_table(rows)
    return sink.getvalue().to_pybytes()


def _read(rows: object) -> Rows:
    if isinstance(rows, list):
        return rows
    import pyarrow as pa

    with pa.ipc.open_stream(base64.b85decode(rows[ARROW])) as stream:
        return stream.read_all()


def _plain(value: object) -> object:
    """A scalar of NumPy as Python's own, as the encoder of tables takes it too."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} in a table")
