"""Reads a CSV that some other program wrote: a notebook, a spreadsheet, pandas.

What such files bring along is accepted and said: a byte-order mark, CRLF, semicolons or tabs, an index, columns that
nobody asked for. What would change a result is refused, with its line. A file of a million rows is read column by
column; only where something is wrong are its rows looked at one after the other, for the line.
"""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from experiments.data.delimiter import DELIMITERS, find_delimiter
from experiments.tables.digest import sha256_bytes
from experiments.tables.errors import UserError, has_controls, printable
from experiments.tables.locations import shown_path
from experiments.tables.separator_line import refuse_separator_line

if TYPE_CHECKING:
    import pyarrow as pa

LONGEST = 200  # characters of an id or a label
_LONGEST_FIELD = 2**24  # of columns that are not read: texts, lists of probabilities
_MISSING = {"", "nan", "<na>"}
_LINE_ENDS = re.compile(r"[ \t]*[\r\n\t][ \r\n\t]*")
_NO_CSV = {
    b"\x1f\x8b": "compressed by gzip",
    b"PK\x03\x04": "a zip archive or a spreadsheet",
    b"PAR1": "Parquet",
    b"ARROW1": "Arrow",
    b'{"': "JSON",
    b'[{"': "JSON",
}
"""How files begin that people take for tables too."""
ROWS_AT_ONCE = 50_000
ID, HASH, GOLD = "id", "hash", "gold"


