"""Evaluate every claim of the frozen claim tables."""

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.audit.finding import Read
from analysis.audit.tables import SOURCES
from analysis.claims.registry import ATTEMPTS, PREDICATES
from analysis.claims.ruling import Outcome
from analysis.claims.trials import Tried
from analysis.facts import Row, Value
from experiments.tables.errors import UserError

CLAIM_TABLES = tuple(f"published-{source}/claims" for source in SOURCES)


class ClaimError(UserError):
    """A claim that cannot be evaluated. It is never skipped: a report that drops a claim would seem to confirm it."""


@dataclass(frozen=True)
class Verdict:
    """A claim and what became of it.

    `statement` and `place` are cells of the claim table; `template` is a sentence for `page.say` with the reason, whose
    gaps are the `values`. Each value knows the cells that it came from.
    """

    claim: str
    source: str
    statement: Value
    place: Value
    outcome: Outcome
    template: str
    values: Mapping[str, Value]


def evaluate(read: Read) -> list[Verdict]:
    """The verdicts on all claims, in the tables' order. Raises ClaimError where a predicate is missing or errs."""
    return [_verdict(read, row) for table in CLAIM_TABLES for row in read(table)]


def try_on_ours(read: Read, source: str) -> list[Tried]:
    """The claims of a source that are tried on models of our own, in the order of its table."""
    return [
        Tried(str(row["claim"].data), row["statement"], tuple(ATTEMPTS[name](read)))
        for row in read(f"published-{source}/claims")
        if (name := str(row["predicate"].data)) in ATTEMPTS
    ]


def _verdict(read: Read, row: Row) -> Verdict:
    claim, name = row["claim"].data, row["predicate"].data
    predicate = PREDICATES.get(name)
    if predicate is None:
        raise ClaimError(f"claim {claim}: there is no predicate {name!r}; known: {', '.join(PREDICATES)}")
    try:
        ruling = predicate(read)
    except Exception as error:
        raise ClaimError(f"claim {claim}: the predicate {name} failed: {type(error).__name__}: {error}") from error
    return Verdict(
        claim=claim,
        source=row["source"].data,
        statement=row["statement"],
        place=row["place"],
        outcome=ruling.outcome,
        template=ruling.template,
        values=ruling.values,
    )
