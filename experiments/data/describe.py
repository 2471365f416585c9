"""Describe a data file by its columns: what a study of a new data set starts from, to be looked over by its author."""

import gzip
import re
import zlib
from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from pathlib import Path

from experiments.data.delimiter import LONGEST_HEADER, find_delimiter
from experiments.data.mapping import FIELDS, NO_LABEL, OPTIONAL, as_written
from experiments.data.rows import DataFile, read_rows
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import shown_path
from experiments.tables.separator_line import refuse_separator_line

LOOKED_AT = 5000  # rows
MOST_CLASSES = 20
LONGEST_CLASS = 3  # words; what is longer is rather a text that recurs
NAMES = {
    "text": ("text", "sentence", "review", "content", "tweet", "comment", "body", "question"),
    "premise": ("premise", "sentence1", "text1", "question1", "text_a"),
    "hypothesis": ("hypothesis", "sentence2", "text2", "question2", "text_b"),
    "label": ("label", "gold_label", "class", "target", "sentiment", "category", "gold", "is_duplicate"),
    "question": ("question", "query"),
    "context": ("context", "passage", "paragraph"),
    "answers": ("answers", "answer"),
    "instruction": ("instruction", "prompt", "question"),
    "input": ("input", "context"),
    "output": ("output", "response", "completion", "answer"),
}
"""The columns in which data sets commonly have a field, the likeliest first."""


def describe_file(path: Path, place: str, system: str, columns: Mapping[str, str] | None = None) -> dict[str, object]:
    """What a study for this system says under `data` of a file, which it finds at `place`.

    `columns` names the columns of fields, where they bear names that nobody could guess. Raises UserError where no
    column fits a field, or there is no such field or column.
    """
    columns = columns or {}
    delimiter = _delimiter(path, columns.values())
    rows = [row.cells for row in islice(read_rows(DataFile(path), delimiter), LOOKED_AT)]
    if not rows:
        raise UserError(f"{shown_path(path)}: there are no rows in it to describe")
    said = {
        "name": re.sub(r"[^a-z0-9]+", "-", path.name.split(".")[0].lower()).strip("-") or "data",
        **_kinds(rows, system, columns, shown_path(path)),
        "splits": {"all": place},
        **({} if delimiter is None else {"delimiter": delimiter}),
    }
    if system in ("finetuning", "answering"):
        said["cut"] = {"split": "all", "into": ["train", "test"], "share": 0.8}
    return said


def _delimiter(path: Path, wanted: Collection[str]) -> str | None:
    """What parts the cells of a .csv file, by its header; None where that is a comma, or the file is no .csv."""
    name = path.name.lower()
    if not name.removesuffix(".gz").endswith(".csv"):
        return None
    try:
        with gzip.open(path) if name.endswith(".gz") else path.open("rb") as file:
            start = file.read(LONGEST_HEADER)
    except (OSError, EOFError, zlib.error):
        return None  # whoever reads the rows says what is wrong
    refuse_separator_line(start, shown_path(path))
    found = find_delimiter(start, wanted)
    return None if found == "," else found


def _kinds(rows: Sequence[Mapping], system: str, given: Mapping[str, str], shown: str) -> dict[str, object]:
    there = _columns(rows)
    for field, column in given.items():
        if column not in there:
            what = f"there is no column {printable(column)} for {printable(field)}"
            raise UserError(f"{shown}: {what}; there are {printable(', '.join(there), 200)}")
    if system == "probing":
        return _free(rows, given)
    columns = {name.lower(): name for name in there}
    if system == "finetuning":
        guessed = all(any(name in columns for name in NAMES[field]) for field in ("premise", "hypothesis"))
        pair = not given.keys().isdisjoint(("premise", "hypothesis")) or (guessed and "text" not in given)
        kind = "pair" if pair else "sentence"
        wanted = ("premise", "hypothesis", "label") if pair else ("text", "label")
    else:
        kind = "question" if system == "answering" else "instruction"
        wanted = ("question", "context", "answers") if kind == "question" else ("instruction", "output")
    _refuse_unknown(kind, given)
    fields = _fields(wanted, columns, given, shown)
    if kind == "instruction":
        unused = [columns[name] for name in NAMES["input"] if name in columns and columns[name] not in fields.values()]
        fields = {**fields, "input": given.get("input") or (unused[0] if unused else None)}
    elif kind == "question" and "id" not in fields and "id" not in columns:
        raise UserError(f"{shown}: questions need a column id; say which it is by --field id=COLUMN")
    if kind != "question":
        _refuse_nested(rows, fields, shown)
    return {"kind": kind, "fields": fields, **(_labels(rows, fields["label"]) if "label" in fields else {})}


