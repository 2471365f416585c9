"""Where the rows of a text file stand, so that an error can name its line.

`datasets` reads the rows (`experiments.data.rows`), but it knows no lines, fills short rows up and says little of what
it cannot read. What is wrong in a file is found here.
"""

import csv
import json
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import NamedTuple, TextIO

from experiments.data.errors import DataError
from experiments.tables.errors import TableError
from experiments.tables.strict_json import json_value

LONGEST_CELL = 2**24  # characters
LONGEST_LINE = 2**26  # bytes, or characters
TOO_LONG = f"a line of more than {LONGEST_LINE >> 20} MiB; is there a quote or a line end missing?"


class Cells(NamedTuple):
    """The header of a table, and the line on which each row begins."""

    header: list[str]
    lines: Sequence[int]


def check_cells(path: Path, shown: str, delimiter: str, quoting: int) -> Cells:
    """Raises DataError for rows with more or fewer cells than the header, and for open quotes."""
    csv.field_size_limit(LONGEST_CELL)
    line = 1
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(_lines(file, shown), strict=True, delimiter=delimiter, quoting=quoting)
        try:
            header = next(reader, [])
            twice = [name for name, times in Counter(header).items() if times > 1]
            if twice:
                raise DataError(f"{shown}:1", f"the column {twice[0]} stands twice")
            lines, line = array("Q"), reader.line_num + 1  # eight bytes a row, however many there are
            for cells in reader:
                if cells or quoting == csv.QUOTE_NONE:
                    if len(cells or [""]) != len(header):
                        raise DataError(
                            f"{shown}:{line}", f"{len(cells or [''])} cells, but the header has {len(header)}"
                        )
                    lines.append(line)
                line = reader.line_num + 1
        except csv.Error as error:
            raise DataError(f"{shown}:{line}", f"not CSV: {error}") from None
    return Cells(header, lines)


def _lines(file: TextIO, shown: str) -> Iterator[str]:
    for number in count(1):
        line = file.readline(LONGEST_LINE + 1)
        if len(line) > LONGEST_LINE:
            raise DataError(f"{shown}:{number}", TOO_LONG)
        if not line:
            return
        yield line


def check_lines(path: Path, shown: str) -> None:
    """Raises DataError for a line that is longer than any that a program wrote on purpose."""
    length, number = 0, 1
    with path.open("rb") as file:
        while block := file.read(2**20):
            first, newline, rest = block.partition(b"\n")
            length += len(first)
            if length > LONGEST_LINE:
                raise DataError(f"{shown}:{number}", TOO_LONG)
            if newline:  # within a block no line is too long
                number += block.count(b"\n")
                length = len(rest) - rest.rfind(b"\n") - 1


def read_json(text: str, shown: str, line: int = 0) -> object:
    """The value in JSON, which may be one line of a file. Raises DataError with line and column."""
    try:
        return json_value(text, shown, twice=[], constants=True, line=line)  # as Python writes data
    except TableError as error:
        raise DataError(error.where, error.what) from None


def has_json_lines(path: Path) -> bool:
    """Whether a .json file holds one object on each line, as many on the hub do.

    It does where its first line is a whole one and not the only one.
    """
    with path.open("rb") as file:
        first, more = file.readline(LONGEST_LINE), file.readline(2)
    try:
        return bool(more.strip()) and isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def line_of_byte(path: Path) -> int:
    """The line of the first byte that is not UTF-8."""
    content = path.read_bytes()
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return content.count(b"\n", 0, error.start) + 1
    return 1


def as_object(value: object, where: str) -> dict:
    """The value as named cells. Raises DataError for any other."""
    if not isinstance(value, dict):
        raise DataError(where, f"must be an object with named cells, not {type(value).__name__}")
    return value


def squad_questions(articles: list, where: str) -> Iterator[tuple[str, dict]]:
    """The questions of SQuAD's nested JSON (https://rajpurkar.github.io/SQuAD-explorer/), each with its place."""
    for a, article in enumerate(articles):
        for p, paragraph in enumerate(_list(article, "paragraphs", f"{where} data[{a}]")):
            place = f"{where} data[{a}].paragraphs[{p}]"
            for q, question in enumerate(_list(paragraph, "qas", place)):
                own = as_object(question, f"{place}.qas[{q}]")
                if paragraph.get("context") is None:
                    raise DataError(place, "there is no context")
                yield (
                    f"{place}.qas[{q}]",
                    {**own, "context": paragraph["context"], "title": article.get("title", "")},
                )


def _list(value: object, key: str, where: str) -> list:
    found = as_object(value, where).get(key)
    if not isinstance(found, list):
        raise DataError(where, f"there is no list of {key}")
    return found
