"""The system "published": reads a transcription and freezes it as `reported` tables."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from experiments.published.claims import CLAIM_COLUMNS, Claim, claim_rows
from experiments.published.rows import CASE_COLUMNS, all_figures, case_rows, columns_of, figure_rows
from experiments.published.transcription import Case, Figure, Grid
from experiments.study import StudyBase
from experiments.system import Context, SystemTables, TableDeclaration, TableResult, TableSpec
from experiments.tables.claims import Figures, LabelOfCase, Own, places
from experiments.tables.own_predicates import missing_function
from experiments.tables.printed import UNITS
from experiments.tables.sidecar import Source

TABLES = SystemTables(
    TableDeclaration("figures", "published figures", ("figure",), columns_of, figure_rows),
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
    def _complete(self) -> Self:
        figures = all_figures(self)
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

    @model_validator(mode="after")
    def _claims_are_about_what_there_is(self) -> Self:
        figures, cases = all_figures(self), {(case.group, case.case) for case in self.cases}
        complaints = []
        for index, claim in enumerate(self.claims):
            said = {path: _unfit(chosen, figures) for path, chosen in places(claim)}
            if isinstance(claim, LabelOfCase) and (claim.group, claim.case) not in cases:
                said["case",] = f"there is no case {claim.case} of {claim.group} in this study"
            if isinstance(claim, Own):
                said["predicate",] = missing_function(claim.predicate)
            if not any(said.values()):
                said[()] = _unlike(claim, figures)
            complaints += [_complaint(("claims", index, *path), text) for path, text in said.items() if text]
        if complaints:
            raise ValidationError.from_exception_data("claims", complaints)
        return self


def _unfit(chosen: Figures, figures: Sequence[Figure]) -> str | None:
    """What is wrong with a claim's choice of figures, None where it fits the study."""
    conditions = chosen.conditions()
    found = any(_chosen(conditions, figures))
    said = ", ".join(f"{name} {wanted}" for name, wanted in conditions.items())
    if not found and chosen.printed:
        meant = _meant(conditions, figures)
        return f"no figure of this study has {said}{meant}; where the document prints none, say `printed: false`"
    return f"there are figures with {said}; take `printed: false` away" if found and not chosen.printed else None


def _chosen(conditions: Mapping[str, object], figures: Iterable[Figure]) -> Iterator[Figure]:
    for figure in figures:
        if all(_field(figure, name) in _several(wanted) for name, wanted in conditions.items()):
            yield figure


def _meant(conditions: Mapping[str, object], figures: Sequence[Figure]) -> str:
    """The value of a field that may be meant in place of one that no figure has."""
    for name, wanted in conditions.items():
        known = {str(_field(figure, name)) for figure in figures if _field(figure, name) is not None}
        for each in map(str, _several(wanted)):
            if each not in known:
                near = get_close_matches(each, sorted(known), n=1)
                return (
                    f" (did you mean {near[0]}?)"
                    if near
                    else f" ({name} is one of {', '.join(sorted(known)[:8]) or 'none'})"
                )
    return ""


def _unlike(claim: Claim, figures: Sequence[Figure]) -> str | None:
    """What keeps two sides of a comparison from being compared: they are in different units."""
    sides = [
        side for name in ("left", "right", "among", "difference") if isinstance(side := dict(claim).get(name), Figures)
    ]
    units = [
        {UNITS[figure.printed_unit].tidy for figure in _chosen(side.conditions(), figures) if figure.printed}
        for side in sides
    ]
    first = next((each for each in units if each), set())
    for each in units:
        if each and not each & first:
            return f"compares figures in {' and '.join(map(str, first))} with figures in {' and '.join(map(str, each))}"
    return None


def _field(figure: Figure, name: str) -> object:
    return dict(figure)[name]


def _several(wanted: object) -> tuple[object, ...]:
    return wanted if isinstance(wanted, tuple) else (wanted,)


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