@dataclass(frozen=True)
class File:
    """A foreign file as it was read: its bytes, and what parts its fields."""

    path: Path
    data: bytes
    delimiter: str

    @property
    def where(self) -> str:
        return shown_path(self.path)

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes of the file."""
        return sha256_bytes(self.data)

    def line(self, row: int) -> int:
        """The line on which a row starts, the first row being 0."""
        return self.record(row)[0]

    def record(self, row: int) -> tuple[int, list[str]]:
        """The line on which a row starts, and its fields as they are written."""
        return next(islice(_records(self), row + 1, None))

    def at(self, row: int) -> str:
        """File and line of a row, for a message."""
        return f"{self.where}:{self.line(row)}"


@dataclass(frozen=True)
class Foreign:
    """The columns of a foreign file under our names, "" where a cell is missing, and what was accepted on the way.

    `ids` says what the ids are: a column, the numbers of the rows, or digests of a text.
    """

    file: File
    columns: "pa.Table"
    taken: Mapping[str, str | None]
    notes: tuple[str, ...] = field(default=())

    def why_missing(self, ours: str, row: int) -> str:
        """What stands in a cell that was read as missing, for a message."""
        header, fields = (record for _, record in (next(_records(self.file)), self.file.record(row)))
        written = fields[[name.strip() for name in header].index(self.taken[ours] or "")].strip()
        return f"its cell says {written}, which means that nothing is there" if written else "an empty cell"


def read_foreign(path: Path, columns: Mapping[str, str], optional: Sequence[str] = ()) -> Foreign:
    """The columns of the file that `columns` maps ours to, such as {"gold": "label"}, cells stripped of white space.

    `id` maps to the column of the ids; "" is one without a name, as pandas writes its index. Without it, ids are
    digests of the text in the column of `hash`, or else the numbers of the rows, from 1. Columns that are `optional`
    may be missing in the file. Raises UserError with the line where another column is missing, a row has too few
    fields, an id is missing or repeated, or the file is no CSV in UTF-8.
    """
    where = shown_path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"{where}: cannot be read: {error.strerror}") from None
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise UserError(f"{where}:1: UTF-16; save it as UTF-8")
    refuse_separator_line(data[:64], where)
    if kind := next((kind for start, kind in _NO_CSV.items() if data.lstrip().startswith(start)), None):
        raise UserError(f"{where}: {kind}, not CSV; write it as CSV, such as by to_csv(index=False) of pandas")
    wanted = {name for ours, name in columns.items() if ours not in optional and name}
    file = File(path, data, find_delimiter(data, wanted))
    try:
        header, positions, found = _read_columns(file, columns, optional)
    except UnicodeDecodeError:
        _raise_not_utf8(file)
    except csv.Error:
        _raise_not_csv(file)
    taken = {ours: header[at] for ours, at in positions.items()}
    notes = list(_notes(file, len(header) - len(set(positions.values()))))
    found, said = _with_ids(file, found)
    return Foreign(file, found, taken, (*notes, *said))


def read_cell(text: str) -> str:
    """What a cell says: "" where it says that nothing is there, as pandas writes it."""
    return "" if text.strip().lower() in _MISSING else text.strip()


def _notes(file: File, others: int) -> Iterator[str]:
    if file.data.startswith(b"\xef\xbb\xbf"):
        yield "a byte-order mark was left out"
    if b"\r\n" in file.data:
        yield "CRLF line ends were read as LF"
    if file.delimiter != ",":
        yield f"fields are parted by {DELIMITERS[file.delimiter]}"
    if others:
        yield "one other column was not read" if others == 1 else f"{others} other columns were not read"


def _read_columns(
    file: File, columns: Mapping[str, str], optional: Sequence[str]
) -> "tuple[list[str], dict[str, int], pa.Table]":
    """The header, where the mapped columns stand in it, and these columns, checked."""
    import pyarrow as pa

    with _reading(file) as reader:
        header = [name.strip() for name in next(reader, [])]
        positions = _positions(header, columns, optional, file)
        blocks: list[pa.Table] = []
        while block := list(islice(reader, ROWS_AT_ONCE)):
            rows = list(filter(None, block))  # a blank line is an empty record
            if any(len(fields) != len(header) for fields in rows):
                _raise_wrong_row(file, positions, len(header))
            if not rows:
                continue
            fields = list(zip(*rows, strict=True))
            cells = {ours: _present(ours, fields[at]) for ours, at in positions.items()}
            if not all(_sound(ours, found) for ours, found in cells.items()):
                _raise_wrong_row(file, positions, len(header))
            if HASH in cells:
                cells[HASH] = [hashlib.sha256(text.encode()).hexdigest()[:16] for text in cells[HASH]]
            blocks.append(pa.table({ours: pa.array(column, pa.string()) for ours, column in cells.items()}))
    if not blocks:
        raise UserError(f"{file.where}: there are no rows below the header")
    return header, positions, pa.concat_tables(blocks)


def in_one_line(cell: str) -> str:
    """What a model answered in several lines, as it is named in one: a blank for each line end or tab."""
    return cell if cell.isprintable() else _LINE_ENDS.sub(" ", cell)


def _present(ours: str, fields: Sequence[str]) -> list[str]:
    """The cells without white space around them, "" where they say that they are missing."""
    found = list(map(str.strip, fields))
    if ours not in (ID, HASH):
        found = list(map(in_one_line, found))
    return [cell if cell.lower() not in _MISSING else "" for cell in found]


def _with_ids(file: File, found: "pa.Table") -> "tuple[pa.Table, list[str]]":
    """The columns with one of ids in front, and what is to be said of it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if ID in found.column_names:
        if pc.count_distinct(found[ID]).as_py() != found.num_rows:
            _raise_repeated(file, found[ID].to_pylist())
        return found, []
    if HASH not in found.column_names:
        numbers = pa.array(map(str, range(1, found.num_rows + 1)), pa.string())
        return found.add_column(0, ID, numbers), ["ids are the numbers of the rows"]
    names, seen, again = [], Counter(), 0
    for digest in found[HASH].to_pylist():
        seen[digest] += 1
        again += seen[digest] > 1
        names.append(digest if seen[digest] == 1 else f"{digest}-{seen[digest]}")
    said = [f"{again} texts stand there more than once; their ids end in -2, -3, …"] if again else []
    return found.drop_columns([HASH]).add_column(0, ID, pa.array(names, pa.string())), said


