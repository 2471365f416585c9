"""The rows of a data file, read by Hugging Face `datasets` a part at a time, each with its place in the file."""

import csv
import glob
import gzip
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from experiments.data.errors import DataError
from experiments.data.places import (
    as_object,
    check_cells,
    check_lines,
    has_json_lines,
    line_of_byte,
    read_json,
    squad_questions,
)
from experiments.quiet import quiet_datasets
from experiments.tables.errors import UserError
from experiments.tables.locations import shown_path

if TYPE_CHECKING:
    from datasets import IterableDataset

FORMATS = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", ".parquet")
_HEADERS = {".csv": ":1", ".tsv": ":1", ".txt": ":1", ".parquet": ""}
"""Where the columns of a table are named."""
AT_ONCE = 500  # rows
AT_A_TIME = 2**18  # bytes
MOST_TIMES, ALWAYS_UNPACKED = 200, 2**24
"""What an archive may unpack to: so many times its size (tables of text come to 20 times), or so many bytes."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)


@dataclass(frozen=True)
class Row:
    """The cells of one row, and where it stands: "file:line" (or row, for a format without lines).

    `columns_at` is where the names of its cells stand: the header of a table, else the row itself.
    """

    where: str
    number: int
    cells: Mapping[str, object]
    columns_at: str


@dataclass(frozen=True)
class DataFile:
    """A file, or the member `inside` a zip archive."""

    path: Path
    inside: str | None = None

    @property
    def shown(self) -> str:
        return shown_path(self.path) + (f"/{self.inside}" if self.inside else "")


def read_rows(file: DataFile, delimiter: str | None = None) -> Iterator[Row]:
    """The rows of a file in one of the formats that are read, packed (.gz, or in a .zip) or not.

    It is a .csv, .tsv (or .txt with tabs), .jsonl, .json (a list of objects, or SQuAD's) or .parquet file. Raises
    DataError with the place for what is not this format.
    """
    with _unpacked(file) as path:
        try:
            shown, header = file.shown, _HEADERS.get(path.suffix.lower())
            named = None if header is None else shown + header
            for number, (where, cells) in enumerate(_read(path, shown, delimiter)):
                yield Row(where, number, cells, named or where)
        except UnicodeDecodeError:
            raise DataError(f"{file.shown}:{line_of_byte(path)}", "is not UTF-8; save the file as UTF-8") from None
        except OSError as error:
            raise DataError(file.shown, f"cannot be read: {error.strerror or error}") from None


def stream_rows(repo: str, configuration: str | None, split: str, revision: str) -> Iterator[Row]:
    """The rows of a split as the hub gives them, at a pinned commit, without downloading its files.

    Raises UserError where the hub cannot be asked or has no such split.
    """
    datasets = _datasets()
    shown = f"{repo}/{configuration or 'default'}/{split}"
    try:
        found = datasets.load_dataset(repo, configuration, split=split, revision=revision, streaming=True)
        for number, cells in enumerate(_cells(found)):
            yield Row(f"{shown} row {number + 1}", number, cells, shown)
    except UserError:
        raise
    except Exception as error:  # the client's errors and those of its HTTP library have no base in common
        what = str(error).strip().splitlines() or [""]
        raise UserError(f"{shown} cannot be streamed from the hub: {type(error).__name__}: {what[0][:160]}") from None


def _read(path: Path, shown: str, delimiter: str | None) -> Iterator[tuple[str, Mapping[str, object]]]:
    match path.suffix.lower():
        case ".csv":
            return _table(path, shown, delimiter or ",", csv.QUOTE_MINIMAL)
        case ".tsv" | ".txt":
            return _table(path, shown, "\t", csv.QUOTE_NONE)  # as GLUE has it
        case ".jsonl" | ".ndjson":
            return _json_lines(path, shown)
        case ".json":
            return _json(path, shown)
        case ".parquet":
            return zip((f"{shown} row {number}" for number in count(1)), _parquet(path, shown), strict=False)
    raise DataError(shown, f"unknown format; known: {', '.join(FORMATS)}, also packed as .gz or in a .zip")


def _table(path: Path, shown: str, delimiter: str, quoting: int) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Read the rows of a table with a header, whose cells a delimiter separates.

    Every cell is text, as it stands in the file: "NA" is no missing value, and 007 no number.
    """
    header, lines = check_cells(path, shown, delimiter, quoting)
    if not lines:
        return iter(())
    rows = _load(
        "csv",
        path,
        shown,
        sep=delimiter,
        quoting=quoting,
        column_names=header,
        header=0,
        features=_texts(header),
        na_filter=False,
        encoding="utf-8-sig",
        chunksize=AT_ONCE,
    )
    return _with_lines(rows, lines, shown)


def _json_lines(path: Path, shown: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Parse each line of JSON by itself.

    The JSON reader of `datasets` takes a text that looks like a date for one, and stops at an empty line.
    """
    check_lines(path, shown)
    lines = _load("text", path, shown, encoding="utf-8-sig", chunksize=AT_A_TIME)
    for number, line in enumerate((row["text"] for row in lines), start=1):
        if line.strip():
            place = f"{shown}:{number}"
            yield place, as_object(read_json(line, shown, number), place)


def _json(path: Path, shown: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    if has_json_lines(path):
        return _json_lines(path, shown)
    content = read_json(path.read_text(encoding="utf-8-sig"), shown)
    if isinstance(content, list):
        return ((f"{shown}[{n}]", as_object(cells, f"{shown}[{n}]")) for n, cells in enumerate(content))
    if isinstance(content, dict) and isinstance(content.get("data"), list):
        return squad_questions(content["data"], shown)
    raise DataError(shown, "neither a list of objects nor SQuAD's {data: [{title, paragraphs}]}")


def _parquet(path: Path, shown: str) -> Iterator[Mapping[str, object]]:
    """Read by Arrow itself, since `datasets` takes a whole row group into memory, which may be the whole file."""
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path, buffer_size=AT_A_TIME, pre_buffer=False) as file:
            for batch in file.iter_batches(AT_ONCE):
                yield from batch.to_pylist()
    except (ArrowException, ValueError) as error:
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise DataError(shown, f"cannot be read as parquet: {said[0]}") from None


def _load(kind: str, path: Path, shown: str, **options: object) -> Iterator[Mapping[str, object]]:
    """The rows as `datasets` reads a file of this kind, a part of the file at a time."""
    datasets = _datasets()
    files = [glob.escape(str(path.resolve()))]
    try:
        found = datasets.load_dataset(
            kind, data_files=files, split="train", streaming=True, cache_dir=_scratch().name, **options
        )
        yield from _cells(found)
    except (ValueError, TypeError, KeyError, datasets.exceptions.DatasetsError) as error:
        if isinstance(error, UnicodeDecodeError):
            raise
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise DataError(shown, f"cannot be read as {kind}: {said[0]}") from None


def _cells(found: "IterableDataset") -> Iterator[Mapping[str, object]]:
    for columns in found.iter(batch_size=AT_ONCE):
        for values in zip(*columns.values(), strict=True):
            yield dict(zip(columns, values, strict=True))


def _with_lines(
    rows: Iterable[Mapping[str, object]], lines: Sequence[int], shown: str
) -> Iterator[tuple[str, Mapping[str, object]]]:
    found = 0
    for cells in rows:
        if found == len(lines):
            break
        yield f"{shown}:{lines[found]}", cells
        found += 1
    else:
        if found == len(lines):
            return
    raise DataError(shown, f"its lines are not its rows after row {found}; are there lone carriage returns in it?")


def _texts(header: list[str]) -> Mapping[str, object]:
    datasets = _datasets()
    return datasets.Features({name: datasets.Value("string") for name in header})


@cache
def _datasets():
    import datasets

    datasets.config.HF_UPDATE_DOWNLOAD_COUNTS = False  # else the hub is told of each file that is read here
    quiet_datasets()
    return datasets


@cache
def _scratch() -> tempfile.TemporaryDirectory:
    """Where `datasets` may keep what it likes while the program runs: nothing of it is read again."""
    return tempfile.TemporaryDirectory(prefix="datasets-")


@contextmanager
def _unpacked(file: DataFile) -> Iterator[Path]:
    """The file as it can be read: itself, or what a .gz or .zip holds, in a temporary folder."""
    if file.inside is None and file.path.suffix.lower() != ".gz":
        yield file.path
        return
    suffix = Path(file.inside or file.path.stem).suffix  # of the name no more: it may be one that leads elsewhere
    with tempfile.TemporaryDirectory(prefix="unpacked-") as folder:
        path = Path(folder) / f"unpacked{suffix}"
        try:
            with _packed(file) as source, path.open("wb") as target:
                _copy(source, target, file)
        except (zipfile.BadZipFile, EOFError, zlib.error, RuntimeError, OSError, ValueError) as error:
            raise DataError(file.shown, f"cannot be unpacked: {getattr(error, 'strerror', None) or error}") from None
        except KeyError:
            raise DataError(shown_path(file.path), f"there is no {file.inside} in it; {_members(file.path)}") from None
        yield path


@contextmanager
def _packed(file: DataFile) -> Iterator:
    if file.inside is None:
        with gzip.open(file.path) as source:
            yield source
    else:
        with zipfile.ZipFile(file.path) as archive:
            _check_member(archive, file)
            with archive.open(file.inside) as source:
                yield source


def _check_member(archive: zipfile.ZipFile, file: DataFile) -> None:
    """Raise DataError for a member that cannot be read from an archive.

    It is not one file of the archive, or is packed so that little needs much memory. KeyError where there is none.
    """
    entry = archive.getinfo(file.inside)
    if sum(other.filename == file.inside for other in archive.infolist()) > 1:
        raise DataError(file.shown, "stands twice in the archive, and programs differ in which they take")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if entry.is_dir() or kind not in (0, stat.S_IFREG):
        raise DataError(file.shown, "is no file, but a folder or a link")
    if entry.compress_type not in _METHODS:
        raise DataError(file.shown, "is packed by a method other than deflate and bzip2; pack it again")


def _copy(source: BinaryIO, target: BinaryIO, file: DataFile) -> None:
    """Unpack it, up to what a file of text comes to. Raises DataError beyond."""
    size, most = 0, max(ALWAYS_UNPACKED, MOST_TIMES * file.path.stat().st_size)
    while block := source.read(AT_A_TIME):
        size += len(block)
        if size > most:
            what = f"unpacks to more than {MOST_TIMES} times the {file.path.stat().st_size:,} bytes of its archive"
            raise DataError(file.shown, f"{what}; if it is meant to, unpack it yourself")
        target.write(block)


def _members(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if Path(name).suffix.lower() in FORMATS]
    return f"there are {', '.join(names[:8]) or 'no data files'}"
