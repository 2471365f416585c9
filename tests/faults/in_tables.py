"""Faults in frozen tables: a digit, a row, a file, a sidecar, a cell whose sidecar was sealed again."""

import csv
import io
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.freezing.seal import sidecar_bytes, signed
from experiments.tables.read import FrozenTable, read_table, table_ids
from experiments.tables.stored import SUFFIXES, csv_digests
from tests.faults.plant import AGAINST, VERIFY, Plant, at, digit_changed, tries

FROZEN = "experiments/frozen"
SIDECAR_KEYS = (
    "unit",
    "meaning",
    "kind",
    "row_count",
    "title",
    "wall_seconds",
    "processor",
    "command",
    "table",
    "code",
)


def plants(root: Path, chance: random.Random) -> Iterator[tuple[str, Iterator[Plant | None]]]:
    """Each class of faults in tables, with endless candidates."""
    tables = [read_table(table_id, root / FROZEN) for table_id in table_ids(root / FROZEN)]
    in_csv = [table for table in tables if table.sidecar.format == "csv" and _lines_are_rows(table)]
    in_parquet = [table for table in tables if table.sidecar.format == "parquet"]
    of_runs = [t for t in in_csv if t.sidecar.made == "run" and t.sidecar.kind in ("measured", "reported")]

    def each(make, among: Sequence[FrozenTable]) -> Iterator[Plant | None]:
        return (make(chance.choice(among), chance) for _ in tries(40) if among)

    yield "a digit of a CSV", each(digit_of_csv, in_csv)
    yield "a digit of a Parquet file", each(digit_of_parquet, in_parquet)
    yield "a value of a sidecar", each(value_of_sidecar, tables)
    yield "rows swapped", each(rows_swapped, in_csv)
    yield "a row dropped", each(row_dropped, in_csv)
    yield "a row added", each(row_added, in_csv)
    yield "a cell, its sidecar sealed again", each(sealed_again, of_runs)
    yield "a file removed", each(file_removed, tables)


def path_of(table: FrozenTable) -> str:
    """The table's file below the root."""
    return f"{FROZEN}/{table.id}{SUFFIXES[table.sidecar.format]}"


def _lines_are_rows(table: FrozenTable) -> bool:
    return table.sidecar.row_count > 1 and table.data.count(b"\n") == table.sidecar.row_count + 1


def _lines(table: FrozenTable) -> list[str]:
    return table.data.decode().splitlines(keepends=True)


def _joined(lines: Sequence[str]) -> bytes:
    return "".join(lines).encode()


def _cells(line: str) -> list[str]:
    return next(csv.reader([line]))


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _with_a_digit_changed(table: FrozenTable, chance: random.Random) -> tuple[list[str], int, str] | None:
    """The lines of the table with one digit of one number changed, the number of the line, and the column."""
    lines = _lines(table)
    number = chance.randrange(1, len(lines))
    cells = _cells(lines[number])
    numeric = [
        index
        for index, column in enumerate(table.sidecar.columns)
        if column.type in ("number", "integer") and column.name not in table.sidecar.key and cells[index]
    ]
    if not numeric:
        return None
    index = chance.choice(numeric)
    changed = digit_changed(cells[index], chance)
    if changed is None:
        return None
    cells[index] = changed
    lines[number] = _line(cells)
    return lines, number + 1, table.sidecar.columns[index].name


def digit_of_csv(table: FrozenTable, chance: random.Random) -> Plant | None:
    changed = _with_a_digit_changed(table, chance)
    if changed is None:
        return None
    lines, number, column = changed
    what = f"{table.id}: a digit in line {number}, column {column}"
    place = at(path_of(table), number, f"column {column}")
    return Plant("a digit of a CSV", what, {path_of(table): _joined(lines)}, (VERIFY,), place)


def digit_of_parquet(table: FrozenTable, chance: random.Random) -> Plant | None:
    numeric = [c for c in table.sidecar.columns if c.type in ("number", "integer") and c.name not in table.sidecar.key]
    if not numeric:
        return None
    column, rows = chance.choice(numeric), table.arrow()
    index = chance.randrange(rows.num_rows)
    cells = rows[column.name].to_pylist()
    if cells[index] is None:
        return None
    cells[index] = cells[index] + (1 if column.type == "integer" else 0.001)
    field = rows.schema.field(column.name)
    changed = rows.set_column(rows.schema.get_field_index(column.name), field, pa.array(cells, field.type))
    out = io.BytesIO()
    pq.write_table(changed, out)
    what = f"{table.id}: a number of row {index + 1}, column {column.name}"
    place = at(path_of(table), None, f"column {column.name}")
    return Plant("a digit of a Parquet file", what, {path_of(table): out.getvalue()}, (VERIFY,), place)


