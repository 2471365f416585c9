"""Read one frozen table, checked against its sidecar before a single value is handed out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from experiments.tables.canonical import Row, decode
from experiments.tables.cells import Cell
from experiments.tables.digest import SHORT, sha256_bytes, sha256_json
from experiments.tables.errors import MissingTableError, TableError, printable
from experiments.tables.locations import JOURNAL, NAME, frozen_root, project_root, shown_path, split_id
from experiments.tables.sidecar import SCHEMA_VERSION, Format, Sidecar
from experiments.tables.stored import SUFFIXES
from experiments.tables.strict_json import json_object

if TYPE_CHECKING:
    import pyarrow

__all__ = ["FrozenTable", "frozen_root", "project_root", "read_sidecar", "read_table", "table_ids"]

TABLE_SUFFIXES = (*SUFFIXES.values(), ".json")


@dataclass(frozen=True)
class FrozenTable:
    """A table whose bytes are those that were frozen; `digest` is their SHA-256.

    What is in it is decoded when it is first asked for, in rows or in columns. Raises TableError then where the file,
    though sealed, holds what no table may hold.
    """

    id: str
    sidecar: Sidecar
    data: bytes = field(repr=False)
    digest: str
    where: str
    """The file, as messages name it."""

    @cached_property
    def rows(self) -> list[Row]:
        """The rows in file order, missing cells as None."""
        if self.sidecar.format == "parquet":
            return self.arrow().to_pylist()
        return decode(self.data, self.sidecar.columns, self.sidecar.key, self.where)

    def column(self, name: str) -> list[Cell]:
        """The cells of one column in file order, missing ones as None. TableError where there is no such column."""
        self._check_known(name)
        if self.sidecar.format == "parquet":
            return self.arrow()[name].to_pylist()
        return [row[name] for row in self.rows]

    def arrow(self) -> "pyarrow.Table":
        """The table as columns of pyarrow (which takes a while to import), missing cells as nulls."""
        return self._arrow

    @cached_property
    def _arrow(self) -> "pyarrow.Table":
        from experiments.tables.parquet import as_arrow, decode_parquet

        columns, key = self.sidecar.columns, self.sidecar.key
        if self.sidecar.format == "parquet":
            return decode_parquet(self.data, columns, key, self.where)
        return as_arrow(columns, key, self.rows, self.where)

    def check(self) -> None:
        """Decode the table. Raises TableError where it cannot be."""
        if self.sidecar.format == "parquet":
            self.arrow()
        else:
            len(self.rows)

    def _check_known(self, name: str) -> None:
        known = [column.name for column in self.sidecar.columns]
        if name not in known:
            raise TableError(f"{self.id} has no column {name}; it has {', '.join(known)}")

    def row(self, **key: Cell) -> Row:
        """The one row with these cells. Raises TableError where there is none, or more than one."""
        for name in key:
            self._check_known(name)
        found = [row for row in self.rows if all(row[name] == cell for name, cell in key.items())]
        if len(found) != 1:
            shown = printable(", ".join(f"{name}={cell}" for name, cell in key.items()))
            raise TableError(f"{self.id} has {len(found) or 'no'} rows with {shown}; one was asked for")
        return found[0]


def data_path(table_id: str, root: Path, stored: Format) -> Path:
    """Where the rows of a table lie that is stored in this format."""
    study, table = split_id(table_id)
    return root / study / f"{table}{SUFFIXES[stored]}"


def table_paths(table_id: str, root: Path) -> tuple[Path, Path]:
    """Where the rows and the sidecar of a table lie: the Parquet file where it is the only one there, else the CSV."""
    in_csv, in_parquet = data_path(table_id, root, "csv"), data_path(table_id, root, "parquet")
    rows = in_parquet if not in_csv.exists() and in_parquet.exists() else in_csv
    return rows, _sidecar_path(table_id, root)


def _sidecar_path(table_id: str, root: Path) -> Path:
    study, table = split_id(table_id)
    return root / study / f"{table}.json"


def table_exists(table_id: str, root: Path) -> bool:
    """Whether the rows or the sidecar of a table are there."""
    return any(path.exists() for path in table_paths(table_id, root))


def table_digest(table_id: str, root: Path | None = None) -> str | None:
    """The digest of a table's rows, None where there is no such table, or its sidecar is not valid."""
    try:
        return read_sidecar(table_id, root).digests.table
    except TableError:
        return None


def table_ids(root: Path | None = None) -> list[str]:
    """The ids of all tables of which the rows or the sidecar are there, sorted."""
    root = root or frozen_root()
    try:
        folders = [entry for entry in root.iterdir() if NAME.fullmatch(entry.name) and entry.is_dir()]
        files = [file for folder in folders for file in folder.iterdir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise TableError(f"cannot be listed: {error.strerror}", shown_path(root)) from None
    ids = {f"{f.parent.name}/{f.stem}" for f in files if f.suffix in TABLE_SUFFIXES and NAME.fullmatch(f.stem)}
    return sorted(ids)


def read_table(table_id: str, root: Path | None = None) -> FrozenTable:
    """The table called "study/table". Raises TableError where it is missing or does not verify."""
    root = root or frozen_root()
    sidecar = read_sidecar(table_id, root)
    path = data_path(table_id, root, sidecar.format)
    where = shown_path(path)
    data = read_bytes(path, table_id)
    digest = sha256_bytes(data)
    if digest != sidecar.digests.table:
        what = f"is not what was frozen ({sidecar.digests.table[:SHORT]} -> {digest[:SHORT]})"
        raise TableError(what, where, "run `experiments verify` to see the changed cells")
    return FrozenTable(table_id, sidecar, data, digest, where)


def read_sidecar(table_id: str, root: Path | None = None) -> Sidecar:
    """The sidecar of a table, without a look at its rows. Raises TableError with line and key where it is not valid."""
    root = root or frozen_root()
    path = _sidecar_path(table_id, root)
    where = shown_path(path)
    if (path.parent / JOURNAL).exists():
        remedy = "run `experiments status`, which finishes it, and try again"
        raise TableError("is being frozen right now, or that was interrupted", where, remedy)
    return _sidecar(read_bytes(path, table_id), where, table_id)


@lru_cache(maxsize=512)
def _sidecar(data: bytes, where: str, table_id: str) -> Sidecar:
    """The sidecar of these bytes, for which a command asks several times."""
    found = json_object(data, where)
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
        raise MissingTableError("missing", shown_path(path), f"make it with `experiments run {study}`") from None
    except OSError as error:
        raise TableError(f"cannot be read: {error.strerror}", shown_path(path)) from None
