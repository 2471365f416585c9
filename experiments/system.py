"""What a system is: a module that turns a study into tables.

A system module has `Study` (a subclass of `StudyBase`), `tables(study)` which declares the tables without computing
anything, and `run(study, context)` which yields one `TableResult` for each table that a run makes. Derived tables are
made from those by the functions that are declared with them. Modules are imported only when one of their studies is,
so that a system may need packages that others do not.

Where `Study.in_parts` is true, a fourth function, `parts(study, seeds)`, lists what a run falls into: each part can be
made by itself, in another process and on another machine, and is kept for the run that puts them together.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from experiments.row_names import written_names
from experiments.study import StudyBase
from experiments.tables.errors import UserError
from experiments.tables.pieces import Pieces
from experiments.tables.read import FrozenTable
from experiments.tables.sidecar import Column, Format, Kind, Profile, Source, check_columns

if TYPE_CHECKING:
    import pyarrow

    from experiments.choices import ModelChoice
    from experiments.models.load import Quantization
    from experiments.training.settings import Training

SYSTEMS = {
    "adopting": "experiments.adopting.system",
    "answering": "experiments.answering.system",
    "benchmarks": "experiments.benchmarks.system",
    "exits": "experiments.exits.system",
    "faults": "experiments.benchmarks.faults",
    "finetuning": "experiments.finetuning.system",
    "judging": "experiments.judging.system",
    "mistakes": "experiments.mistakes.system",
    "parameters": "experiments.parameters.system",
    "probing": "experiments.probing.system",
    "published": "experiments.published.system",
    "script": "experiments.benchmarks.script",
}

T = TypeVar("T")


Row = Mapping[str, object]
Rows = "Sequence[Row] | pyarrow.Table"
"""The rows of a table; for a table of many rows, columns are far quicker to make and to freeze."""
Read = Callable[[str], FrozenTable]
"""Gives a frozen table by its id ("study/table"), or by its name alone where it is one of the same study."""


@dataclass(frozen=True)
class TableSpec:
    """One table that a study makes, as it is known before the study runs.

    A table is made by a run, or it is derived: `derive` makes its rows from its `inputs` alone. `code` are the modules
    whose import closures make the rows. `data` and `models` name files or folders that the rows are made from, None for
    one that is not on this machine; `inputs` are ids of other tables. A change of any of them makes the table stale,
    but what is not here cannot be checked and is no change.
    """

    name: str
    kind: Kind
    title: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    code: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    derive: Callable[[Read], Iterable[Row]] | None = None
    format: Format = "csv"
    data: Mapping[str, Path | None] = field(default_factory=dict)
    models: Mapping[str, Path | Pieces | None] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()

    @property
    def made(self) -> Literal["run", "derived"]:
        """Whether a run makes it, or other frozen tables are all that it needs."""
        return "run" if self.derive is None else "derived"

    @property
    def lockfile(self) -> Literal["report", "experiments"]:
        """Which lock file fixes the packages that the rows depend on: derived tables need no torch."""
        return "experiments" if self.kind == "measured" and self.made == "run" else "report"


@dataclass(frozen=True)
class StudyColumns:
    """Columns of which some depend on the study: `of(study)` gives all of them, in order.

    `fixed` are in the table of every study, those of the key among them; a name of any other fits one of the patterns
    `more` (`control_*`, as `fnmatch` has them).
    """

    fixed: tuple[Column, ...]
    of: Callable[[Any], tuple[Column, ...]]
    more: tuple[str, ...] = ()

    def __call__(self, study: StudyBase) -> tuple[Column, ...]:
        """The columns of a study. Raises ValueError for columns other than what is declared."""
        columns = self.of(study)
        names = {column.name for column in columns}
        if lacking := sorted({column.name for column in self.fixed} - names):
            raise ValueError(f"the columns of {study.study} lack {', '.join(lacking)}, which every study has")
        if unknown := self.unknown(names):
            raise ValueError(f"the columns of {study.study} have {', '.join(unknown)}, which fits no declared pattern")
        return columns

    def unknown(self, names: Collection[str]) -> list[str]:
        """The names among these that no column may have."""
        others = sorted(set(names) - {column.name for column in self.fixed})
        return [name for name in others if not any(fnmatchcase(name, pattern) for pattern in self.more)]


@dataclass(frozen=True)
class TableDeclaration:
    """A table of a system: its schema, and the function that makes its rows.

    `columns` are the same for every study, or `StudyColumns`. A run's `rows` is called with what the run found
    (`rows(found)`); that of a derived table with the study and a reader of its inputs (`rows(study, read)`). `reads`
    are the inputs of a derived table: names of tables of the same study. `made_by` names modules, beside the one of
    `rows`, whose code the rows depend on.

    Raises ValueError for a name that is misspelt: in the key, in what columns refer to, among the cells that `rows`
    writes down, or among the tables that it reads.
    """

    name: str
    shows: str
    key: tuple[str, ...]
    columns: tuple[Column, ...] | StudyColumns
    rows: Callable[..., Iterable[Row]]
    reads: tuple[str, ...] | None = None
    made_by: tuple[str, ...] = ()
    format: Format = "csv"

    def __post_init__(self) -> None:
        known = self.of_studies
        check_columns(known.fixed, self.key)
        written, rows = written_names(self.rows), f"{self.rows.__module__}.{self.rows.__name__}"
        if unknown := known.unknown(written.cells):
            raise ValueError(f"table {self.name}: {rows} writes {', '.join(unknown)}, which is no column")
        if self.reads is not None and (unread := sorted(written.tables - set(self.reads))):
            raise ValueError(f"table {self.name}: {rows} reads {', '.join(unread)}, which its `reads` do not name")

    @property
    def of_studies(self) -> StudyColumns:
        """The columns as those that a study may have."""
        if isinstance(self.columns, StudyColumns):
            return self.columns
        return StudyColumns(self.columns, lambda study: self.columns)

    def spec(self, study: StudyBase, kind: Kind, inputs: tuple[str, ...], **made_from: Mapping) -> TableSpec:
        """The table as `study` makes it. `inputs` and `made_from` are those of the run; a derived table has its own."""
        common = (self.name, kind, f"{study.title}: {self.shows}", self.key, self.of_studies(study))
        code = tuple(dict.fromkeys((self.rows.__module__, *self.made_by)))
        if self.reads is None:
            return TableSpec(*common, code, inputs, format=self.format, **made_from)
        own = tuple(f"{study.study}/{name}" for name in self.reads)
        return TableSpec(*common, code, own, derive=partial(self.rows, study), format=self.format)


class SystemTables:
    """All tables of a system, in the order in which they are listed; a misspelt one fails where it is declared."""

    def __init__(self, *declarations: TableDeclaration) -> None:
        self.by_name = {each.name: each for each in declarations}
        if len(self.by_name) != len(declarations):
            raise ValueError("two tables of one system have the same name")
        for each in declarations:
            unknown = set(each.reads or ()) - set(self.by_name)
            if unknown:
                raise ValueError(f"the table {each.name} reads {', '.join(sorted(unknown))}, which no table is")

    def specs(
        self,
        study: StudyBase,
        kind: Kind = "measured",
        inputs: tuple[str, ...] = (),
        only: Collection[str] | None = None,
        **made_from: Mapping,
    ) -> list[TableSpec]:
        """What a study makes: all tables, or those named in `only`. `made_from` is `data` and `models` of the run."""
        chosen = [each for name, each in self.by_name.items() if only is None or name in only]
        return [each.spec(study, kind, inputs, **made_from) for each in chosen]

    def results(self, found: object, only: Collection[str] | None = None, **more) -> "Iterator[TableResult]":
        """The tables of a run from what it found, derived ones left out; `more` goes into each `TableResult`.

        All rows are made before the first table is given.
        """
        made = {
            name: all_rows(each.rows(found))
            for name, each in self.by_name.items()
            if each.reads is None and (only is None or name in only)
        }
        for name, rows in made.items():
            yield TableResult(name, rows, **more)


@dataclass(frozen=True)
class TableResult:
    """The rows of one table, in the order in which they are frozen, and what only the run could know.

    `data` and `models` hold the SHA-256 of what the run resolved itself (a hub revision, a split), by name.
    """

    name: str
    rows: Rows
    data: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    seeds: tuple[int, ...] = ()


def all_rows(made: "Iterable[Row] | pyarrow.Table") -> Rows:
    """What a function of rows has made, wholly: a generator is used up, a list or a `pyarrow.Table` is as it is."""
    return made if isinstance(made, Sized) else list(made)


@dataclass(frozen=True)
class PartSpec:
    """One part of a run, as it is known before it is made.

    `keeps` is the file or folder, below the work folder, that is kept of it (`?` stands for any character), and `whole`
    the file that is there once it is whole, where there is one. `model`, `dtype` and `quantization` are what it loads,
    `training` how it trains; `costs` are cells of its rows in the table of costs.
    """

    name: str
    keeps: str
    whole: str | None = None
    model: "ModelChoice | None" = None
    training: "Training | None" = None
    dtype: str = "float32"
    quantization: "Quantization | None" = None
    costs: Mapping[str, object] = field(default_factory=dict)


class PartMade(Exception):
    """Ends a run that was asked for one part alone, once that is kept."""


class Progress(Protocol):
    """Passes items on and shows how far it is: `for item in context.progress(items, "counting")`."""

    def __call__(self, items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]: ...


@dataclass(frozen=True)
class Choice:
    """What whoever runs a study may choose: one of its profiles, other seeds than its own, and derived tables alone."""

    profile: Profile | None = None
    seeds: tuple[int, ...] = ()
    derived_only: bool = False


def _no_work() -> Path:
    raise UserError("nobody gave this run a folder to work in")


@dataclass(frozen=True)
class Context:
    """What a running study may ask for.

    `read` gives an input table, also one that the same run has just yielded. `profile` is one of the study's, None
    where it has none; `seeds` stand in for the study's own where there are any. What a study keeps in the folder that
    `work()` gives is there again when an interrupted run is repeated. `only` names the one part that the run is to
    make; it ends with `PartMade` then.
    """

    read: Read
    progress: Progress
    profile: Profile | None = None
    seeds: tuple[int, ...] = ()
    work: Callable[[], Path] = _no_work
    only: str | None = None

    def wants(self, place: str) -> bool:
        """Whether the part called `place`, or one below it, is to be made here: without `only` all are."""
        return self.only is None or f"{self.only}/".startswith(f"{place}/")

    def made_parts(self) -> None:
        """To be called once all parts that `wants` names are kept: ends a run that is for one of them alone."""
        if self.only is not None:
            raise PartMade(self.only)


class System(Protocol):
    """The names that a system module must have.

    `run` leaves the derived tables out; `parts` is asked for where `Study.in_parts` says so.
    """

    Study: type[StudyBase]

    def tables(self, study: StudyBase) -> list[TableSpec]: ...

    def run(self, study: StudyBase, context: Context) -> Iterator[TableResult]: ...

    def parts(self, study: StudyBase, seeds: tuple[int, ...]) -> Iterable[PartSpec]: ...


def parts_of_run(study: StudyBase, seeds: tuple[int, ...] = ()) -> tuple[PartSpec, ...]:
    """The parts of a run of the study, which is narrowed to one profile; none where it is made in one piece."""
    return tuple(load_system(study.system).parts(study, seeds)) if study.in_parts else ()


def system_packages() -> list[Path]:
    """The folders of packages, other than `experiments`, in which systems lie."""
    tops = {module.partition(".")[0] for module in SYSTEMS.values()} - {"experiments"}
    found = [find_spec(top) for top in sorted(tops)]
    return [Path(folder) for spec in found if spec for folder in spec.submodule_search_locations or ()]


def load_system(name: str) -> System:
    """The module of a system. Raises UserError where the system needs a package that is not installed."""
    try:
        return import_module(SYSTEMS[name])
    except ModuleNotFoundError as error:
        if error.name and error.name.split(".")[0] in ("experiments", SYSTEMS[name].split(".")[0]):
            raise
        needed = f"the system {name} needs the package {error.name}"
        raise UserError(f"{needed}; install lockfiles/experiments.txt (`make experiments` does)") from None