def _refuse_unknown(kind: str, given: Mapping[str, str]) -> None:
    """Raise UserError for a field that examples of this kind do not have."""
    known = {"id", *FIELDS[kind], *OPTIONAL.get(kind, ())}
    if unknown := sorted(given.keys() - known):
        of_kind = f"an {kind}" if kind == "instruction" else f"a {kind}"
        raise UserError(
            f"--field {printable(unknown[0])}: {of_kind} has no such field; it has {', '.join(sorted(known))}"
        )


def _fields(wanted: Sequence[str], columns: Mapping[str, str], given: Mapping[str, str], shown: str) -> dict[str, str]:
    fields = {}
    for field in wanted:
        taken = {*given.values(), *fields.values()}
        found = [columns[name] for name in NAMES[field] if name in columns and columns[name] not in taken]
        if field in given:
            found = [given[field]]
        if not found:
            have = printable(", ".join(columns.values()), 200)
            hint = f"say it by --field {field}=COLUMN, or rename it to {field}"
            raise UserError(f"{shown}: which column is the {field}? There are {have}; {hint}")
        fields[field] = found[0]
    return {**fields, **given}


def _refuse_nested(rows: Sequence[Mapping], fields: Mapping[str, str | None], shown: str) -> None:
    """Raise UserError for a column that holds objects or lists where a field is one text."""
    for field, column in fields.items():
        if any(isinstance(row.get(column), Mapping | list) for row in rows):
            raise UserError(f"{shown}: {column} holds objects or lists; write the {field} of each row as one text")


def _labels(rows: Sequence[Mapping], column: str) -> dict[str, object]:
    values = sorted({as_written(row.get(column)) for row in rows})
    labels = [value for value in values if value not in NO_LABEL]
    if all(value.isdecimal() for value in labels):  # names to be changed by whoever knows what the numbers mean
        return {"labels": {value: f"label-{value}" for value in sorted(labels, key=int)}, "unlabelled": [*NO_LABEL]}
    return {"labels": labels, "unlabelled": [*NO_LABEL]}


def _free(rows: Sequence[Mapping], given: Mapping[str, str]) -> dict[str, object]:
    """All columns that are text or numbers; what could be told from a text, a class or a number, are the targets.

    Of several that could be classes, one that is called like a label, or else the first of short names is taken.
    """
    fields: dict[str, object] = {}
    sizes, numbers, phrases = {}, [], set()
    named = {column: field for field, column in given.items()}
    for column in sorted(_columns(rows), key=lambda column: column not in named):  # of two of a name, the given one
        values = {as_written(row.get(column)) for row in rows} - {""}
        name = named.get(column) or re.sub(r"\W+", "_", column.lower()).strip("_")
        if not values or not name.isidentifier() or name in fields:
            continue
        if name == "id":
            fields["id"] = column
        elif all(map(_is_number, values)):
            fields[name] = {"column": column, "type": "number"}
            numbers.append(name)
        else:
            fields[name] = {"column": column, "may_be_empty": True}
            sizes[name] = len(values)
            if any(len(value.split()) > LONGEST_CLASS for value in values):
                phrases.add(name)
    classes = [name for name, size in sizes.items() if 2 <= size <= min(MOST_CLASSES, len(rows) // 5)]
    likely = [name for name in NAMES["label"] if name in classes]
    short = [name for name in classes if name not in phrases]
    targets = [*(likely or short or classes)[:1], *numbers[:1]]
    for name in targets:
        fields[name] = {"column": fields[name]["column"], **({"type": "number"} if name in numbers else {})}
    if not targets:
        raise UserError(
            "no column is a number or has few enough values to be a class, so there is nothing to probe for"
        )
    plain = {n: f["column"] if isinstance(f, dict) and set(f) == {"column"} else f for n, f in fields.items()}
    return {"kind": "free", "fields": plain, "targets": targets}


def _columns(rows: Sequence[Mapping]) -> list[str]:
    """The columns of all rows in the order of first appearance: rows of JSON need not have the same ones."""
    return list(dict.fromkeys(name for row in rows for name in row))


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True
