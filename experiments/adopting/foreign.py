"""Reads a CSV that some other program wrote: a notebook, a spreadsheet, pandas.

What such files bring along is accepted and said: a byte-order mark, CRLF, an index, columns that nobody asked for.
What would change a result is refused, with its line. A file of a million rows is read column by column; only where
something is wrong are its rows looked at one after the other, for the line.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from experiments.tables.digest import sha256_bytes
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import shown_path

if TYPE_CHECKING:
    import pyarrow as pa

LONGEST = 200  # characters of an id or a label
_LONGEST_FIELD = 2**24  # of columns that are not read: texts, lists of probabilities
_MISSING = {"", "nan", "<na>"}
ROWS_AT_ONCE = 50_000


@dataclass(frozen=True)
class Foreign:
    """A foreign file: its columns under our names, and what was accepted although it is not quite a table."""

    path: Path
    data: bytes
    columns: "pa.Table"
    notes: tuple[str, ...]

    @property
    def where(self) -> str:
        return shown_path(self.path)

    @property
    def sha256(self) -> str:
        """Of the bytes of the file."""
        return sha256_bytes(self.data)

    def line(self, row: int) -> int:
        """The line on which a row starts, the first row being 0."""
        return _line_of(self.data, row)


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
    try:
        header, found = _read_columns(data, columns, where)
    except UnicodeDecodeError:
        _raise_not_utf8(data, where)
    except csv.Error:
        _raise_not_csv(data, where)
    if others := len(header) - len(set(columns.values())):
        notes.append("one other column was not read" if others == 1 else f"{others} other columns were not read")
    return Foreign(path, data, found, tuple(notes))


def _read_columns(data: bytes, columns: Mapping[str, str], where: str) -> "tuple[list[str], pa.Table]":
    """The header and the mapped columns, checked."""
    import pyarrow as pa
    import pyarrow.compute as pc

    with _reading(data) as reader:
        header = [name.strip() for name in next(reader, [])]
        positions = _positions(header, columns, where)
        blocks: list[pa.Table] = []
        while block := list(islice(reader, ROWS_AT_ONCE)):
            rows = list(filter(None, block))  # a blank line is an empty record
            if any(len(fields) != len(header) for fields in rows):
                _raise_wrong_row(data, positions, len(header), where)
            fields = list(zip(*rows, strict=True))
            cells = {ours: list(map(str.strip, fields[at])) for ours, at in positions.items()} if rows else {}
            if not all(map(_sound, cells.values())):
                _raise_wrong_row(data, positions, len(header), where)
            if rows:
                blocks.append(pa.table({ours: pa.array(column, pa.string()) for ours, column in cells.items()}))
    if not blocks:
        raise UserError(f"{where}: there are no rows below the header")
    found = pa.concat_tables(blocks)
    if pc.count_distinct(found["id"]).as_py() != found.num_rows:
        _raise_repeated(data, found["id"].to_pylist(), where)
    return header, found


@contextmanager
def _reading(data: bytes) -> Iterator[Iterator[list[str]]]:
    """Reads the records of a CSV, decoding as it goes, so that no second copy of a large file is made."""
    limit = csv.field_size_limit(_LONGEST_FIELD)
    try:
        yield csv.reader(io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline=""), strict=True)
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


def _sound(cells: Sequence[str]) -> bool:
    """Whether none of the cells is missing, too long or not printable: `_raise_wrong_row` says which one is."""
    distinct = set(cells)
    return (
        _MISSING.isdisjoint(map(str.lower, distinct))
        and max(map(len, distinct)) <= LONGEST
        and "".join(distinct).isprintable()
    )


def _records(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line that it starts on, the header first, blank lines left out."""
    with _reading(data) as reader:
        line = 1
        for fields in reader:
            if fields or line == 1:
                yield line, fields
            line = reader.line_num + 1


def _line_of(data: bytes, row: int) -> int:
    return next(islice(_records(data), row + 1, None))[0]


def _raise_wrong_row(data: bytes, positions: Mapping[str, int], width: int, where: str) -> NoReturn:
    """Say what is wrong with the first row in which something is."""
    for line, fields in islice(_records(data), 1, None):
        if len(fields) != width:
            raise UserError(f"{where}:{line}: {len(fields)} fields, but the header has {width}")
        for ours, position in positions.items():
            cell = fields[position].strip()
            if cell.lower() in _MISSING:
                raise UserError(f"{where}:{line}: {ours} is missing ({cell or 'an empty cell'})")
            if not cell.isprintable():
                raise UserError(f"{where}:{line}: {ours} has control characters: {printable(cell)}")
            if len(cell) > LONGEST:
                kind = "identifiers" if ours == "id" else "labels"
                raise UserError(f"{where}:{line}: {ours} has {len(cell)} characters; map {ours} to a column of {kind}")
    raise AssertionError("every row is as it should be")


def _raise_repeated(data: bytes, ids: Sequence[str], where: str) -> NoReturn:
    first: dict[str, int] = {}
    for row, name in enumerate(ids):
        if (known := first.setdefault(name, row)) != row:
            line, before = _line_of(data, row), _line_of(data, known)
            raise UserError(f"{where}:{line}: the id {printable(name)} is already that of line {before}")
    raise AssertionError("every id is there once")


def _raise_not_utf8(data: bytes, where: str) -> NoReturn:
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UserError(f"{where}:{line}: not UTF-8 (byte 0x{data[error.start]:02x}); save it as UTF-8") from None
    raise AssertionError("the file is UTF-8")


def _raise_not_csv(data: bytes, where: str) -> NoReturn:
    with _reading(data) as reader:
        line = 1
        try:
            for _ in reader:
                line = reader.line_num + 1
        except csv.Error as error:
            raise UserError(f"{where}:{line}: not a CSV: {error}") from None
    raise AssertionError("the file is a CSV")
