"""The fact log of one chapter: what it read, drew, showed and claimed while its cells ran.

One file for each chapter and engine, `_ledger/<engine>/<chapter>.jsonl`, emptied when the chapter opens and appended to
a line at a time. Kernels get killed, so a line is one `write` to a file opened for appending, and a reader drops a last
line that was cut off. Only the standard library is imported here: the hooks of a render read logs too.

Line kinds (the key `line`):

    open      chapter, source, source_digest, modules {name: digest}, includes {path: digest}, named {path: digest},
              lockfile
    read      table, digest (of the CSV), sidecar (digest)
    listing   tables (ids of all frozen tables, for a chapter that goes through them)
    data      name (of a split, "sst2/dev"), digest (SHA-256 of its file), found (whether it is on this machine)
    file      path (below the project), digest: a file of the project that its cells opened
    artefact  path (below the project), digest
    drawn     path, label, alt, told [[fact id, start, end]: the values in alt], names, words, axes [{id, x, y: [end,
              end, scale]}], marks [{id, axes, role, name, places}]: what a figure of `analysis.figures` holds; a place
              is the ids of the facts along x and y
    fact      id, form, label, text, value, unit, kind, how, origins
    claim     id, statement, verdict, facts (ids), relations (sign, holds, left and right: value, kind, how, tables)
    choice    among [{words, relations}]: the sentences between which comparisons chose, in the order tried; asked
              [file, line]: the module that asked for it, null for a cell
"""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Any

from experiments.tables.stamps import Seen, seen

FOLDER = "_ledger"
DEFAULT_ENGINE = "quarto"


def engine_name() -> str:
    """The engine that executes the chapters: `COLOPHON_ENGINE`, by default Quarto, which sets nothing."""
    return os.environ.get("COLOPHON_ENGINE") or DEFAULT_ENGINE


def fact_log_path(project: Path, engine: str, chapter: str) -> Path:
    """Where the log of `chapter` lies, below the project's root."""
    return Path(project) / FOLDER / engine / f"{chapter}.jsonl"


class FactLogWriter:
    """Appends lines to a log, which it empties first. Each line reaches the file before `append` returns."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)

    def append(self, line: str, **content: Any) -> None:
        """Add one line of kind `line`. Raises ValueError for content that JSON cannot hold exactly (NaN, infinity)."""
        record = json.dumps({"line": line, **content}, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
        os.write(self._descriptor, record.encode("ascii") + b"\n")

    def close(self) -> None:
        """Close the file; appending afterwards is an error."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __del__(self) -> None:
        self.close()


@dataclass(frozen=True, eq=False)
class Body:
    """All whole lines behind the first in the order written: what a run found, whatever text stands around its cells.

    The same bytes are the same object, by which one can remember what is made of them.
    """

    lines: tuple[dict[str, Any], ...]

    def of(self, line: str) -> Iterator[dict[str, Any]]:
        """The lines of one kind."""
        return iter(self._by_kind.get(line, ()))

    @cached_property
    def _by_kind(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for record in self.lines:
            found.setdefault(record["line"], []).append(record)
        return found


@dataclass(frozen=True, eq=False)
class FactLog:
    """A log read back."""

    path: Path
    opening: dict[str, Any]
    """The `open` line."""
    body: Body

    def of(self, line: str) -> Iterator[dict[str, Any]]:
        """The lines of one kind, behind the first."""
        return self.body.of(line)

    @property
    def lines(self) -> tuple[dict[str, Any], ...]:
        """Every whole line in the order written."""
        return self.opening, *self.body.lines

    @property
    def tables(self) -> dict[str, dict[str, str]]:
        """Every table read, with the digests that its CSV (`digest`) and its `sidecar` had."""
        return {record["table"]: {name: record[name] for name in ("digest", "sidecar")} for record in self.of("read")}

    @property
    def listing(self) -> list[str] | None:
        """The ids of all frozen tables, if the chapter asked for them: a new one then concerns it."""
        return next((record["tables"] for record in self.of("listing")), None)

    @property
    def data(self) -> dict[tuple[str, str], bool]:
        """Every data file asked for, by name and digest: whether it was on this machine."""
        return {(record["name"], record["digest"]): record["found"] for record in self.of("data")}

    @property
    def files(self) -> dict[str, str]:
        """Every file of the project that the cells opened, as a path below it, with its digest then."""
        return {record["path"]: record["digest"] for record in self.of("file")}

    @property
    def artefacts(self) -> dict[str, str]:
        """Every file drawn, as a path below the project, with its digest."""
        return {record["path"]: record["digest"] for record in self.of("artefact")}

    @property
    def facts(self) -> list[dict[str, Any]]:
        """Every value shown."""
        return list(self.of("fact"))


def read_fact_log(path: Path) -> FactLog | None:
    """The log at `path`, or None where there is none that begins with its `open` line.

    A line that was cut off ends the log: nothing after it can be trusted.
    """
    try:
        return _read(path, seen(path))
    except FileNotFoundError:
        return None


@lru_cache(maxsize=256)
def _read(path: Path, stamp: Seen) -> FactLog | None:
    """The log with this stamp: a render asks for the same ones several times, a preview at each change."""
    opening, end, rest = path.read_bytes().partition(b"\n")
    first = _whole_lines(opening + end)
    return FactLog(path, first[0], _body(rest)) if first and first[0]["line"] == "open" else None


@lru_cache(maxsize=64)
def _body(data: bytes) -> Body:
    return Body(_whole_lines(data))


def _whole_lines(data: bytes) -> tuple[dict[str, Any], ...]:
    return tuple(takewhile(_is_record, _records(data.split(b"\n")[:-1])))


def _records(lines: list[bytes]) -> Iterable[Any]:
    """What the lines hold, up to one that is no JSON. All at once takes half the time."""
    with suppress(ValueError):
        if len(found := json.loads(b"[" + b",".join(lines) + b"]")) == len(lines):
            return found
    return _one_by_one(lines)


def _one_by_one(lines: Iterable[bytes]) -> Iterator[Any]:
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            return


def _is_record(record: Any) -> bool:
    return isinstance(record, dict) and "line" in record
