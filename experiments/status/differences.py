"""Compare two versions of a table cell by cell."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from experiments.tables.canonical import Record, records
from experiments.tables.cells import encode_cell
from experiments.tables.errors import printable
from experiments.tables.sidecar import Sidecar

if TYPE_CHECKING:
    import pyarrow


class Version(NamedTuple):
    """The bytes of a table at some time, and the sidecar by which they are read."""

    data: bytes
    sidecar: Sidecar


class Difference(NamedTuple):
    """One cell, row or header that differs: the line in the CSV that was found (0 in Parquet), and what differs."""

    line: int
    what: str


class _Content(NamedTuple):
    """The names of the columns, and the rows, with the fields that stand in a CSV or would stand there."""

    names: tuple[str, ...]
    rows: list[Record]


def differences(before: Version, found: Version, where: str, word: str) -> Iterator[Difference]:
    """What differs in `found` from `before`, rows matched by key; `word` says how `before` came to be: "frozen".

    Raises TableError where one of the two is not readable as a table.
    """
    if before.data == found.data:
        return
    old, new, moved = _contents(before, found, where)
    if new.names != old.names:
        yield Difference(1, f"the header: {_columns(new.names, old.names, word)}")
        return
    yield from _rows(old, new, found.sidecar, word, moved)


def changes_of_table(before: Version, found: Version, where: str, word: str) -> Iterator[Difference]:
    """What differs in `found` from `before` where columns may have come and gone: these, and then the cells."""
    if before.data == found.data:
        return
    old, new, moved = _contents(before, found, where)
    for name in new.names:
        if name not in old.names:
            yield Difference(1, f"column {printable(name)}: not there when {word}")
    for name in old.names:
        if name not in new.names:
            yield Difference(1, f"column {printable(name)}: gone, though there when {word}")
    common = tuple(name for name in new.names if name in old.names)
    if set(found.sidecar.key) <= set(common):
        yield from _rows(_only(old, common), _only(new, common), found.sidecar, word, moved)
    else:
        yield Difference(1, f"the key is {', '.join(found.sidecar.key)}, which was no column when {word}")


def _rows(old: _Content, new: _Content, sidecar: Sidecar, word: str, moved: bool) -> Iterator[Difference]:
    names = new.names
    waiting = {_key(record, names, sidecar): record for record in old.rows}
    added = []
    for record in new.rows:
        before = waiting.pop(_key(record, names, sidecar), None)
        if before is None:
            added.append(record)
        else:
            yield from _cells(before, record, names, sidecar, word)
    if len(added) == len(waiting):  # the key itself was changed
        for before, record in zip(waiting.values(), added, strict=True):
            yield from _cells(before, record, names, sidecar, word)
    else:
        for record in added:
            yield Difference(record.line, f"row {_key(record, names, sidecar)}: not there when {word}")
        for key in waiting:
            yield Difference(new.rows[-1].line if new.rows else 0, f"row {key}: gone, though there when {word}")
    if added or waiting:
        return
    if moved or [_key(r, names, sidecar) for r in old.rows] != [_key(r, names, sidecar) for r in new.rows]:
        yield Difference(2, f"the rows stand in another order than when {word}")


def _contents(before: Version, found: Version, where: str) -> tuple[_Content, _Content, bool]:
    """The contents of two versions, and whether rows that are in both have moved.

    Of two Parquet files the contents are only the rows that are not in both, and only there it is told what moved.
    """
    if before.sidecar.format == found.sidecar.format == "parquet":
        old, new = _table(before, where), _table(found, where)
        if old.column_names == new.column_names:
            from experiments.tables.parquet import rows_not_in

            old_rest, new_rest = rows_not_in(old, new), rows_not_in(new, old)
            moved = not old_rest.num_rows and not new_rest.num_rows and not old.equals(new)
            return _from_arrow(old_rest, before.sidecar), _from_arrow(new_rest, found.sidecar), moved
        return _from_arrow(old, before.sidecar), _from_arrow(new, found.sidecar), False
    return _content(before, where), _content(found, where), False


def _content(version: Version, where: str) -> _Content:
    if version.sidecar.format == "parquet":
        return _from_arrow(_table(version, where), version.sidecar)
    header, *rows = records(version.data, where)
    return _Content(header.fields, rows)


def _table(version: Version, where: str) -> "pyarrow.Table":
    from experiments.tables.parquet import read_parquet

    return read_parquet(version.data, version.sidecar.columns, where)


def _from_arrow(table: "pyarrow.Table", sidecar: Sidecar) -> _Content:
    fields = [
        [encode_cell(cell, column) if cell is not None else "" for cell in table[column.name].to_pylist()]
        for column in sidecar.columns
    ]
    names = tuple(column.name for column in sidecar.columns)
    return _Content(names, [Record(0, row) for row in zip(*fields, strict=True)])


def _only(content: _Content, names: Sequence[str]) -> _Content:
    places = [content.names.index(name) for name in names]
    uneven = len(content.names)
    rows = [
        Record(line, tuple(fields[place] for place in places) if len(fields) == uneven else fields)
        for line, fields in content.rows
    ]
    return _Content(tuple(names), rows)


def _columns(names: tuple[str, ...], before: tuple[str, ...], word: str) -> str:
    """The first column that differs: a header is too long to be compared by eye."""
    for name, was in zip(names, before, strict=False):
        if name != was:
            return f"found column {_shown(name)} where {word} with {_shown(was)}"
    return f"found {len(names)} columns, {word} with {len(before)}"


def _cells(before: Record, record: Record, names: tuple[str, ...], sidecar: Sidecar, word: str) -> Iterator[Difference]:
    key = _key(before, names, sidecar)
    if len(record.fields) != len(names):
        yield Difference(record.line, f"row {key}: {len(record.fields)} fields, {word} with {len(names)}")
        return
    for name, was, now in zip(names, before.fields, record.fields, strict=True):
        if was != now:
            yield Difference(record.line, f"row {key}, column {name}: found {_shown(now)}, {word} {_shown(was)}")


def _key(record: Record, names: tuple[str, ...], sidecar: Sidecar) -> str:
    cells = dict(zip(names, record.fields, strict=False))
    return ", ".join(f"{name}={_shown(cells.get(name, ''))}" for name in sidecar.key)


def _shown(text: str) -> str:
    if text != text.strip():  # what differs may be a space
        return repr(printable(text, 60))
    return printable(text, 60) if text else "nothing"
