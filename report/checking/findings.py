"""What the checks find, and how a finding reads."""

from typing import Literal

from pydantic import Field

from experiments.tables.closed import Closed

Level = Literal["error", "note"]

RULES = {
    "orphan-number": "A number that no table is behind",
    "misnamed": "A name that differs from a known one in a digit",
    "method-misnamed": "A test or correction that is not that of the p-value beside it",
    "aggregate-misnamed": "A mean, a sum or an extreme that a caption calls by another name",
    "touching-number": "Digits or a sign that stand directly beside a shown value and change it",
    "unit-after-value": "A unit that contradicts the value before it",
    "value-not-from-table": "A shown value that does not round from its table",
    "unbound-comparative": "A comparison that no tested relation is behind",
    "relation-fails": "A sentence whose relation does not hold",
    "word-against-relation": "A word that says other than the relations of its sentence",
    "word-without-relation": "A word that compares beyond what the relations of its sentence compare",
    "values-turned-round": "Two values that stand the other way round than the word between or before them says",
    "kinds-unmarked": "A comparison across kinds that does not say so",
    "class-reserved": "A class or an element of the report's own, typed into a chapter, in which text is not checked",
    "unread-element": "A script, an embedded document or a picture of dots that a cell draws: nothing is read in it",
    "claim-unknown": "A claim that no fact log lists",
    "silenced-without-reason": "A silenced part without a reason",
    "allowed-unused": "An allowed entry that nothing needs",
    "heading-of-another-column": "A heading that names another column than the one below it",
    "heading-of-another-study": "A heading that names another study than the one below it",
    "column-replaced": "A place that shows another column than it was accepted with",
    "value-typed": "A number typed where a value stood when it was accepted",
    "word-put-in": "A word that compares, typed into a sentence that was accepted without it or with another one",
    "sentence-turned-round": "A “no” or “not” put into an accepted sentence, or left out of it",
    "number-retyped": "A number that is typed in the place of another one that was accepted",
    "bound-turned-round": "“At least” for the largest, or “at most” for the smallest",
    "ends-turned-round": "An interval whose ends are not the bounds of one quantity, in their order",
    "figure-changed": "A drawing or an alternative text that the chapter did not make",
    "figure-number": "A number or a word that compares in a drawing that no table is behind",
    "figure-label": "A label in a drawing that comes from nowhere",
    "figure-mark": "A mark in a drawing that does not stand where its value lies",
    "figure-column": "A scale or series that is called what it does not show",
    "figure-colours": "Two colours of a drawing that cannot be told apart",
    "unreadable": "A page, PDF or log that cannot be read",
}
"""Every rule by its id, in a few words."""


class Nearest(Closed):
    """A fact that may be meant."""

    table: str
    cell: str = Field(description="how the value comes from its tables")
    text: str = Field(description="as it is shown")


class Finding(Closed):
    """One thing that is wrong."""

    rule: str
    message: str
    level: Level = "error"
    place: str = Field(description="prose, caption, heading, …")
    page: str | None = Field(None, description="the page's path in the output, or the PDF")
    pdf_page: int | None = Field(None, description="counted from 1")
    file: str | None = Field(None, description="the source, below the project; null where it was not found")
    line: int | None = None
    column: int | None = None
    around: str = Field("", description="the text around it")
    nearest: tuple[Nearest, ...] = ()

    @property
    def where(self) -> str:
        """The source, or else the page."""
        if self.file is not None:
            return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return self.page or "?"

    def __str__(self) -> str:
        """The finding in one line."""
        page = f", page {self.pdf_page}" if self.pdf_page else ""
        there = "" if self.file is None and not page else f" ({self.page}{page}, {self.place})"
        if self.page is None or (self.file is None and not page):
            there = f" ({self.place})"
        meant = " or ".join(f"`{each.table}`: {each.cell}, {each.text}" for each in self.nearest)
        around = f" in “{self.around}”" if self.around else ""
        return f"{self.where}: {self.message}{around}{there}" + (f"; did you mean {meant}?" if meant else "")


class Silenced(Closed):
    """A part of a page that its author takes responsibility for."""

    chapter: str
    file: str | None
    line: int | None
    text: str
    reason: str


class Results(Closed):
    """All that was found in a rendered report."""

    pages: int
    pdf_pages: int
    numbers: int = Field(description="numbers looked at")
    bound: int = Field(description="of these, numbers of shown values")
    comparatives: int = Field(description="words that compare, looked at")
    claimed: int = Field(description="of these, words in tested sentences")
    findings: tuple[Finding, ...]
    silenced: tuple[Silenced, ...]

    @property
    def errors(self) -> list[Finding]:
        """The findings that are no mere notes."""
        return [finding for finding in self.findings if finding.level == "error"]


class Checked(Closed):
    """What `report check --json` prints. Its JSON Schema is `check.schema.json`."""

    problems: tuple[str, ...] = Field(description="of chapters, tables and rendered files, a line each: all errors")
    refused: tuple[Finding, ...] = Field(
        (), description="what the last render was refused for: errors on pages that did not take the place of these"
    )
    notes: tuple[str, ...] = Field(description="what was not checked, and why")
    rendered: Results | None = Field(description="what the pages and the PDF show; null where nothing is rendered")
    since: tuple[str, ...] | None = Field(None, description="claims that came out another way, where --since asks")
