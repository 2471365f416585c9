"""The sidecar: what a frozen table holds, how it came to be, and the digests by which both are checked."""

from collections.abc import Collection
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from experiments.tables.closed import Closed

SCHEMA_VERSION = 2

Kind = Literal["measured", "computed", "reported"]
Made = Literal["run", "derived"]
Format = Literal["csv", "parquet"]
CellType = Literal["string", "integer", "number", "boolean"]
Profile = Literal["smoke", "cpu", "full", "geometry"]
Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
ColumnName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256, in hex")]
ShortSha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{12}$", description="the first 12 hex digits of a SHA-256")]


class Column(Closed):
    """One column of a table. `unit` is a singular word or symbol ("percent", "s"); a share has none."""

    name: ColumnName
    type: CellType
    meaning: str = Field(min_length=1)
    unit: str | None = None
    direction: Literal["higher", "lower"] | None = Field(None, description="which way is better")
    nullable: bool = Field(False, description="whether cells may be missing (an empty field of the CSV)")
    kind: Kind | None = Field(None, description="the kind of its cells, where it is not that of the table")
    decimals: int | None = Field(None, ge=0, le=17, description="fixed decimals; without it the shortest exact form")
    lower_bound_of: ColumnName | None = None
    upper_bound_of: ColumnName | None = None
    volatile: bool = Field(False, description="whether it differs from run to run: times, memory, energy, hardware")
    n_of: ColumnName | None = Field(None, description="this column is the number of observations behind that one")

    @model_validator(mode="after")
    def _check_numeric_only(self) -> Self:
        if self.decimals is not None and self.type != "number":
            raise ValueError(f"column {self.name}: only a number column has decimals")
        if self.direction is not None and self.type not in ("integer", "number"):
            raise ValueError(f"column {self.name}: only numbers have a better direction")
        return self


class Source(Closed):
    """Where a reported figure or a constant was published."""

    title: str = Field(min_length=1)
    place: str = Field(min_length=1, description="page, table, section or file inside the source")
    url: str | None = None
    sha256: Sha256 | None = None


class Digests(Closed):
    """What the table was made from, and what it was when it was frozen.

    `table` is that of the file; `rows` (in order) and `columns` are those of the content of each row and column, by
    which a changed cell is found. A long Parquet table has one in `rows` for each `block` of rows, and in `positions`
    one for each place within a block. `smoke` is that of what the study gives for this table in the smoke profile,
    without its volatile columns. `sidecar` is that of the sidecar itself, without this one entry.
    """

    table: Sha256
    rows: tuple[ShortSha256, ...]
    block: int = Field(1, ge=1)
    positions: tuple[ShortSha256, ...] = ()
    columns: dict[ColumnName, Sha256]
    smoke: Sha256 | None = None
    study: Sha256
    code: Sha256
    lockfile: Sha256
    data: dict[str, Sha256] = Field(default_factory=dict)
    models: dict[str, Sha256] = Field(default_factory=dict)
    inputs: dict[str, Sha256] = Field(default_factory=dict)
    sidecar: Sha256 | None = None


class Hardware(Closed):
    """The machine that made the table, as far as it matters to a measurement."""

    processor: str
    cores: int
    memory_bytes: int | None = None
    accelerators: tuple[str, ...] = ()


class Cost(Closed):
    """What making the study's tables took, and how long that was expected to take when it began, None of a first run.

    Energy is `None` with source "none" where nothing measured it.
    """

    wall_seconds: float
    cpu_seconds: float
    expected_seconds: float | None = None
    peak_memory_bytes: int | None = None
    peak_accelerator_bytes: int | None = None
    energy_joules: float | None = None
    energy_source: Literal["nvml", "rapl", "tdp-estimate", "none"] = "none"


class Provenance(Closed):
    """How the table was made: enough to make it again. `commit` ends in "-dirty" where the tree had changes."""

    command: str
    commit: str | None = None
    seeds: tuple[int, ...] = ()
    profile: Profile | None = None
    environment: dict[str, str]
    hardware: Hardware
    cost: Cost


class Change(Closed):
    """One thing that a table depends on and that is no longer what it was ("code", "study", "data:…", "input:…")."""

    what: str
    old: Sha256 | None = None
    new: Sha256 | None = None


class Acceptance(Closed):
    """Somebody's word that these changes leave the table as it is."""

    who: str
    when: str = Field(description="UTC, ISO 8601")
    because: str = Field(min_length=1)
    changes: tuple[Change, ...] = Field(min_length=1)


class Sidecar(Closed):
    """Everything that is known about one frozen table."""

    schema_version: Literal[1, 2] = SCHEMA_VERSION
    table: Name
    study: Name
    kind: Kind
    made: Made = Field("run", description="by a run, or derived from the tables in digests.inputs")
    format: Format = Field("csv", description="how the rows are stored")
    title: str = Field(min_length=1)
    key: tuple[ColumnName, ...] = Field(min_length=1)
    columns: tuple[Column, ...] = Field(min_length=1)
    row_count: int = Field(ge=0)
    digests: Digests
    provenance: Provenance
    sources: tuple[Source, ...] = ()
    accepted: tuple[Acceptance, ...] = ()

    @model_validator(mode="after")
    def _check_consistency(self) -> Self:
        check_columns(self.columns, self.key)
        if set(self.digests.columns) != {column.name for column in self.columns}:
            raise ValueError("digests.columns does not name the columns of the table")
        if len(self.digests.rows) != -(-self.row_count // self.digests.block):
            raise ValueError(f"{len(self.digests.rows)} row digests for {self.row_count} rows")
        if len(self.digests.positions) != (self.digests.block if self.digests.block > 1 else 0):
            raise ValueError(f"{len(self.digests.positions)} digests for {self.digests.block} positions in a block")
        return self

    @property
    def id(self) -> str:
        return f"{self.study}/{self.table}"

    def accepted_of(self, what: str) -> Collection[Sha256 | None]:
        """The digest that the last acceptance of `what` allows; empty where there is none."""
        given = [change.new for acceptance in self.accepted for change in acceptance.changes if change.what == what]
        return given[-1:]

    def column(self, name: str) -> Column:
        """The column called `name`; KeyError with the known names otherwise."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.id} has no column {name}; it has {', '.join(c.name for c in self.columns)}")


def check_columns(columns: tuple[Column, ...], key: tuple[str, ...]) -> None:
    """ValueError unless names are unique, the key names columns without missing cells, and references resolve."""
    by_name = {column.name: column for column in columns}
    if len(by_name) != len(columns):
        raise ValueError("two columns have the same name")
    for name in key:
        if name not in by_name:
            raise ValueError(f"the key names {name}, which is no column")
        if by_name[name].nullable:
            raise ValueError(f"key column {name} must not be nullable")
    for column in columns:
        for reference in (column.lower_bound_of, column.upper_bound_of, column.n_of):
            if reference is not None and reference not in by_name:
                raise ValueError(f"column {column.name} refers to {reference}, which is no column")
