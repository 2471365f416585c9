"""The system "published": reads a transcription and freezes it as `reported` tables."""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from experiments.published.choices import misfits, unfit
from experiments.published.claims import CLAIM_COLUMNS, Claim, claim_rows
from experiments.published.rows import CASE_COLUMNS, all_figures, case_rows, columns_of, figure_rows
from experiments.published.transcription import Case, Figure, Grid
from experiments.published.wording import contradictions
from experiments.study import StudyBase
from experiments.system import Context, StudyColumns, SystemTables, TableDeclaration, TableResult, TableSpec
from experiments.tables.claims import LabelOfCase, Own, cells, places
from experiments.tables.figures import FIGURE_COLUMNS, MORE
from experiments.tables.own_functions import missing_function
from experiments.tables.sidecar import Source

FIGURES = StudyColumns(FIGURE_COLUMNS, columns_of, tuple(column.name for column in MORE))
TABLES = SystemTables(
    TableDeclaration("figures", "published figures", ("figure",), FIGURES, figure_rows),
    TableDeclaration("claims", "claims", ("claim",), CLAIM_COLUMNS, claim_rows),
    TableDeclaration("cases", "printed cases", ("group", "case"), CASE_COLUMNS, case_rows),
)


class Study(StudyBase):
    """A transcription of one document, or of figures of one sort from several."""

    system: Literal["published"]
    sources: dict[str, Source] = Field(min_length=1)
    figures: tuple[Figure, ...] = ()
    grids: tuple[Grid, ...] = ()
    claims: tuple[Claim, ...] = ()
    cases: tuple[Case, ...] = ()

    @model_validator(mode="after")
    def _check_complete(self) -> Self:
        figures = all_figures(self)
        if not figures:
            raise ValueError("a study of published figures needs `figures` or `grids`")
        if complaints := list(_named_again(self)):
            raise ValidationError.from_exception_data("published", complaints)
        known = {None, *self.sources} if len(self.sources) == 1 else set(self.sources)
        for figure in figures:
            if figure.source not in known:
                raise ValueError(f"figure {figure.figure} names no source of {', '.join(self.sources)}")
        if self.claims and len(self.sources) > 1:
            raise ValueError("claims belong to one document, but this study has several sources")
        return self

    @model_validator(mode="after")
    def _check_claims(self) -> Self:
        figures, cases = all_figures(self), {(case.group, case.case) for case in self.cases}
        complaints = []
        for index, claim in enumerate(self.claims):
            said = {path: unfit(chosen, figures) for path, chosen in places(claim)}
            said |= {(*path, "table"): _own_table(cell.table, self.study) for path, cell in cells(claim)}
            if isinstance(claim, LabelOfCase) and (claim.group, claim.case) not in cases:
                said["case",] = f"there is no case {claim.case} of {claim.group} in this study"
            if isinstance(claim, Own):
                said["predicate",] = missing_function(claim.predicate)
            if not any(said.values()):
                said |= misfits(claim, figures)
            if not any(said.values()):
                said |= {(key,): f"the {key} {how}" for key, how in contradictions(claim, figures)}
            complaints += [_complaint(("claims", index, *path), text) for path, text in said.items() if text]
        if complaints:
            raise ValidationError.from_exception_data("claims", complaints)
        return self


def _own_table(table: str, study: str) -> str | None:
    """What is wrong with a cell of the tables of this study, which hold what is printed, whatever column it names."""
    if table.partition("/")[0] != study:
        return None
    return f"{table} is this study itself: choose one of its figures by quantity, as {{quantity: accuracy}}"


def _named_again(study: Study) -> Iterator[InitErrorDetails]:
    """Each figure, claim and case that bears the name of an earlier one."""
    figures = [*((("figures", at), each.figure) for at, each in enumerate(study.figures)), *_cells(study)]
    claims = [(("claims", at, "claim"), each.claim) for at, each in enumerate(study.claims)]
    cases = [(("cases", at, "case"), f"{each.case} of {each.group}") for at, each in enumerate(study.cases)]
    for what, named in (("figures", figures), ("claims", claims), ("cases", cases)):
        places: dict[str, list[tuple[str | int, ...]]] = {}
        for where, name in named:
            places.setdefault(name, []).append(where)
        for name, (first, *again) in places.items():
            for where in again[:1]:
                before = ".".join(map(str, first))
                yield _complaint(
                    where, f"{what} named more than once: {name}, first at {before}; give each its own name"
                )


def _cells(study: Study) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The figures of the grids, with the keys that lead to each."""
    for at, grid in enumerate(study.grids):
        cells = ((row, column) for row, printed in grid.printed.items() for column in range(len(printed)))
        for (row, column), figure in zip(cells, grid.figures(), strict=True):
            yield ("grids", at, "printed", str(row), column), figure.figure


def _complaint(where: tuple[str | int, ...], text: str) -> InitErrorDetails:
    return InitErrorDetails(type=PydanticCustomError("claim", "{said}", {"said": text}), loc=where, input={})


def tables(study: Study) -> list[TableSpec]:
    """`figures` always; `claims` and `cases` where the study has any."""
    return TABLES.specs(study, "reported", only=_names(study), sources=tuple(study.sources.values()))


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """The rows in the order of the source. Everything stands in the study, so the context is not needed."""
    yield from TABLES.results(study, only=_names(study))


def _names(study: Study) -> set[str]:
    return {"figures"} | {name for name, rows in (("claims", study.claims), ("cases", study.cases)) if rows}
