"""Predicates that say which of several figures is the greater: `greater`, `less`, `rises`, `falls`, `only-the-last`."""

from collections.abc import Sequence
from itertools import pairwise

from analysis.claims.figures import chosen, greater, of_row, show, the, undecided
from analysis.claims.ruling import ClaimError, Gaps, Read, Ruling, according_to, every
from analysis.facts import Row, derived
from analysis.sources import FIELDS, Source, described, in_words, only, series
from experiments.tables.claims import Figures, Greater, OnlyTheLast, Rises

MOST_TOLD = 4
"""The most series of which each is told; of more it is only told how many rise."""


def is_greater(test: Greater, source: Source, read: Read) -> Ruling:
    """Each figure of one choice against the figure of the other that is about the same otherwise."""
    left, right = chosen(test.left, source), chosen(test.right, source)
    upward = test.predicate == "greater"
    word = "greater than" if upward else "less than"
    if not left or not right:
        return undecided(source, _comparison(test, word), [*left, *right])
    pairs = [(row, _counterpart(row, test.right, right, source)) for row in left]
    if any(row["value"].missing for pair in pairs for row in pair):
        return undecided(source, _comparison(test, word), [row for pair in pairs for row in pair])
    gaps, told, decided = Gaps(), [], []
    for ours, theirs in pairs:
        one, other = of_row(ours), of_row(theirs)
        decided.append(greater(one, other) if upward else greater(other, one))
        verb = according_to(decided[-1], f"is {word}", f"is not {word}", f"is not shown to be {word}")
        names = [
            gaps(described({name: row.cells[name] for name in choice.conditions()}))
            for row, choice in ((ours, test.left), (theirs, test.right))
        ]
        told.append(f"the {names[0]}, {show(gaps, one)}, {verb} the {names[1]}, {show(gaps, other)}")
    return gaps.rule(every(decided), _sentence(told))


def _comparison(test: Greater, word: str) -> str:
    verb = "are" if isinstance(test.left.quantity, tuple) else "is"
    return f"{the(test.left.conditions())} {verb} {word} {the(test.right.conditions())}"


def rises(test: Rises, source: Source, read: Read) -> Ruling:
    """Every series from each step to the next."""
    upward = test.predicate == "rises"
    groups = series(chosen(test.of, source), test.along)
    lines = [_steps(group, test, source) for group in groups]
    rows = [row for line in lines for row in line]
    if test.steps and (not rows or any(row["value"].missing for row in rows)):
        verb = _rise(test) if isinstance(test.of.quantity, tuple) else test.predicate
        what = f"{the(test.of.conditions())} {verb} from {' to '.join(map(in_words, test.steps))}"
        return undecided(source, what, rows)
    lines = [[row for row in line if not row["value"].missing] for line in lines]
    decided = [_changes(line, upward=upward) for line in lines]
    if len(lines) > MOST_TOLD:
        return _counted(test, lines, decided)
    gaps = Gaps()
    fields = _telling_apart(test, lines)
    told = [_line(gaps, line, test, fields, each) for line, each in zip(lines, decided, strict=True) if line]
    return gaps.rule(every(decided), _sentence(told))


def only_the_last(test: OnlyTheLast, source: Source, read: Read) -> Ruling:
    """Every figure printed as zero but the last in the order of a field."""
    rows = sorted(chosen(test.of, source), key=lambda row: row.cells[test.along])
    what = f"{the(test.of.conditions())} is above zero at the last {test.along} alone"
    if len(rows) < 2 or any(row["value"].missing for row in rows):
        return undecided(source, what, rows)
    *early, last = rows
    cells = [row["value"] for row in early]
    silent = sum(row["value"] == 0 for row in early)
    gaps = Gaps()
    decided = silent == len(early) and last["value"] > 0
    name = gaps(described(test.of.conditions()))
    nil = gaps(derived(silent, cells, f"figures before the last {test.along} that are printed as zero"), ",")
    of_all = gaps(derived(len(early), cells, f"figures before the last {test.along}"), ",")
    verb = "is above zero" if decided else "is not above zero"
    end = f"{gaps(last['printed'])} at {test.along} {gaps(last[test.along])}"
    return gaps.rule(
        decided,
        f"The {name} {verb} at the last {test.along} alone: it is printed as zero in {nil} of {of_all} places before, "
        f"and as {end}.",
    )


def _steps(group: Sequence[Row], test: Rises, source: Source) -> list[Row]:
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


def _changes(line: Sequence[Row], *, upward: bool) -> bool | None:
    if len(line) < 2:
        return None
    ordered = line if upward else line[::-1]
    decided = [greater(of_row(later), of_row(earlier)) for earlier, later in pairwise(ordered)]
    return every(decided)


def _telling_apart(test: Rises, lines: Sequence[Sequence[Row]]) -> list[str]:
    """The fields by which the claim chooses, and those in which its series differ."""
    heads = [line[0].cells for line in lines if line]
    differ = {name for name in FIELDS if len({head.get(name) for head in heads}) > 1}
    return [name for name in FIELDS if name != test.along and (name in test.of.conditions() or name in differ)]


def _line(gaps: Gaps, line: Sequence[Row], test: Rises, fields: Sequence[str], decided: bool | None) -> str:
    """One series: "the accuracy (SST-2) rises from 13% (zero-shot) to 95% (fine-tuned)"."""
    verb = according_to(decided, test.predicate, f"does not {_rise(test)}", f"is not shown to {_rise(test)}")
    subject = gaps(described({name: line[0].cells.get(name) for name in fields}))
    steps = [f"{show(gaps, of_row(row))} ({gaps(in_words(row.cells[test.along]))})" for row in line]
    return f"the {subject} {verb} from {' to '.join(steps)}"


def _rise(test: Rises) -> str:
    return "rise" if test.predicate == "rises" else "fall"


def _counted(test: Rises, lines: Sequence[Sequence[Row]], decided: Sequence[bool | None]) -> Ruling:
    """Many series: how many of them rise at every step."""
    cells = [row["value"] for line in lines for row in line]
    word = _rise(test)
    gaps = Gaps()
    all_ = gaps(derived(len(lines), cells, "number of curves, one for each score and model"), ",")
    do = derived(
        sum(each is True for each in decided), cells, f"number of curves that {word} at every printed {test.along}"
    )
    others = (derived(len(lines), cells, "number of curves") - do).described(
        f"number of curves that do not {word} at every printed {test.along}"
    )
    outcome = every(list(decided))
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
