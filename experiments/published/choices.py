"""Whether the figures that a claim chooses are in its study, and can be tested as it says."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import combinations, product
from typing import get_args

from experiments.published.transcription import Figure
from experiments.tables.claims import (
    AllOf,
    Constant,
    DifferenceOf,
    DifferenceSignificant,
    Equal,
    FigureField,
    Figures,
    Greater,
    MeanOf,
    Monotone,
    OnlyTheLast,
    Rises,
    ShareBelow,
    ShareOf,
    SumOf,
    Times,
    Within,
    places,
)
from experiments.tables.closed import Closed
from experiments.tables.printed import SIGNS, UNITS

FIELDS = get_args(FigureField)
SINGLE = (Equal, Within, ShareOf, ShareBelow, SumOf, DifferenceOf, MeanOf, DifferenceSignificant)
"""Tests each of whose choices is one figure, but for the `of` of a mean."""


def unfit(chosen: Figures, figures: Sequence[Figure]) -> str | None:
    """What is wrong with a claim's choice of figures, None where it fits the study."""
    conditions = chosen.conditions()
    found = any(_chosen(chosen, figures))
    said = ", ".join(f"{name} {wanted}" for name, wanted in conditions.items())
    if not found and chosen.printed:
        meant = _meant(conditions, figures)
        return f"no figure of this study has {said}{meant}; where the document prints none, say `printed: false`"
    return f"there are figures with {said}; take `printed: false` away" if found and not chosen.printed else None


def _chosen(chosen: Figures, figures: Iterable[Figure]) -> Iterator[Figure]:
    conditions = chosen.conditions()
    return (figure for figure in figures if is_chosen(figure, conditions))


def is_chosen(figure: Figure, conditions: Mapping[str, object]) -> bool:
    """Whether the fields of a figure have the values that a choice asks for."""
    return all(_field(figure, name) in _several(wanted) for name, wanted in conditions.items())


def pairs(claim: Closed, figures: Sequence[Figure]) -> Iterator[tuple[Figure, Figure]]:
    """The figures that a comparison puts side by side: left and right, or a later step and an earlier one."""
    if isinstance(claim, Rises):
        series = list(_chosen(claim.of, figures))
        for last, first in combinations(claim.steps[::-1], 2):
            ends = ([each for each in series if _field(each, claim.along) == step] for step in (last, first))
            yield from _alike(*ends, {claim.along})
    elif isinstance(claim, Greater | Times | DifferenceSignificant) and isinstance(claim.right, Figures):
        fixed = {name for name, wanted in claim.right.conditions().items() if not isinstance(wanted, tuple)}
        yield from _alike(list(_chosen(claim.left, figures)), list(_chosen(claim.right, figures)), fixed)


def _alike(left: list[Figure], right: list[Figure], but_for: set[str]) -> Iterator[tuple[Figure, Figure]]:
    fields = [field for field in FIELDS if field not in but_for]
    for mine, other in product(left, right):
        if all(_field(mine, field) == _field(other, field) for field in fields):
            yield mine, other


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


def misfits(claim: Closed, figures: Sequence[Figure]) -> dict[tuple[str | int, ...], str | None]:
    """What keeps the figures that a claim chooses from being tested as it says, by the keys that lead there."""
    if isinstance(claim, AllOf):
        return {
            ("parts", at, *path): said
            for at, part in enumerate(claim.parts)
            for path, said in misfits(part, figures).items()
        }
    if (unlike := _unlike(claim, figures)) is not None:
        return {(): unlike}
    if isinstance(claim, Greater | Times) and isinstance(claim.right, Figures):
        return {("right",): _unpaired(claim.left, claim.right, figures)}
    if isinstance(claim, Rises | Monotone):
        return {("steps",): _missing_step(claim, figures)}
    if isinstance(claim, OnlyTheLast):
        return {("of",): _not_in_one_row(claim, figures)}
    if isinstance(claim, SINGLE):
        return {path: _several_where_one(chosen, figures) for path, chosen in places(claim) if path != ("of",)}
    return {}


