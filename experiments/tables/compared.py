"""Cells of the project's own tables that claims of published documents compare with: is there such a column?"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from experiments.tables.errors import TableError, UserError, printable
from experiments.tables.locations import shown_path, studies_root
from experiments.tables.read import read_sidecar, read_table, table_ids
from experiments.tables.settings import read_yaml

CLAIMS = "claims"
"""What the table of a study's claims is called."""
_COLUMNS = {"claim", "predicate", "parameters"}
Keys = tuple[str | int, ...]


def missing_columns(root: Path) -> Iterator[tuple[str, str, str]]:
    """Each claim that compares with a column that its table lacks: the table of claims, where, and what is wrong.

    The place is the line of the study, or the frozen table where no study is there. Tables that cannot be read are left
    to who verifies these.
    """
    for table_id in table_ids(root):
        if table_id.endswith(f"/{CLAIMS}"):
            for claim, keys, cell in _cells(table_id, root):
                table, column = str(cell["table"]), str(cell["column"])
                try:
                    known = [each.name for each in read_sidecar(table, root).columns]
                except TableError:
                    continue
                if column not in known:
                    what = f"claim {claim} compares with {printable(column)} of {table}, which has no such column"
                    yield table_id, _place(table_id, claim, keys, root), f"{what}; it has {', '.join(known)}"


def _cells(table_id: str, root: Path) -> Iterator[tuple[str, Keys, Mapping[str, Any]]]:
    """The cells that a table of claims names, each with the name of its claim and the keys that lead to it."""
    try:
        table = read_table(table_id, root)
        if {column.name for column in table.sidecar.columns} >= _COLUMNS:
            for row in table.rows:
                if '"table"' in (row["parameters"] or ""):
                    yield from ((row["claim"], *found) for found in _within(json.loads(row["parameters"]), ()))
    except (TableError, ValueError):
        return


def _within(value: object, keys: Keys) -> Iterator[tuple[Keys, Mapping[str, Any]]]:
    if isinstance(value, Mapping) and {"table", "row", "column"} <= value.keys():
        yield keys, value
        return
    inside = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield from _within(each, (*keys, key))


def _place(table_id: str, claim: str, keys: Keys, root: Path) -> str:
    """File and line of the column that a claim names in its study."""
    study = studies_root() / f"{table_id.partition('/')[0]}.yaml"
    try:
        content, lines = read_yaml(study)
        at = next(number for number, each in enumerate(content["claims"]) if each.get("claim") == claim)
    except (UserError, StopIteration, KeyError, TypeError, AttributeError):
        return shown_path(root / f"{table_id}.csv")
    return f"{shown_path(study)}:{lines.get((CLAIMS, at, *keys, 'column')) or lines[CLAIMS, at]}"
