"""Rows of the file formats in which data sets come, each with its place in the file."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from experiments.data.errors import DataError
from experiments.tables.locations import shown_path


@dataclass(frozen=True)
class Row:
    """The cells of one row, and where it stands: "file:line" (or row, for a format without lines)."""

    where: str
    number: int
    cells: Mapping[str, object]


def read_rows(path: Path, columns: tuple[str, ...]) -> Iterator[Row]:
    """The rows of a .tsv, .csv, .jsonl, .json (a list of objects, or SQuAD's) or .parquet file.

    Raises DataError for what is not this format, and for a missing column.
    """
    readers = {".tsv": _tsv, ".csv": _csv, ".jsonl": _json_lines, ".json": _json, ".parquet": _parquet}
    if path.suffix not in readers:
        raise DataError(shown_path(path), f"unknown format; known: {', '.join(readers)}")
    try:
        for row in readers[path.suffix](path):
            for column in columns:
                if column not in row.cells:
                    raise DataError(row.where, f"there is no column {column}; there are {', '.join(row.cells)}")
            yield row
    except OSError as error:
        raise DataError(shown_path(path), f"cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise DataError(shown_path(path), f"byte {error.start} is not UTF-8") from None


def _tsv(path: Path) -> Iterator[Row]:
    """Tabs between cells, no quoting, as GLUE has it."""
    with path.open(encoding="utf-8", newline="\n") as file:
        header = file.readline().rstrip("\r\n").split("\t")
        for number, line in enumerate(file, start=2):
            cells = line.rstrip("\r\n").split("\t")
            where = f"{shown_path(path)}:{number}"
            if len(cells) != len(header):
                raise DataError(where, f"{len(cells)} cells, but the header has {len(header)}")
            yield Row(where, number - 2, dict(zip(header, cells, strict=True)))


def _csv(path: Path) -> Iterator[Row]:
    """Quoted cells may hold line ends, so a row stands where its first line does."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        line = 2
        try:
            for number, cells in enumerate(reader):
                where = f"{shown_path(path)}:{line}"
                if None in cells or None in cells.values():
                    raise DataError(where, f"not as many cells as the header has, {len(reader.fieldnames or ())}")
                yield Row(where, number, cells)
                line = reader.line_num + 1
        except csv.Error as error:
            raise DataError(f"{shown_path(path)}:{line}", f"not CSV: {error}") from None


def _json_lines(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            where = f"{shown_path(path)}:{number}"
            try:
                cells = json.loads(line)
            except (json.JSONDecodeError, RecursionError) as error:
                raise DataError(where, f"not JSON: {error}") from None
            yield Row(where, number - 1, _object(cells, where))


def _json(path: Path) -> Iterator[Row]:
    where = shown_path(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise DataError(f"{where}:{error.lineno}:{error.colno}", f"not JSON: {error.msg}") from None
    except RecursionError:
        raise DataError(where, "not JSON that anybody wrote: nested too deeply") from None
    if isinstance(content, list):
        for number, cells in enumerate(content):
            yield Row(f"{where}[{number}]", number, _object(cells, f"{where}[{number}]"))
    elif isinstance(content, dict) and isinstance(content.get("data"), list):
        yield from _squad(content["data"], where)
    else:
        raise DataError(where, "neither a list of objects nor SQuAD's {data: [{title, paragraphs}]}")


def _squad(articles: list, where: str) -> Iterator[Row]:
    """SQuAD's nested JSON (https://rajpurkar.github.io/SQuAD-explorer/), one row per question."""
    number = 0
    for a, article in enumerate(articles):
        for p, paragraph in enumerate(_list(article, "paragraphs", f"{where} data[{a}]")):
            place = f"{where} data[{a}].paragraphs[{p}]"
            for q, question in enumerate(_list(paragraph, "qas", place)):
                cells = {
                    **_object(question, f"{place}.qas[{q}]"),
                    "context": paragraph.get("context"),
                    "title": article.get("title", ""),
                }
                if cells["context"] is None:
                    raise DataError(place, "there is no context")
                yield Row(f"{place}.qas[{q}]", number, cells)
                number += 1


def _parquet(path: Path) -> Iterator[Row]:
    import pyarrow
    import pyarrow.parquet

    where = shown_path(path)
    try:
        table = pyarrow.parquet.read_table(path)
    except pyarrow.ArrowInvalid as error:
        raise DataError(where, f"not Parquet: {error}") from None
    for number, cells in enumerate(table.to_pylist()):
        yield Row(f"{where} row {number + 1}", number, cells)


def _object(value: object, where: str) -> dict:
    if not isinstance(value, dict):
        raise DataError(where, f"must be an object with named cells, not {type(value).__name__}")
    return value


def _list(value: object, key: str, where: str) -> list:
    found = _object(value, where).get(key)
    if not isinstance(found, list):
        raise DataError(where, f"there is no list of {key}")
    return found
