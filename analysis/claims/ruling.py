"""What a predicate returns: an outcome, and the sentence and values that it rests on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from analysis.audit.finding import Read
from analysis.facts import Row, Value, derived

Outcome = Literal["holds", "fails", "unverifiable"]


@dataclass(frozen=True)
class Ruling:
    """An outcome and its reason: `template` is a sentence for `page.say`, whose gaps are the `values`."""

    outcome: Outcome
    template: str
    values: Mapping[str, Value]


Predicate = Callable[[Read], Ruling]
"""Decides one claim from the frozen tables that it reads."""


def rule(decided: bool | None, template: str, **values: Value) -> Ruling:
    """`holds` for True, `fails` for False, `unverifiable` for None."""
    return Ruling("unverifiable" if decided is None else "holds" if decided else "fails", template, values)


def greater(left: Row, right: Row) -> bool | None:
    """Whether one printed figure is greater than another, whatever both were before rounding; None if that is open."""
    if left["value"].missing or right["value"].missing:
        return None
    if left["low"] > right["high"]:
        return True
    return False if left["high"] <= right["low"] else None


def every(decided: list[bool | None]) -> bool | None:
    """Whether all parts of a claim hold: one that fails decides, otherwise one that is open leaves it open."""
    if False in decided:
        return False
    return None if None in decided else True


def compare(pairs: Mapping[str, tuple[Row, Row]]) -> Ruling:
    """Whether the first figure of each pair is the greater one, pair by pair under its label.

    Unverifiable where a figure is missing, or where the rounding of the prints leaves a pair open.
    """
    rows = list(dict.fromkeys(row for pair in pairs.values() for row in pair))
    absent = [row["figure"] for row in rows if row["value"].missing]
    if absent:
        return rule(
            None,
            "The source prints no number for {absent:,} of the {all:,} scores that the claim is about.",
            absent=derived(len(absent), absent, "number of scores that the source does not print"),
            all=derived(len(rows), [row["figure"] for row in rows], "number of scores that the claim is about"),
        )
    values, words = {}, []
    for number, (label, (upper, lower)) in enumerate(pairs.items()):
        values |= {f"upper_{number}": upper["printed"], f"lower_{number}": lower["printed"]}
        words.append(f"{label}, {{upper_{number}}} against {{lower_{number}}}")
    decided = every([greater(upper, lower) for upper, lower in pairs.values()])
    return rule(decided, f"The source prints for {'; for '.join(words)}.", **values)
