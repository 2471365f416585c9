"""What depends on how a table is stored, CSV or Parquet, and needs both ways in one place."""

from collections.abc import Sequence

from experiments.tables import canonical
from experiments.tables.digest import sha256_bytes
from experiments.tables.localise import column_digests, row_digests
from experiments.tables.sidecar import Column, Digests, Format

SUFFIXES: dict[Format, str] = {"csv": ".csv", "parquet": ".parquet"}


def encode_rows(
    stored: Format, columns: Sequence[Column], key: Sequence[str], rows, where: str, known: Digests | None = None
) -> tuple[bytes, dict[str, object]]:
    """The table's file, and the digests of its contents: `table`, `rows`, `columns` and more of `Digests`.

    `rows` is a sequence of mappings or a `pyarrow.Table`. `known` are the digests of a table of which this one may be a
    copy: for the same bytes those of many rows are not worked out again. Raises TableError where a row does not fit the
    columns.
    """
    if stored == "parquet":
        from experiments.tables import blocks, parquet

        data = parquet.encode_parquet(columns, key, rows, where)
        if known is not None and sha256_bytes(data) == known.table:
            return data, known.model_dump(include={"table", "rows", "block", "positions", "columns"})
        found = blocks.block_digests(parquet.read_parquet(data, columns, where))
        return data, {"table": sha256_bytes(data), **found}
    data = canonical.encode(columns, key, rows if isinstance(rows, Sequence) else rows.to_pylist(), where)
    return data, csv_digests(data, columns)


def csv_digests(data: bytes, columns: Sequence[Column]) -> dict[str, object]:
    """The digests of the contents of a CSV."""
    names = [column.name for column in columns]
    return {"table": sha256_bytes(data), "rows": row_digests(data), "columns": column_digests(data, names)}