def _unlike(claim: Closed, figures: Sequence[Figure]) -> str | None:
    """What keeps two sides of a comparison from being compared: they are in different units."""
    sides = [
        side for name, side in claim if name in ("left", "right", "among", "difference") and isinstance(side, Figures)
    ]
    units = [{UNITS[each.printed_unit].tidy for each in _chosen(side, figures) if each.printed} for side in sides]
    first = next((each for each in units if each), set())
    for each in units:
        if each and not each & first:
            return f"compares figures in {' and '.join(map(str, first))} with figures in {' and '.join(map(str, each))}"
    return _beyond_shares(claim, figures)


def _beyond_shares(claim: Closed, figures: Sequence[Figure]) -> str | None:
    """What is wrong with the number that figures are compared with: 80 where 80% is meant, or several units."""
    number = dict(claim).get("right")
    if not isinstance(number, Constant):
        return None
    units = sorted({each.printed_unit for each in _chosen(claim.left, figures) if each.printed})
    if len(units) > 1 and len({UNITS[unit].factor for unit in units if UNITS[unit].ceiling is None}) > 1:
        return f"compares figures in {' and '.join(units)} with {number.value:g}; choose those of one unit"
    if abs(number.value) <= 1:
        return None
    shares = [each for each in _chosen(claim.left, figures) if each.printed]
    if not shares or any(
        UNITS[each.printed_unit].tidy != "fraction" or each.printed.strip()[0] in SIGNS for each in shares
    ):
        return None
    return f'compares shares, which are at most 1, with {number.value:g}; a percentage is written "{number.value:g}%"'


def _not_in_one_row(claim: OnlyTheLast, figures: Sequence[Figure]) -> str | None:
    """What keeps figures from being put in one order."""
    first: dict[object, str] = {}
    for figure in _chosen(claim.of, figures):
        place = _field(figure, claim.along)
        if place is None:
            return f"{figure.figure} has no {claim.along}"
        if place in first:
            return f"{first[place]} and {figure.figure} both have {claim.along} {place}; choose one series"
        first[place] = figure.figure
    return None


def _unpaired(left: Figures, right: Figures, figures: Sequence[Figure]) -> str | None:
    """The first figure on the left that has not one figure on the right about the same."""
    fixed = {name for name, wanted in right.conditions().items() if not isinstance(wanted, tuple)}
    theirs = list(_chosen(right, figures))
    for mine in _chosen(left, figures) if theirs else ():
        same = [each for each in theirs if all(_field(each, f) == _field(mine, f) for f in FIELDS if f not in fixed)]
        if len(same) != 1:
            return (
                f"{len(same) or 'no'} figures to compare {mine.figure} with; say which figures `left` and `right` are"
            )
    return None


def _missing_step(claim: Rises | Monotone, figures: Sequence[Figure]) -> str | None:
    """The first series that has not one figure at a step that the claim names."""
    series: dict[tuple[object, ...], list[Figure]] = {}
    for figure in _chosen(claim.of, figures):
        series.setdefault(tuple(_field(figure, name) for name in FIELDS if name != claim.along), []).append(figure)
    for group in series.values():
        for step in claim.steps:
            there = [figure for figure in group if _field(figure, claim.along) == step]
            if len(there) != 1:
                known = [str(_field(figure, claim.along)) for figure in group]
                near = get_close_matches(str(step), known, n=1)
                hint = f" (did you mean {near[0]}?)" if near and not there else ""
                return f"{len(there) or 'no'} figures beside {group[0].figure} have {claim.along} {step}{hint}"
    return None


def _several_where_one(chosen: Figures, figures: Sequence[Figure]) -> str | None:
    found = [figure.figure for figure in _chosen(chosen, figures)]
    if len(found) < 2:
        return None
    return f"chooses {len(found)} figures ({', '.join(found[:4])}{', …' if len(found) > 4 else ''}), where one is meant"


def _field(figure: Figure, name: str) -> object:
    return dict(figure)[name]


def _several(wanted: object) -> tuple[object, ...]:
    return wanted if isinstance(wanted, tuple) else (wanted,)