def value_of_sidecar(table: FrozenTable, chance: random.Random) -> Plant | None:
    name = f"{FROZEN}/{table.id}.json"
    lines = sidecar_bytes(table.sidecar).decode().splitlines(keepends=True)
    own = [n for n, line in enumerate(lines) if re.match(rf' *"({"|".join(SIDECAR_KEYS)})": ', line)]
    number = chance.choice(own)
    key, _, value = lines[number].partition(": ")
    if '"kind"' in key:
        changed = re.sub(
            "measured|computed|reported", lambda kind: "computed" if kind[0] != "computed" else "measured", value
        )
    else:
        letters = [i for i, letter in enumerate(value) if letter.isalnum()]
        if not letters:
            return None
        place = chance.choice(letters)
        other = chance.choice([c for c in ("123456789" if value[place].isdigit() else "abcdef") if c != value[place]])
        changed = value[:place] + other + value[place + 1 :]
    lines[number] = f"{key}: {changed}"
    what = f"{table.id}: its sidecar's {key.strip()}"
    named = rf"{re.escape(f'{FROZEN}/{table.id}')}\.(json|csv|parquet)"
    return Plant("a value of a sidecar", what, {name: _joined(lines)}, (VERIFY,), named)


def rows_swapped(table: FrozenTable, chance: random.Random) -> Plant | None:
    lines = _lines(table)
    first, second = sorted(chance.sample(range(1, len(lines)), 2))
    if lines[first] == lines[second]:
        return None
    lines[first], lines[second] = lines[second], lines[first]
    what = f"{table.id}: lines {first + 1} and {second + 1}"
    return Plant("rows swapped", what, {path_of(table): _joined(lines)}, (VERIFY,), at(path_of(table)))


def row_dropped(table: FrozenTable, chance: random.Random) -> Plant | None:
    lines = _lines(table)
    number = chance.randrange(1, len(lines))
    what = f"{table.id}: line {number + 1}"
    del lines[number]
    return Plant("a row dropped", what, {path_of(table): _joined(lines)}, (VERIFY,), at(path_of(table)))


def row_added(table: FrozenTable, chance: random.Random) -> Plant | None:
    lines = _lines(table)
    number = chance.randrange(1, len(lines))
    cells = _cells(lines[number])
    names = [column.name for column in table.sidecar.columns]
    key = chance.choice(table.sidecar.key)
    cells[names.index(key)] += "1"
    lines.insert(chance.randrange(1, len(lines) + 1), _line(cells))
    what = f"{table.id}: like line {number + 1}, with another {key}"
    return Plant("a row added", what, {path_of(table): _joined(lines)}, (VERIFY,), at(path_of(table)))


def file_removed(table: FrozenTable, chance: random.Random) -> Plant | None:
    name = chance.choice([path_of(table), f"{FROZEN}/{table.id}.json"])
    place = re.escape(f"{FROZEN}/{table.id}")
    return Plant("a file removed", name, {name: None}, (VERIFY,), place)


def sealed_again(table: FrozenTable, chance: random.Random) -> Plant | None:
    """A number of a table that only a run can make, changed by somebody who knows how to seal."""
    changed = _with_a_digit_changed(table, chance)
    if changed is None:
        return None
    lines, number, column = changed
    data = _joined(lines)
    digests = table.sidecar.digests.model_copy(update=csv_digests(data, table.sidecar.columns))
    sidecar = signed(table.sidecar.model_copy(update={"digests": digests}))
    files = {path_of(table): data, f"{FROZEN}/{table.id}.json": sidecar_bytes(sidecar)}
    what = f"{table.id}: line {number}, column {column}, with its sidecar"
    place = at(path_of(table), number, f"column {column}")
    return Plant("a cell, its sidecar sealed again", what, files, (AGAINST,), place)
