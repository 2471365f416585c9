"""Every problem of the frozen tables that the digests can tell, for all kinds of tables."""

from pathlib import Path
from typing import NamedTuple

from experiments.tables.canonical import decode
from experiments.tables.compared import missing_columns
from experiments.tables.digest import sha256_bytes
from experiments.tables.errors import MissingTableError, TableError, printable
from experiments.tables.localise import suspects
from experiments.tables.locations import NAME, frozen_root, shown_path
from experiments.tables.memo import memo
from experiments.tables.read import (
    TABLE_SUFFIXES,
    data_path,
    read_bytes,
    read_sidecar,
    read_table,
    table_ids,
    table_paths,
)
from experiments.tables.sidecar import SCHEMA_VERSION
from experiments.tables.stored import SUFFIXES


class Problem(NamedTuple):
    """One thing that is wrong: in which table (an id), where (file, and line, row and column), what, what to do."""

    table: str
    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.remedy}"


def problems(root: Path | None = None) -> list[Problem]:
    """The problems of all tables below `root`, and of files there that belong to no table."""
    root = root or frozen_root()
    try:
        found = [problem for table_id in table_ids(root) for problem in table_problems(table_id, root)]
        return found + _strangers(root) + _misnamed_cells(root)
    except TableError as error:
        return [_problem("*", error, "make the folder readable")]


def table_problems(table_id: str, root: Path | None = None) -> list[Problem]:
    """The problems of one table; none where it verifies.

    Its bytes are always compared with the digests of its sidecar. That such bytes also decode is found out once.
    """
    root = root or frozen_root()
    try:
        table = read_table(table_id, root)
        decoded, key = memo("decoded"), f"{SCHEMA_VERSION} {table.sidecar.digests.sidecar} {table.digest}"
        if decoded[key] is not True:
            table.check()
            decoded[key] = True
        return []
    except MissingTableError as error:
        return [Problem(table_id, error.where, error.what, _restore(table_id, root))]
    except TableError as error:
        return _changed_cells(table_id, root) or [_problem(table_id, error, _restore(table_id, root))]


def _changed_cells(table_id: str, root: Path) -> list[Problem]:
    """The cells in which the file differs from what its sidecar speaks of; none where that cannot be told."""
    remedy = _restore(table_id, root)
    try:
        sidecar = read_sidecar(table_id, root)
        path = data_path(table_id, root, sidecar.format)
        where, data = shown_path(path), read_bytes(path, table_id)
        if sha256_bytes(data) == sidecar.digests.table:
            return []
        if sidecar.format == "parquet":
            from experiments.tables.blocks import changed_cells
            from experiments.tables.parquet import decode_parquet

            found = [Problem(table_id, where, what, remedy) for what in changed_cells(data, sidecar, where)]
            decode_parquet(data, sidecar.columns, sidecar.key, where)
        else:
            found = [Problem(table_id, f"{where}:{s.line}", s.what, remedy) for s in suspects(data, sidecar, where)]
            decode(data, sidecar.columns, sidecar.key, where)
    except TableError as error:
        return [_problem(table_id, error, remedy)]
    return found


def _misnamed_cells(root: Path) -> list[Problem]:
    """The claims of published documents that compare with a column that is not there."""
    return [
        Problem(table, where, what, f"name one of these, then {remaking(table, 'run')}")
        for table, where, what in missing_columns(root)
    ]


def _strangers(root: Path) -> list[Problem]:
    """Files that a reader could take for tables but that are none."""
    found = []
    for folder in sorted(root.glob("*")):
        if folder.name.startswith("."):
            continue
        files = sorted(folder.glob("*")) if folder.is_dir() else [folder]
        for file in files:
            is_table = folder.is_dir() and NAME.fullmatch(folder.name) and NAME.fullmatch(file.stem)
            is_table = is_table and file.suffix in TABLE_SUFFIXES and not _is_left_over(file)
            if not file.name.startswith(".") and not is_table:
                where = printable(shown_path(file), 200)  # the one path here that is not made of plain names
                found.append(Problem("*", where, "belongs to no frozen table", "remove it"))
    return found


def _is_left_over(file: Path) -> bool:
    """Whether the rows are stored in two formats, and this is not the one that the sidecar speaks of."""
    if file.suffix == ".json" or not all(file.with_suffix(suffix).exists() for suffix in SUFFIXES.values()):
        return False
    try:
        sidecar = read_sidecar(f"{file.parent.name}/{file.stem}", file.parent.parent)
    except TableError:
        return False
    return file.suffix != SUFFIXES[sidecar.format]


def _problem(table_id: str, error: TableError, remedy: str) -> Problem:
    return Problem(table_id, error.where, error.what, error.remedy or remedy)


def remaking(table_id: str, made: str) -> str:
    """The command that makes a table again: one that is derived needs no run."""
    return f"`experiments {'freeze' if made == 'derived' else 'run'} {table_id.partition('/')[0]}`"


def _restore(table_id: str, root: Path) -> str:
    path, _ = table_paths(table_id, root)
    try:
        made = read_sidecar(table_id, root).made
    except TableError:  # by a run all tables of the study are made
        made = "run"
    return f"restore it (`git checkout -- {shown_path(path.parent)}`) or make it again ({remaking(table_id, made)})"
