"""The system "published": reads a transcription and freezes it as `reported` tables."""

from collections import Counter
from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, model_validator

from experiments.published.rows import (
    CASE_COLUMNS,
    CLAIM_COLUMNS,
    FIGURE_COLUMNS,
    all_figures,
    case_row,
    claim_row,
    figure_row,
)
from experiments.published.transcription import Case, Claim, Figure, Grid
from experiments.study import StudyBase
from experiments.system import Context, TableResult, TableSpec
from experiments.tables.sidecar import Column, Source


class Study(StudyBase):
    """A transcription of one document, or of figures of one sort from several."""

    system: Literal["published"]
    sources: dict[str, Source] = Field(min_length=1)
    figures: tuple[Figure, ...] = ()
    grids: tuple[Grid, ...] = ()
    claims: tuple[Claim, ...] = ()
    cases: tuple[Case, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        figures = all_figures(self.figures, self.grids)
        if not figures:
            raise ValueError("a study of published figures needs `figures` or `grids`")
        names = Counter(figure.figure for figure in figures)
        if repeated := [name for name, times in names.items() if times > 1]:
            raise ValueError(f"figures named more than once: {', '.join(repeated)}")
        known = {None, *self.sources} if len(self.sources) == 1 else set(self.sources)
        for figure in figures:
            if figure.source not in known:
                raise ValueError(f"figure {figure.figure} names no source of {', '.join(self.sources)}")
        if self.claims and len(self.sources) > 1:
            raise ValueError("claims belong to one document, but this study has several sources")
        return self


def tables(study: Study) -> list[TableSpec]:
    """`figures` always; `claims` and `cases` where the study has any."""
    specs = [_spec(study, "figures", "Published figures", ("figure",), FIGURE_COLUMNS)]
    if study.claims:
        specs.append(_spec(study, "claims", "Claims", ("claim",), CLAIM_COLUMNS))
    if study.cases:
        specs.append(_spec(study, "cases", "Printed cases", ("group", "case"), CASE_COLUMNS))
    return specs


def _spec(study: Study, name: str, what: str, key: tuple[str, ...], columns: tuple[Column, ...]) -> TableSpec:
    return TableSpec(
        name=name,
        kind="reported",
        title=f"{what}: {study.title}",
        key=key,
        columns=columns,
        code=("experiments.published.rows",),
        sources=tuple(study.sources.values()),
    )


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """The rows in the order of the source. Everything stands in the study, so the context is not needed."""
    source = next(iter(study.sources))
    yield TableResult("figures", [figure_row(figure, source) for figure in all_figures(study.figures, study.grids)])
    if study.claims:
        yield TableResult("claims", [claim_row(claim, source) for claim in study.claims])
    if study.cases:
        yield TableResult("cases", [case_row(case) for case in study.cases])