@contextmanager
def _reading(file: File) -> Iterator[Iterator[list[str]]]:
    """Reads the records of a CSV, decoding as it goes, so that no second copy of a large file is made."""
    limit = csv.field_size_limit(_LONGEST_FIELD)
    try:
        text = io.TextIOWrapper(io.BytesIO(file.data), "utf-8-sig", newline="")
        yield csv.reader(text, delimiter=file.delimiter, strict=True)
    finally:
        csv.field_size_limit(limit)


def _positions(header: list[str], columns: Mapping[str, str], optional: Sequence[str], file: File) -> dict[str, int]:
    found = {}
    for ours, name in columns.items():
        times = header.count(name)
        if times > 1:
            raise UserError(f"{file.where}:1: the column {printable(name)} stands {times} times")
        if times == 0 and not name and ours == ID:
            continue  # there is no unnamed index: rows are numbered
        if times == 0 and ours not in optional:
            known = printable(", ".join(header), 200) or "none"
            wanted = f"column {printable(name)}" if name else "column without a name"
            raise UserError(f"{file.where}:1: there is no {wanted}; columns: {known}")
        if times:
            found[ours] = header.index(name)
    return found


def _sound(ours: str, cells: Sequence[str]) -> bool:
    """Whether none of the cells is too long or not printable, and no id is missing: `_raise_wrong_row` names it."""
    if ours == HASH:
        return True
    distinct = set(cells)
    longest = max(map(len, distinct)) <= LONGEST
    return longest and not has_controls("".join(distinct)) and (ours != ID or "" not in distinct)


def _records(file: File) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line that it starts on, the header first, blank lines left out."""
    with _reading(file) as reader:
        line = 1
        for fields in reader:
            if fields or line == 1:
                yield line, fields
            line = reader.line_num + 1


def _raise_wrong_row(file: File, positions: Mapping[str, int], width: int) -> NoReturn:
    """Say what is wrong with the first row in which something is."""
    for line, fields in islice(_records(file), 1, None):
        if len(fields) != width:
            raise UserError(f"{file.where}:{line}: {len(fields)} fields, but the header has {width}")
        for ours, position in positions.items():
            cell = fields[position].strip() if ours in (ID, HASH) else in_one_line(fields[position].strip())
            if ours == ID and cell.lower() in _MISSING:
                raise UserError(f"{file.where}:{line}: {ours} is missing ({cell or 'an empty cell'})")
            if ours == HASH:
                continue
            if has_controls(cell):
                raise UserError(f"{file.where}:{line}: {ours} has control characters: {printable(cell)}")
            if len(cell) > LONGEST:
                hint = "map hash to it, for ids that are digests of the text" if ours == ID else "map it to labels"
                raise UserError(f"{file.where}:{line}: {ours} has {len(cell)} characters; {hint}")
    raise AssertionError("every row is as it should be")


def _raise_repeated(file: File, ids: Sequence[str]) -> NoReturn:
    first: dict[str, int] = {}
    for row, name in enumerate(ids):
        if (known := first.setdefault(name, row)) != row:
            hint = "leave id out of --map to number the rows"
            message = f"the id {printable(name)} is already that of line {file.line(known)}; {hint}"
            raise UserError(f"{file.at(row)}: {message}")
    raise AssertionError("every id is there once")


def _raise_not_utf8(file: File) -> NoReturn:
    data = file.data
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\r|\n", data[: error.start])) + 1  # as the reader of the CSV counts them
        raise UserError(f"{file.where}:{line}: not UTF-8 (byte 0x{data[error.start]:02x}); save it as UTF-8") from None
    raise AssertionError("the file is UTF-8")


def _raise_not_csv(file: File) -> NoReturn:
    with _reading(file) as reader:
        line = 1
        try:
            for _ in reader:
                line = reader.line_num + 1
        except csv.Error as error:
            raise UserError(f"{file.where}:{line}: not a CSV: {error}") from None
    raise AssertionError("the file is a CSV")
