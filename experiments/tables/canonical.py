"""Rows to bytes and back, so that the same rows are always the same file.

The form is RFC 4180 with these choices, each of which decoding insists on:

- UTF-8 without a byte-order mark, LF line ends, a header, rows in the order the study gave them;
- a missing cell is an empty field; the empty string is `""`; a string is quoted only where it must be;
- integers in plain decimals of any length; booleans `true` and `false`;
- numbers in the shortest form that reads back to the same double, or with the column's fixed decimals; there is no NaN
  and no infinity, and negative zero is written as zero, since its sign is noise of the platform.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from numbers import Integral, Real
from typing import NamedTuple

from experiments.tables.errors import TableError, printable
from experiments.tables.sidecar import Column

Cell = str | int | float | bool | None
Row = dict[str, Cell]

_FIELD = re.compile(r'"(?:[^"]|"")*"|[^",\r\n]*')
_NEEDS_QUOTES = re.compile(r'[",\r\n]')
_INTEGER = re.compile(r"-?[0-9]+")


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
            raise TableError(f"{where}: row {number} lacks {lacking or 'nothing'} and adds {added or 'nothing'}")
        try:
            fields = {column.name: encode_cell(row[column.name], column) for column in columns}
        except ValueError as error:
            raise TableError(f"{where}: row {number}, {error}") from None
        _check_key(seen, tuple(fields[name] for name in key), number, key, f"{where}: row {number}", "row")
        lines.append(",".join(fields.values()))
    return ("\n".join(lines) + "\n").encode()


def encode_cell(value: object, column: Column) -> str:
    """The field that stands for `value`. Raises ValueError naming the column where the value does not belong there."""
    value = value.item() if hasattr(value, "item") else value  # NumPy scalars
    if value is None:
        if column.nullable:
            return ""
        raise ValueError(f"column {column.name}: missing, and the column is not nullable")
    try:
        return _ENCODERS[column.type](value, column)
    except ValueError as error:
        raise ValueError(f"column {column.name}: {error}") from None


def _encode_string(value: object, column: Column) -> str:
    if not isinstance(value, str):
        raise ValueError(f"expected a string, found {_described(value)}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{printable(value)} has a lone surrogate, which UTF-8 cannot hold") from None
    if value == "" or _NEEDS_QUOTES.search(value):
        return '"' + value.replace('"', '""') + '"'
    return value


def _encode_integer(value: object, column: Column) -> str:
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise ValueError(f"expected an integer, found {_described(value)}")
    return str(int(value))


def _encode_number(value: object, column: Column) -> str:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ValueError(f"expected a number, found {_described(value)}")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{number} is no value; a cell that is not known is missing, in a nullable column")
    if isinstance(value, Integral) and int(number) != int(value):
        raise ValueError(f"{value} is beyond what a double holds exactly; make the column an integer")
    text = repr(number) if column.decimals is None else f"{number:.{column.decimals}f}"
    return text[1:] if text.startswith("-") and float(text) == 0 else text


def _encode_boolean(value: object, column: Column) -> str:
    if not isinstance(value, bool):
        raise ValueError(f"expected true or false, found {_described(value)}")
    return "true" if value else "false"


_ENCODERS = {"string": _encode_string, "integer": _encode_integer, "number": _encode_number, "boolean": _encode_boolean}


def _described(value: object) -> str:
    return f"{printable(repr(value), 40)} ({type(value).__name__})"


def decode(data: bytes, columns: Sequence[Column], key: Sequence[str], where: str) -> list[Row]:
    """The rows of a canonical CSV. Raises TableError with line and column for anything `encode` would not write."""
    parsed = records(data, where)
    header = next(parsed)
    _check_header(header.fields, [column.name for column in columns], where)
    rows: list[Row] = []
    seen: dict[tuple[str, ...], int] = {}
    positions = [header.fields.index(name) for name in key]
    for line, fields in parsed:
        if len(fields) != len(columns):
            raise TableError(f"{where}:{line}: {len(fields)} fields where the header has {len(columns)}")
        try:
            rows.append({column.name: decode_field(text, column) for column, text in zip(columns, fields, strict=True)})
        except ValueError as error:
            raise TableError(f"{where}:{line}: {error}") from None
        _check_key(seen, tuple(fields[p] for p in positions), line, key, f"{where}:{line}", "line")
    return rows


def records(data: bytes, where: str) -> Iterator[Record]:
    """The header and the rows as raw fields. Raises TableError with line and column where the text is no such CSV."""
    text = _text(data, where)
    position, line = 0, 1
    while position < len(text):
        start, fields = line, []
        while True:
            match = _FIELD.match(text, position)
            fields.append(match.group())
            line += match.group().count("\n")
            position = match.end()
            end = text[position : position + 1]
            position += 1
            if end == "\n":
                line += 1
                break
            if end != ",":
                raise TableError(f"{where}:{line}: {_misplaced(end, len(fields))}")
        yield Record(start, tuple(fields))


def _text(data: bytes, where: str) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        raise TableError(f"{where}: starts with a byte-order mark; save it as UTF-8 without one")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TableError(f"{where}:{line}: byte {error.start} (0x{data[error.start]:02x}) is not UTF-8") from None
    if not text:
        raise TableError(f"{where}: empty; even a table without rows has a header")
    return text


def _misplaced(end: str, field: int) -> str:
    if end == "\r":
        return "ends in CR or CRLF; a frozen table has LF line ends (check git's core.autocrlf)"
    if end == "":
        return f"cut off after field {field}: the last line does not end, or a quote is not closed"
    return f"field {field}: a quote where a comma or the end of the line belongs"


def _check_header(found: tuple[str, ...], expected: list[str], where: str) -> None:
    if list(found) == expected:
        return
    missing = [name for name in expected if name not in found]
    extra = [printable(name) for name in found if name not in expected]
    parts = [f"{word} {', '.join(names)}" for word, names in (("missing", missing), ("unknown", extra)) if names]
    what = "; ".join(parts) or f"{', '.join(found)} instead of {', '.join(expected)}"
    raise TableError(f"{where}:1: the columns are not those of the sidecar: {what}")


def _check_key(
    seen: dict[tuple[str, ...], int], cells: tuple[str, ...], number: int, key: Sequence[str], where: str, word: str
) -> None:
    first = seen.setdefault(cells, number)
    if first != number:
        shown = ", ".join(f"{name}={printable(cell)}" for name, cell in zip(key, cells, strict=True))
        raise TableError(f"{where}: the key {shown} is already that of {word} {first}")


def decode_field(text: str, column: Column) -> Cell:
    """The value of one raw field. Raises ValueError naming the column where `encode_cell` would not have written it."""
    if text == "":
        if column.nullable:
            return None
        raise ValueError(f"column {column.name}: empty, and the column is not nullable")
    try:
        value = _DECODERS[column.type](text)
        if _ENCODERS[column.type](value, column) == text:
            return value
    except (ValueError, OverflowError):
        shown = printable(text, 40)
        raise ValueError(f"column {column.name}: {shown} is no {_NOUNS[column.type]}") from None
    raise ValueError(f"column {column.name}: {printable(text, 40)} is not in the form in which tables are frozen")


def _decode_string(text: str) -> str:
    return text[1:-1].replace('""', '"') if text.startswith('"') else text


def _decode_integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise ValueError
    return int(text)


def _decode_boolean(text: str) -> bool:
    return {"true": True, "false": False}[text] if text in ("true", "false") else _refuse()


def _refuse() -> bool:
    raise ValueError


_DECODERS = {"string": _decode_string, "integer": _decode_integer, "number": float, "boolean": _decode_boolean}
_NOUNS = {
    "string": "string",
    "integer": "integer",
    "number": "finite number",
    "boolean": "boolean (true or false)",
}
