"""Read one frozen table, checked against its sidecar before a single value is handed out."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from experiments.tables.canonical import Row, decode
from experiments.tables.cells import Cell
from experiments.tables.digest import SHORT, sha256_bytes, sha256_json
from experiments.tables.errors import TableError, printable
from experiments.tables.locations import NAME, frozen_root, project_root, shown_path, split_id
from experiments.tables.sidecar import SCHEMA_VERSION, Sidecar
from experiments.tables.strict_json import json_object

__all__ = ["FrozenTable", "frozen_root", "project_root", "read_sidecar", "read_table", "table_ids"]

JOURNAL = ".journal.json"  # lists the tables that a writer is just putting in place; see experiments.freezing


@dataclass(frozen=True)
class FrozenTable:
    """A verified table: `rows` in file order, missing cells as None; `digest` is the SHA-256 of the CSV."""

    id: str
    sidecar: Sidecar
    rows: list[Row]
    digest: str

    def row(self, **key: Cell) -> Row:
        """The one row with these cells. Raises TableError where there is none, or more than one."""
        for name in key:
            if name not in (column.name for column in self.sidecar.columns):
                known = ", ".join(column.name for column in self.sidecar.columns)
                raise TableError(f"{self.id} has no column {name}; it has {known}")
        found = [row for row in self.rows if all(row[name] == cell for name, cell in key.items())]
        if len(found) != 1:
            shown = printable(", ".join(f"{name}={cell}" for name, cell in key.items()))
            raise TableError(f"{self.id} has {len(found) or 'no'} rows with {shown}; one was asked for")
        return found[0]


def table_paths(table_id: str, root: Path) -> tuple[Path, Path]:
    """Where the CSV and the sidecar of a table lie."""
    study, table = split_id(table_id)
    return root / study / f"{table}.csv", root / study / f"{table}.json"


def table_ids(root: Path | None = None) -> list[str]:
    """The ids of all tables of which the CSV or the sidecar is there, sorted."""
    root = root or frozen_root()
    try:
        folders = [entry for entry in root.iterdir() if NAME.fullmatch(entry.name) and entry.is_dir()]
        files = [file for folder in folders for file in folder.iterdir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise TableError(f"cannot be listed: {error.strerror}", shown_path(root)) from None
    ids = {f"{f.parent.name}/{f.stem}" for f in files if f.suffix in (".csv", ".json") and NAME.fullmatch(f.stem)}
    return sorted(ids)


def read_table(table_id: str, root: Path | None = None) -> FrozenTable:
    """The table called "study/table". Raises TableError where it is missing or does not verify."""
    root = root or frozen_root()
    csv_path, _ = table_paths(table_id, root)
    where = shown_path(csv_path)
    sidecar = read_sidecar(table_id, root)
    data = read_bytes(csv_path, table_id)
    digest = sha256_bytes(data)
    if digest != sidecar.digests.table:
        what = f"is not what was frozen ({sidecar.digests.table[:SHORT]} -> {digest[:SHORT]})"
        raise TableError(what, where, "run `experiments verify` to see the changed cells")
    rows = decode(data, sidecar.columns, sidecar.key, where)
    return FrozenTable(table_id, sidecar, rows, digest)


def read_sidecar(table_id: str, root: Path | None = None) -> Sidecar:
    """The sidecar of a table, without a look at its CSV. Raises TableError with line and key where it is not valid."""
    root = root or frozen_root()
    _, path = table_paths(table_id, root)
    where = shown_path(path)
    if (path.parent / JOURNAL).exists():
        remedy = "run `experiments status`, which finishes it, and try again"
        raise TableError("is being frozen right now, or that was interrupted", where, remedy)
    found = json_object(read_bytes(path, table_id), where)
    version = found.get("schema_version")
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise TableError(f"schema version {version} is newer than {SCHEMA_VERSION}", where, "update Colophon")
    try:
        sidecar = Sidecar.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = "".join(f"{part}." for part in first["loc"]).rstrip(".")
        what = (f"{key}: " if key else "") + first["msg"].removeprefix("Value error, ")
        raise TableError(f"not a sidecar: {printable(what, 200)}", where) from None
    if sidecar.id != table_id:
        raise TableError(f"describes {sidecar.id}, not {table_id}", where)
    if sidecar.digests.sidecar != sidecar_digest(found):
        remedy = f"restore it or run `experiments run {sidecar.study}`"
        raise TableError("was edited after it was frozen", where, remedy)
    return sidecar


def sidecar_digest(content: Mapping[str, Any]) -> str:
    """The digest that a sidecar carries of itself: of all that stands in it but that entry.

    `content` is the JSON as it is written, so that a key which the contract gains later leaves older sidecars valid.
    """
    digests = {name: digest for name, digest in content["digests"].items() if name != "sidecar"}
    return sha256_json({**content, "digests": digests})


def read_bytes(path: Path, table_id: str) -> bytes:
    """The bytes of one of a table's two files. Raises TableError naming the file where it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        study = table_id.partition("/")[0]
        raise TableError("missing", shown_path(path), f"make it with `experiments run {study}`") from None
    except OSError as error:
        raise TableError(f"cannot be read: {error.strerror}", shown_path(path)) from None
