"""Predicates that say which of several figures is the greater: `greater`, `rises`, `best`, `only-the-last`, …"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from analysis.claims.figures import Amount, amount, chosen, greater, name_subject, named, of_row, show, undecided
from analysis.claims.ruling import ClaimError, Gaps, Read, Ruling, according_to, all_hold
from analysis.facts import Row, count_true, derived
from analysis.sources import FIELDS, Source, described, in_words, matching, only, series
from experiments.tables.claims import Best, Cell, Constant, Figures, Greater, Monotone, OnlyTheLast, Rises, Times

MOST_TOLD = 4
"""The most series of which each is told; of more it is only told how many rise."""


def is_greater(test: Greater, source: Source, read: Read) -> Ruling:
    """Decide whether each figure is greater or less than its counterpart in another choice, or than one number."""
    upward = test.predicate == "greater"
    word = "greater than" if upward else "less than"

    def decide(one: Amount, other: Amount) -> bool | None:
        return greater(one, other) if upward else greater(other, one)

    return _each(test.left, test.right, source, read, decide, word)


def is_times(test: Times, source: Source, read: Read) -> Ruling:
    """Decide whether each figure reaches a multiple of its counterpart."""

    def decide(one: Amount, other: Amount) -> bool | None:
        low, high = sorted((test.factor * other.low, test.factor * other.high))
        return True if one.low >= high else False if one.high < low else None

    return _each(test.left, test.right, source, read, decide, f"at least {test.factor:g} times")


def is_best(test: Best, source: Source, read: Read) -> Ruling:
    """Decide whether each figure is the best of those about the same but for the fields that tell them apart."""
    ours = chosen(test.left, source)
    ways = test.left.conditions(), test.among.conditions()
    apart = {name for name in ways[0] | ways[1] if ways[0].get(name) != ways[1].get(name)} - {"quantity"}
    word = "highest" if test.higher else "lowest"
    rivals = {id(row): _rivals(row, test.among, apart, source) for row in ours}
    rows = [*ours, *(rival for each in rivals.values() for rival in each)]
    if not ours or any(row["value"].missing for row in rows) or not all(rivals.values()):
        return undecided(
            source,
            f"{name_subject(test.left.conditions())} is the {word} of {name_subject(test.among.conditions())}",
            rows,
        )
    gaps, told, decided = Gaps(), [], []
    for row in ours:
        one, others = of_row(row), [of_row(rival) for rival in rivals[id(row)]]
        decided.append(all_hold([_no_better(one, other, higher=test.higher) for other in others]))
        verb = according_to(decided[-1], f"is the {word}", f"is not the {word}", f"is not shown to be the {word}")
        closest = max(others, key=lambda each: each.high if test.higher else -each.low)
        rival = rivals[id(row)][others.index(closest)]
        number = gaps(derived(len(others) + 1, [row["value"], *(r["value"] for r in rivals[id(row)])], "figures"), ",")
        told.append(
            f"the {gaps(described(row.cells))}, {show(gaps, one)}, {verb} of {number}: the {word} of the others is "
            f"{show(gaps, closest)} ({gaps(described(rival.cells))})"
        )
    return gaps.rule(all_hold(decided), _sentence(told))


def _no_better(one: Amount, other: Amount, *, higher: bool) -> bool | None:
    if not higher:
        one, other = other, one
    return True if one.low >= other.high else False if other.low > one.high else None


def _rivals(row: Row, among: Figures, apart: set[str], source: Source) -> list[Row]:
    """The other figures of a choice that differ from a row in the fields of the comparison alone."""
    same = {name: row.cells.get(name) for name in FIELDS if name not in apart}
    return [each for each in matching(chosen(among, source), **same) if each is not row]


def _each(
    left: Figures,
    right: Figures | Cell | Constant,
    source: Source,
    read: Read,
    decide: Callable[[Amount, Amount], bool | None],
    word: str,
) -> Ruling:
    """Decide whether each figure on the left stands to its counterpart on the right as the word says."""
    ours = chosen(left, source)
    single = None if isinstance(right, Figures) else amount(right, source, read, ours)
    theirs = chosen(right, source) if isinstance(right, Figures) else []
    verb = "are" if isinstance(left.quantity, tuple) else "is"
    other = name_subject(right.conditions()) if single is None else single.words
    what = f"{name_subject(left.conditions())} {verb} {word} {other}"
    if not ours or (single is None and not theirs):
        return undecided(source, what, [*ours, *theirs])
    pairs = [(row, None if single else _counterpart(row, right, theirs, source)) for row in ours]
    rows = [row for pair in pairs for row in pair if row is not None]
    if any(row["value"].missing for row in rows):
        return undecided(source, what, rows)
    gaps, told, decided = Gaps(), [], []
    for mine, other in pairs:
        one, two = of_row(mine), single or of_row(other)
        decided.append(decide(one, two))
        said = gaps(word) if any(letter.isdigit() for letter in word) else word  # a number that the claim names
        verb = according_to(decided[-1], f"is {said}", f"is not {said}", f"is not shown to be {said}")
        names = [gaps(described({name: mine.cells.get(name) for name in left.conditions()}))]
        if other is None:
            told.append(f"the {names[0]}, {show(gaps, one)}, {verb} {named(gaps, two)}")
        else:
            names.append(gaps(described({name: other.cells.get(name) for name in right.conditions()})))
            told.append(f"the {names[0]}, {show(gaps, one)}, {verb} the {names[1]}, {show(gaps, two)}")
    return gaps.rule(all_hold(decided), _sentence(told))


def rises(test: Rises | Monotone, source: Source, read: Read) -> Ruling:
    """Decide whether every series goes up, down, or always the same way from each step to the next."""
    groups = series(chosen(test.of, source), test.along)
    lines = [_steps(group, test, source) for group in groups]
    rows = [row for line in lines for row in line]
    if test.steps and (not rows or any(row["value"].missing for row in rows)):
        verb = VERBS[test.predicate].do if isinstance(test.of.quantity, tuple) else VERBS[test.predicate].does
        what = f"{name_subject(test.of.conditions())} {verb} from {' to '.join(map(in_words, test.steps))}"
        return undecided(source, what, rows)
    lines = [[row for row in line if not row["value"].missing] for line in lines]
    decided = [_changes(line, test.predicate) for line in lines]
    if len(lines) > MOST_TOLD:
        return _counted(test, lines, decided)
    gaps = Gaps()
    fields = _telling_apart(test, lines)
    told = [_line(gaps, line, test, fields, each) for line, each in zip(lines, decided, strict=True) if line]
    return gaps.rule(all_hold(decided), _sentence(told))


def only_the_last(test: OnlyTheLast, source: Source, read: Read) -> Ruling:
    """Decide whether every figure is printed as zero but the last in the order of a field."""
    rows = sorted(chosen(test.of, source), key=lambda row: row.cells[test.along])
    what = f"{name_subject(test.of.conditions())} is above zero at the last {test.along} alone"
    if len(rows) < 2 or any(row["value"].missing for row in rows):
        return undecided(source, what, rows)
    *early, last = rows
    cells = [row["value"] for row in early]
    silent = count_true((each == 0 for each in cells), f"figures before the last {test.along} that are printed as zero")
    gaps = Gaps()
    decided = silent.number() == len(early) and last["value"] > 0
    name = gaps(described(test.of.conditions()))
    nil = gaps(silent, ",")
    of_all = gaps(derived(len(early), cells, f"figures before the last {test.along}"), ",")
    verb = "is above zero" if decided else "is not above zero"
    end = f"{gaps(last['printed'])} at {test.along} {gaps(last[test.along])}"
    return gaps.rule(
        decided,
        f"The {name} {verb} at the last {test.along} alone: it is printed as zero in {nil} of {of_all} places before, "
        f"and as {end}.",
    )


def _steps(group: Sequence[Row], test: Rises | Monotone, source: Source) -> list[Row]:
    """The rows of a series in order, at the steps where the claim names them. Raises ClaimError for a step amiss."""
    if not test.steps:
        return sorted(
            (row for row in group if row.cells[test.along] is not None), key=lambda row: row.cells[test.along]
        )
    found = [only(group, **{test.along: step}) for step in test.steps]
    if None in found:
        step = test.steps[found.index(None)]
        about = described(group[0].cells, [test.along])
        raise ClaimError(f"{source.study}: {about} has not one figure with {test.along} {step}")
    return [row for row in found if row is not None]


def _changes(line: Sequence[Row], predicate: str) -> bool | None:
    if len(line) < 2:
        return None
    amounts = [of_row(row) for row in line]
    if predicate == "monotone":
        ways = [
            all_hold([_no_better(later, earlier, higher=up) for earlier, later in pairwise(amounts)])
            for up in (True, False)
        ]
        return True if True in ways else False if ways == [False, False] else None
    ordered = amounts if predicate == "rises" else amounts[::-1]
    return all_hold([greater(later, earlier) for earlier, later in pairwise(ordered)])


def _telling_apart(test: Rises | Monotone, lines: Sequence[Sequence[Row]]) -> list[str]:
    """The fields by which the claim chooses, and those in which its series differ."""
    heads = [line[0].cells for line in lines if line]
    differ = {name for name in FIELDS if len({head.get(name) for head in heads}) > 1}
    return [name for name in FIELDS if name != test.along and (name in test.of.conditions() or name in differ)]


def _line(gaps: Gaps, line: Sequence[Row], test: Rises | Monotone, fields: Sequence[str], decided: bool | None) -> str:
    """One series: "the accuracy (SST-2) rises from 13% (zero-shot) to 95% (fine-tuned)"."""
    way = VERBS[test.predicate]
    verb = according_to(decided, way.does, f"does not {way.do}", f"is not shown to {way.do}")
    subject = gaps(described({name: line[0].cells.get(name) for name in fields}))
    steps = [f"{show(gaps, of_row(row))} ({gaps(in_words(row.cells[test.along]))})" for row in line]
    return f"the {subject} {verb} from {' to '.join(steps)}"


class Way(NamedTuple):
    """A predicate in words: "rises", "rise"."""

    does: str
    do: str


VERBS = {
    "rises": Way("rises", "rise"),
    "falls": Way("falls", "fall"),
    "monotone": Way("goes one way", "go one way"),
}


def _counted(test: Rises | Monotone, lines: Sequence[Sequence[Row]], decided: Sequence[bool | None]) -> Ruling:
    """Many series: how many of them rise at every step."""
    cells = [row["value"] for line in lines for row in line]
    word = VERBS[test.predicate].do
    gaps = Gaps()
    all_ = gaps(derived(len(lines), cells, "number of curves, one for each score and model"), ",")
    do = derived(
        sum(each is True for each in decided), cells, f"number of curves that {word} at every printed {test.along}"
    )
    others = (derived(len(lines), cells, "number of curves") - do).described(
        f"number of curves that do not {word} at every printed {test.along}"
    )
    outcome = all_hold(list(decided))
    end = "" if outcome is not None else ", which rounding leaves open"
    what = gaps(described(test.of.conditions()))
    return gaps.rule(
        outcome,
        f"Of {all_} curves of {what}, {gaps(do, ',')} {word} at every printed {test.along} and {gaps(others, ',')} do "
        f"not{end}.",
    )


def _counterpart(row: Row, wanted: Figures, candidates: Sequence[Row], source: Source) -> Row:
    """The figure of the other side that is about the same, but for the fields that the claim sets there."""
    fixed = {name for name, value in wanted.conditions().items() if not isinstance(value, tuple)}
    same = {name: row.cells.get(name) for name in FIELDS if name not in fixed}
    found = only(candidates, **same)
    if found is None:
        raise ClaimError(f"{source.study}: nothing to compare {described(row.cells)} with")
    return found


def _sentence(told: Sequence[str]) -> str:
    return "; ".join(told) + "."
