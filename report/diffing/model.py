"""The schema of `report diff --json`, and of `changes.json` in each published version."""

from typing import Literal

from pydantic import Field

from experiments.tables.closed import Closed
from experiments.tables.sidecar import Kind

Move = Literal["added", "removed", "changed"]
Judgement = Literal["beyond", "within", "no interval", "interval", "volatile", "new", "gone", "as shown"]
Part = Literal[
    "claims of chapters",
    "claims of documents",
    "findings",
    "shown numbers",
    "tables",
    "sentences",
    "figures",
    "sources",
]
Importance = Literal[
    "conclusions", "numbers beyond their intervals", "numbers", "presentation", "surroundings", "nothing"
]


class Compared(Closed):
    """One of the two states."""

    name: str = Field(description="as it was asked for")
    what: str = Field(description="what that is")
    version: str | None = Field(description="as its title page has it; null where nothing is rendered")
    commit: str | None
    holds: tuple[Literal["pages", "tables", "sources"], ...] = Field(description="what of a report it holds")


class ClaimChange(Closed):
    """A claim that came out another way; null where it was not there."""

    where: str = Field(description="the chapter, or for a claim of a published document its study")
    claim: str = Field(description="its name; for a sentence without one, what it compares")
    before: str | None = Field(description="its verdict, or for what is compared the sign")
    after: str | None
    statement_before: str | None
    statement_after: str | None


class FindingChange(Closed):
    """A finding of the audit that came, went or has another verdict."""

    study: str
    check: str
    figures: tuple[str, ...]
    before: str | None
    after: str | None
    sentence: str = Field(description="what was found, in the newer state that has it")


class Number(Closed):
    """A number that is otherwise; null where it was not there.

    judgement: `beyond` – the new value lies outside of the interval that the old one had; `within` – inside; `no
    interval` – the old value had none; `interval` – the value is the same, its interval is not; `volatile` – a time, a
    memory or the like, which differs from run to run; `new`, `gone`; `as shown` – the same value is printed otherwise.
    """

    how: str = Field(description="its cell, or how it was worked out from cells")
    tables: tuple[str, ...] = Field(description="the tables that it comes from")
    kind: str | None = Field(description="measured, computed, reported or a record of a sidecar; else mixed")
    chapters: tuple[str, ...] = Field(description="the chapters that show it; none where it stands in a table alone")
    before: str | None = Field(description="as shown, else as it stands in the table")
    after: str | None
    value_before: int | float | None = Field(description="null where it is no single number")
    value_after: int | float | None
    interval_before: tuple[float | None, float | None] | None
    interval_after: tuple[float | None, float | None] | None
    judgement: Judgement


class TableChange(Closed):
    """A frozen table that was added, removed or changed. Counts are null where its rows are not at hand."""

    table: str
    change: Move
    title: str | None
    kind: Kind | None
    rows_before: int | None
    rows_after: int | None
    rows_added: int | None = None
    rows_removed: int | None = None
    cells: int | None = Field(None, description="cells that differ, in rows and columns that both have")
    columns_added: tuple[str, ...] = ()
    columns_removed: tuple[str, ...] = ()
    unlisted: int = Field(0, description="changed numbers of a long table that are not listed one by one")


class SentenceChange(Closed):
    """A sentence that reads otherwise; null where it was not there."""

    pages: tuple[str, ...] = Field(description="the pages on which it changed like this")
    place: str = Field(description="prose, heading, caption, …")
    label: str | None = Field(description="the figure or table that it belongs to")
    before: str | None
    after: str | None
    words: bool = Field(description="whether words differ, not only digits")


class FigureChange(Closed):
    """A picture that looks otherwise. Of one that came or went, and where one cannot be drawn, nothing is measured."""

    page: str
    figure: str = Field(description="its label, else its file")
    change: Move
    before: str | None = Field(description="its file in the older site")
    after: str | None
    pixels: int | None = Field(None, description="in the larger of both pictures, at 96 to an inch")
    differing: int | None = Field(None, description="pixels that are not the same in both")
    difference: float | None = Field(None, description="mean difference of all pixels: 0 the same, 1 black and white")
    note: str | None = Field(None, description="why nothing was measured")


class Setting(Closed):
    """One setting; null where it was not there."""

    name: str
    before: str | None
    after: str | None


class StudyChange(Closed):
    """A study that was added, removed, or has other settings."""

    study: str
    change: Move
    settings: tuple[Setting, ...]


class LockChange(Closed):
    """A lock file that was added, removed, or names other versions."""

    file: str
    change: Move
    packages: tuple[Setting, ...]


class EnvironmentChange(Closed):
    """What tables were made with, where it is otherwise."""

    what: str = Field(description="python, system, a package, processor, …")
    before: str | None
    after: str | None
    tables: tuple[str, ...]


class SourceChange(Closed):
    """The text of a chapter, or a setting of the book."""

    file: str
    change: Move
    lines_added: int
    lines_removed: int


class Changes(Closed):
    """Everything that is otherwise in `after` than in `before`, by importance."""

    schema_version: Literal[2] = 2
    before: Compared
    after: Compared
    importance: Importance = Field("nothing", description="the gravest thing that changed")
    claims: tuple[ClaimChange, ...] = ()
    findings: tuple[FindingChange, ...] = ()
    numbers: tuple[Number, ...] = ()
    tables: tuple[TableChange, ...] = ()
    sentences: tuple[SentenceChange, ...] = ()
    figures: tuple[FigureChange, ...] = ()
    sources: tuple[SourceChange, ...] = ()
    studies: tuple[StudyChange, ...] = ()
    lock_files: tuple[LockChange, ...] = ()
    environments: tuple[EnvironmentChange, ...] = ()
    compared: tuple[Part, ...] = ()
    not_compared: tuple[str, ...] = Field((), description="what could not be, and what to do about it; a line each")

    @property
    def empty(self) -> bool:
        """Whether nothing that was compared is otherwise."""
        parts = (self.claims, self.findings, self.numbers, self.tables, self.sentences, self.figures, self.sources)
        return not any((*parts, self.studies, self.lock_files, self.environments))
