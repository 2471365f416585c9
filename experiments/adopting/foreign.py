"""Reads a CSV that some other program wrote: a notebook, a spreadsheet, pandas.

What such files bring along is accepted and said: a byte-order mark, CRLF, an index, columns that nobody asked for.
What would change a result is refused, with its line.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from experiments.tables.digest import sha256_bytes
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import shown_path

LONGEST = 200  # characters of an id or a label
_LONGEST_FIELD = 2**24  # of columns that are not read: texts, lists of probabilities
_MISSING = ("", "nan", "<na>")


class ForeignRow(NamedTuple):
    """The mapped cells of one row, by what they were mapped to, and the line it starts on."""

    line: int
    cells: dict[str, str]


class Foreign(NamedTuple):
    """A foreign file: its rows, the SHA-256 of its bytes, and what was accepted although it is not quite a table."""

    where: str
    rows: list[ForeignRow]
    sha256: str
    notes: list[str]


def read_foreign(path: Path, columns: Mapping[str, str]) -> Foreign:
    """The columns of the file that `columns` maps ours to, such as {"gold": "label"}, cells stripped of white space.

    Raises UserError with the line where a mapped column or a cell is missing, an id is repeated or no id, or the file
    is no CSV in UTF-8.
    """
    where = shown_path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"{where}: cannot be read: {error.strerror}") from None
    notes = []
    if data.startswith(b"\xef\xbb\xbf"):
        notes.append("a byte-order mark was left out")
    if b"\r\n" in data:
        notes.append("CRLF line ends were read as LF")
    records = _records(_decoded(data, where), where)
    _, header = next(records, (1, []))
    positions = _positions([name.strip() for name in header], columns, where)
    rows = [_row(line, fields, len(header), positions, where) for line, fields in records if fields]
    if not rows:
        raise UserError(f"{where}: there are no rows below the header")
    _check_ids(rows, where)
    if others := len(header) - len(set(positions.values())):
        notes.append("one other column was not read" if others == 1 else f"{others} other columns were not read")
    return Foreign(where, rows, sha256_bytes(data), notes)


def _decoded(data: bytes, where: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UserError(f"{where}:{line}: not UTF-8 (byte 0x{data[error.start]:02x}); save it as UTF-8") from None


def _records(text: str, where: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line that it starts on; a blank line is an empty record."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    limit = csv.field_size_limit(_LONGEST_FIELD)
    try:
        line = 1
        for fields in reader:
            yield line, fields
            line = reader.line_num + 1
    except csv.Error as error:
        raise UserError(f"{where}:{line}: not a CSV: {error}") from None
    finally:
        csv.field_size_limit(limit)


def _positions(header: list[str], columns: Mapping[str, str], where: str) -> dict[str, int]:
    for name in columns.values():
        times = header.count(name)
        if times > 1:
            raise UserError(f"{where}:1: the column {printable(name)} stands {times} times")
        if times == 0:
            known = printable(", ".join(header), 200) or "none"
            hint = next((f"; fields must be parted by commas, not {c!r}" for c in ";\t" if c in "".join(header)), "")
            wanted = f"column {printable(name)}" if name else "column without a name"
            raise UserError(f"{where}:1: there is no {wanted}; columns: {known}{hint}")
    return {ours: header.index(name) for ours, name in columns.items()}


def _row(line: int, fields: list[str], width: int, positions: Mapping[str, int], where: str) -> ForeignRow:
    if len(fields) != width:
        raise UserError(f"{where}:{line}: {len(fields)} fields, but the header has {width}")
    cells = {ours: fields[position].strip() for ours, position in positions.items()}
    for ours, cell in cells.items():
        if cell.lower() in _MISSING:
            raise UserError(f"{where}:{line}: {ours} is missing ({cell or 'an empty cell'})")
        if not cell.isprintable():
            raise UserError(f"{where}:{line}: {ours} has control characters: {printable(cell)}")
        if len(cell) > LONGEST:
            kind = "identifiers" if ours == "id" else "labels"
            raise UserError(f"{where}:{line}: {ours} has {len(cell)} characters; map {ours} to a column of {kind}")
    return ForeignRow(line, cells)


def _check_ids(rows: list[ForeignRow], where: str) -> None:
    first: dict[str, int] = {}
    for line, cells in rows:
        if (known := first.setdefault(cells["id"], line)) != line:
            raise UserError(f"{where}:{line}: the id {printable(cells['id'])} is already that of line {known}")
