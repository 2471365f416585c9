"""Rows to bytes and back, so that the same rows are always the same file.

The form is RFC 4180 in UTF-8 without a byte-order mark, with LF line ends, a header, and the rows in the order in which
the study gave them; `cells` fixes the form of each field. Reading insists on exactly that form.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from experiments.tables.cells import Cell, decode_field, encode_cell
from experiments.tables.errors import MisnamedError, TableError, printable
from experiments.tables.sidecar import Column

Row = dict[str, Cell]

_FIELD = re.compile(r'"(?:[^"]|"")*"|[^",\r\n]*')


class Record(NamedTuple):
    """One line of a CSV as it stands there: the line it starts on, and its fields with their quotes."""

    line: int
    fields: tuple[str, ...]


def encode(columns: Sequence[Column], key: Sequence[str], rows: Iterable[Mapping[str, object]], where: str) -> bytes:
    """The bytes of the table. Raises TableError naming row and column where a row does not fit the columns."""
    names = [column.name for column in columns]
    lines = [",".join(names)]
    seen: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(rows, start=1):
        if set(row) != set(names):
            lacking, added = sorted(set(names) - set(row)), sorted(map(printable, set(row) - set(names)))
            raise MisnamedError(f"row {number} lacks {lacking or 'nothing'} and adds {added or 'nothing'}", where)
        try:
            fields = {column.name: encode_cell(row[column.name], column) for column in columns}
        except ValueError as error:
            raise TableError(f"row {number}, {error}", where) from None
        _check_key(seen, tuple(fields[name] for name in key), number, key, f"{where}: row {number}", "row")
        lines.append(",".join(fields.values()))
    return ("\n".join(lines) + "\n").encode()


def decode(data: bytes, columns: Sequence[Column], key: Sequence[str], where: str) -> list[Row]:
    """The rows of a canonical CSV. Raises TableError with line and column for anything `encode` would not write."""
    parsed = records(data, where)
    header = next(parsed)
    _check_header(header.fields, [column.name for column in columns], where)
    rows: list[Row] = []
    seen: dict[tuple[str, ...], int] = {}
    values = [(column.name, _Values(column)) for column in columns]
    positions = [header.fields.index(name) for name in key]
    for line, fields in parsed:
        if len(fields) != len(columns):
            raise TableError(f"{len(fields)} fields where the header has {len(columns)}", f"{where}:{line}")
        try:
            rows.append({name: of_text[text] for (name, of_text), text in zip(values, fields, strict=True)})
        except ValueError as error:
            shown = ", ".join(f"{name}={printable(fields[p])}" for name, p in zip(key, positions, strict=True))
            raise TableError(f"row {shown}, {error}", f"{where}:{line}") from None
        _check_key(seen, tuple(fields[p] for p in positions), line, key, f"{where}:{line}", "line")
    return rows


class _Values(dict[str, Cell]):
    """The values of the fields of a column, each decoded once however often it stands there."""

    def __init__(self, column: Column) -> None:
        super().__init__()
        self._column = column

    def __missing__(self, text: str) -> Cell:
        self[text] = value = decode_field(text, self._column)
        return value


def records(data: bytes, where: str) -> Iterator[Record]:
    """The header and the rows as raw fields. Raises TableError with line and column where the text is no such CSV."""
    text = _text(data, where)
    position, line = 0, 1
    while position < len(text):
        fields, after = _fields(text, position, line, where)
        yield Record(line, fields)
        line += text.count("\n", position, after)
        position = after


def _fields(text: str, start: int, line: int, where: str) -> tuple[tuple[str, ...], int]:
    """The raw fields of the record that begins at `start`, and where the next one begins."""
    end_of_line = text.find("\n", start)
    plain = text[start:end_of_line]
    if end_of_line >= 0 and '"' not in plain and "\r" not in plain:  # as most are
        return tuple(plain.split(",")), end_of_line + 1
    position, fields = start, []
    while True:
        match = _FIELD.match(text, position)
        fields.append(match.group())
        position = match.end() + 1
        end = text[match.end() : position]
        if end == "\n":
            return tuple(fields), position
        if end != ",":
            raise TableError(_misplaced(end, len(fields)), f"{where}:{line + text.count(chr(10), start, match.end())}")


def _text(data: bytes, where: str) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        raise TableError("starts with a byte-order mark", where, "save it as UTF-8 without one")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TableError(f"byte {error.start} (0x{data[error.start]:02x}) is not UTF-8", f"{where}:{line}") from None
    if not text:
        raise TableError("empty; even a table without rows has a header", where)
    return text


def _misplaced(end: str, field: int) -> str:
    if end == "\r":
        return "ends in CR or CRLF; a frozen table has LF line ends (check git's core.autocrlf)"
    if end == "":
        return f"cut off after field {field}: the last line does not end, or a quote is not closed"
    return f"field {field}: a quote that is not closed, or that stands inside a field that is not quoted"


def _check_header(found: tuple[str, ...], expected: list[str], where: str) -> None:
    if list(found) == expected:
        return
    missing = [name for name in expected if name not in found]
    extra = [printable(name) for name in found if name not in expected]
    parts = [f"{word} {', '.join(names)}" for word, names in (("missing", missing), ("unknown", extra)) if names]
    what = "; ".join(parts) or f"{', '.join(found)} instead of {', '.join(expected)}"
    raise TableError(f"the columns are not those of the sidecar: {what}", f"{where}:1")


def _check_key(
    seen: dict[tuple[str, ...], int], cells: tuple[str, ...], number: int, key: Sequence[str], where: str, word: str
) -> None:
    first = seen.setdefault(cells, number)
    if first != number:
        shown = ", ".join(f"{name}={printable(cell)}" for name, cell in zip(key, cells, strict=True))
        raise TableError(f"the key {shown} is already that of {word} {first}", where)
