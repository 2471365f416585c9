"""What a system is: a module that turns a study into tables.

A system module has `Study` (a subclass of `StudyBase`), `tables(study)` which declares the tables without computing
anything, and `run(study, context)` which yields one `TableResult` for each of them. Modules are imported only when one
of their studies is, so that a system may need packages that others do not.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from experiments.study import StudyBase
from experiments.tables.errors import UserError
from experiments.tables.read import FrozenTable
from experiments.tables.sidecar import Column, Kind, Profile, Source

SYSTEMS = {
    "adopting": "experiments.adopting.system",
    "answering": "experiments.answering.system",
    "benchmarks": "experiments.benchmarks.system",
    "exits": "experiments.exits.system",
    "finetuning": "experiments.finetuning.system",
    "judging": "experiments.judging.system",
    "parameters": "experiments.parameters.system",
    "probing": "experiments.probing.system",
    "published": "experiments.published.system",
}

T = TypeVar("T")


@dataclass(frozen=True)
class TableSpec:
    """One table that a study makes, as it is known before the study runs.

    `code` is the module whose import closure makes the rows, or several. `data` and `models` name files or folders that
    the rows are made from, None for one that is not on this machine; `inputs` are ids of other tables. A change of any
    of them makes the table stale, but what is not here cannot be checked and is no change.
    """

    name: str
    kind: Kind
    title: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    code: str | tuple[str, ...]
    inputs: tuple[str, ...] = ()
    data: Mapping[str, Path | None] = field(default_factory=dict)
    models: Mapping[str, Path | None] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()

    @property
    def lockfile(self) -> Literal["report", "experiments"]:
        """Which lock file fixes the packages that the rows depend on."""
        return "experiments" if self.kind == "measured" else "report"


def measured(
    title: str, tables: Mapping[str, tuple[str, tuple[str, ...], tuple[Column, ...]]], code: str, **made_from
) -> list[TableSpec]:
    """Measured tables by name, each with what it shows, its key and its columns, all made from the same."""
    return [
        TableSpec(name, "measured", f"{title}: {shows}", key, columns, code, **made_from)
        for name, (shows, key, columns) in tables.items()
    ]


@dataclass(frozen=True)
class TableResult:
    """The rows of one table, in the order in which they are frozen, and what only the run could know.

    `data` and `models` hold the SHA-256 of what the run resolved itself (a hub revision, a split), by name.
    """

    name: str
    rows: Sequence[Mapping[str, object]]
    data: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    seeds: tuple[int, ...] = ()


class Progress(Protocol):
    """Passes items on and shows how far it is: `for item in context.progress(items, "counting")`."""

    def __call__(self, items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]: ...


@dataclass(frozen=True)
class Choice:
    """What whoever runs a study may choose: one of its profiles, and other seeds than its own."""

    profile: Profile | None = None
    seeds: tuple[int, ...] = ()


def _no_work() -> Path:
    raise UserError("nobody gave this run a folder to work in")


@dataclass(frozen=True)
class Context:
    """What a running study may ask for.

    `read` gives an input table, also one that the same run has just yielded. `profile` is one of the study's, None
    where it has none; `seeds` stand in for the study's own where there are any. What a study keeps in the folder that
    `work()` gives is there again when an interrupted run is repeated.
    """

    read: Callable[[str], FrozenTable]
    progress: Progress
    profile: Profile | None = None
    seeds: tuple[int, ...] = ()
    work: Callable[[], Path] = _no_work


class System(Protocol):
    """The three names that a system module must have."""

    Study: type[StudyBase]

    def tables(self, study: StudyBase) -> list[TableSpec]: ...

    def run(self, study: StudyBase, context: Context) -> Iterator[TableResult]: ...


def load_system(name: str) -> System:
    """The module of a system. Raises UserError where the system needs a package that is not installed."""
    try:
        return import_module(SYSTEMS[name])
    except ModuleNotFoundError as error:
        if error.name and error.name.split(".")[0] in ("experiments", SYSTEMS[name].split(".")[0]):
            raise
        needed = f"the system {name} needs the package {error.name}"
        raise UserError(f"{needed}; install lockfiles/experiments.txt (`make experiments` does)") from None
