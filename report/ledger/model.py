"""The schema of `_site/facts.json` and `_site/facts/`: every value that the report shows, and where each comes from."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr

from analysis.facts.origins import Kind
from experiments.tables.closed import Closed
from experiments.tables.sidecar import Kind as SidecarKind

Plain = StrictStr | StrictInt | StrictFloat | StrictBool | None
Data = Annotated[Plain, Field(union_mode="left_to_right")]
"""As `analysis.facts.origins.Data`; a value is of one type alone, so that the first that takes it is right."""


class Origin(Closed):
    """One cell of a frozen table that a value comes from."""

    table: str = Field(description="study/table")
    row: dict[str, Data] = Field(description="the row's key; empty for a fact about the whole table")
    column: str = Field(description="a column; @rows for a number of rows, @… for a record of the sidecar")
    digest: str = Field(description="SHA-256 of the table's CSV")
    kind: Kind


class Interval(Closed):
    """An interval as a value."""

    estimate: Data = Field(description="what it is around, where that is shown with it")
    low: float | None
    high: float | None
    level: float | None = Field(description="its confidence; null for a range that has none")
    method: str


class PValue(Closed):
    """A p-value as a value."""

    p: float
    test: str
    correction: str | None = Field(description="for how many tests were made, such as Holm's")


class Fact(Closed):
    """One value that the report shows."""

    id: str = Field(description="as in the attribute data-fact of the page: chapter and running number")
    chapter: str
    form: Literal["inline", "cell", "point", "alt", "caption", "sentence"]
    label: str | None = Field(description="the figure or table that it stands in")
    text: str = Field(description="as shown, without the mark of its kind")
    value: Plain | Interval | PValue = Field(
        union_mode="left_to_right", description="as in the table or computed from it; null where the source gives none"
    )
    unit: str | None
    kind: Kind
    how: str = Field(description="its cell, or how it was worked out from cells")
    origins: tuple[Origin, ...]


class Side(Closed):
    """One side of a comparison."""

    value: Data
    kind: Kind | None = Field(description="null for a limit that the text names")
    how: str
    tables: tuple[str, ...] = Field(default=(), description="the tables that it comes from")


class Relation(Closed):
    """A comparison that a claim rests on."""

    sign: Literal["<", "<=", "==", "!=", ">=", ">"]
    holds: bool
    left: Side
    right: Side


class Claim(Closed):
    """A claim that was tested against the tables in this render."""

    id: str
    chapter: str
    statement: str
    verdict: str
    facts: tuple[str, ...] = Field(description="ids of the facts in its sentence")
    relations: tuple[Relation, ...] = Field(default=(), description="the comparisons that it rests on")


class Table(Closed):
    """A frozen table that some chapter read."""

    kind: SidecarKind
    title: str
    digest: str
    rows: int
    chapters: tuple[str, ...]


class Build(Closed):
    """Which version of the report this is."""

    version: str = Field(description="of the tag, else of the project")
    tag: str | None = Field(default=None, description="the tag v… on the commit")
    commit: str | None
    modified: bool = Field(description="whether there were changes that are in no commit")
    date: str | None = Field(default=None, description="of the commit, else of the render")
    tables: str = Field(description="digest over the tables that the report shows, by id and digest")

    @property
    def shown(self) -> str:
        """The version as the title page has it."""
        return " · ".join(filter(None, (self.version, self.commit, "with local changes" if self.modified else None)))


class SiteFacts(Closed):
    """Everything together, as a render has it in memory."""

    engine: str
    build: Build
    tables: dict[str, Table]
    facts: tuple[Fact, ...]
    claims: tuple[Claim, ...]


class ChapterFile(Closed):
    """Where the facts of one chapter lie, and how many there are."""

    file: str = Field(description="beside the index: facts/NAME.json")
    facts: int
    claims: int


class Index(Closed):
    """`_site/facts.json`."""

    schema_version: Literal[2] = 2
    engine: str
    build: Build
    tables: dict[str, Table]
    chapters: dict[str, ChapterFile] = Field(description="by name, in reading order")


class ChapterFacts(Closed):
    """`_site/facts/NAME.json`: what one chapter shows and claims."""

    chapter: str
    facts: tuple[Fact, ...]
    claims: tuple[Claim, ...]


class VersionFile(Closed):
    """`_site/version.json`: which version of the report the site is."""

    schema_version: Literal[1] = 1
    title: str
    engine: str
    build: Build
    shown: dict[str, str] = Field(description="digest of each table that the report shows, by id")
    pdf: str | None = Field(description="the PDF beside the pages")
