"""Describe a data file by its columns: what a study of a new data set starts from, to be looked over by its author."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from experiments.data.mapping import NO_LABEL, OPTIONAL, as_written
from experiments.data.rows import DataFile, read_rows
from experiments.tables.errors import UserError
from experiments.tables.locations import shown_path

LOOKED_AT = 5000  # rows
_DELIMITERS = (";", "\t", "|")  # of a .csv that has one column by commas
MOST_CLASSES = 20
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


def describe_file(path: Path, place: str, system: str) -> dict[str, object]:
    """What a study for this system says under `data` of a file, which it finds at `place`.

    Raises UserError where no column fits a field.
    """
    rows, delimiter = _rows(path, None), None
    if not rows:
        raise UserError(f"{shown_path(path)}: there are no rows in it to describe")
    if ".csv" in path.name.lower() and len(rows[0]) == 1:
        delimiter = next((mark for mark in _DELIMITERS if mark in next(iter(rows[0]))), None)
        rows = _rows(path, delimiter)
    said = {
        "name": re.sub(r"[^a-z0-9]+", "-", path.name.split(".")[0].lower()).strip("-") or "data",
        **_kinds(rows, system, shown_path(path)),
        "splits": {"all": place},
        **({} if delimiter is None else {"delimiter": delimiter}),
    }
    if system in ("finetuning", "answering"):
        said["cut"] = {"split": "all", "into": ["train", "test"], "share": 0.8}
    return said


def _rows(path: Path, delimiter: str | None) -> list[Mapping]:
    return [row.cells for row in islice(read_rows(DataFile(path), delimiter), LOOKED_AT)]


def _kinds(rows: Sequence[Mapping], system: str, shown: str) -> dict[str, object]:
    columns = {name.lower(): name for name in _columns(rows)}
    if system == "probing":
        return _free(rows)
    if system == "finetuning":
        pair = any(name in columns for name in NAMES["premise"]) and any(n in columns for n in NAMES["hypothesis"])
        fields = _fields(("premise", "hypothesis", "label") if pair else ("text", "label"), columns, shown)
        _refuse_nested(rows, fields, shown)
        return {"kind": "pair" if pair else "sentence", "fields": fields, **_labels(rows, fields["label"])}
    kind = "question" if system == "answering" else "instruction"
    wanted = ("question", "context", "answers") if kind == "question" else ("instruction", "input", "output")
    fields = _fields([f for f in wanted if f not in OPTIONAL[kind]], columns, shown)
    if kind == "instruction":
        found = [columns[name] for name in NAMES["input"] if name in columns]
        fields = {**fields, "input": found[0] if found else None}
        _refuse_nested(rows, fields, shown)
    elif "id" not in columns:
        raise UserError(f"{shown}: questions need a column id")
    return {"kind": kind, "fields": fields}


def _fields(wanted: Sequence[str], columns: Mapping[str, str], shown: str) -> dict[str, str]:
    fields = {}
    for field in wanted:
        found = [columns[name] for name in NAMES[field] if name in columns and columns[name] not in fields.values()]
        if not found:
            have = ", ".join(columns.values())
            raise UserError(f"{shown}: which column is the {field}? There are {have}; rename one to {field}")
        fields[field] = found[0]
    return fields


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


def _free(rows: Sequence[Mapping]) -> dict[str, object]:
    """All columns that are text or numbers; what could be told from a text, a class or a number, are the targets."""
    fields: dict[str, object] = {}
    sizes, numbers = {}, []
    for column in _columns(rows):
        values = {as_written(row.get(column)) for row in rows} - {""}
        name = re.sub(r"\W+", "_", column.lower()).strip("_")
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
    classes = [name for name, size in sizes.items() if 2 <= size <= min(MOST_CLASSES, len(rows) // 5)]
    likely = [name for name in NAMES["label"] if name in classes]
    targets = [*(likely or classes)[:1], *numbers[:1]]
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
