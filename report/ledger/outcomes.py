"""What becomes of claims, by names that last from one version of a report to the next."""

from collections.abc import Iterable
from typing import NamedTuple

from experiments.tables.errors import printable
from report.ledger.model import Claim


class Outcome(NamedTuple):
    """What came out, and the sentence that says so."""

    result: str
    """The verdict of a named claim; of a comparison the sign that it came to."""
    statement: str


def outcomes(claims: Iterable[Claim]) -> dict[tuple[str, str], Outcome]:
    """The outcome of each claim by its chapter and name.

    A sentence without a name of its own goes by what it compares: its running number changes with the sentences before
    it, and its sign with the numbers.
    """
    found = {}
    for claim in claims:
        if claim.relations and claim.id.removeprefix(f"{claim.chapter}-").isdecimal():
            for each in claim.relations:
                sides = printable(f"{each.left.how} against {each.right.how}", 300)
                found[claim.chapter, sides] = Outcome(each.sign, claim.statement)
        else:
            found[claim.chapter, claim.id] = Outcome(claim.verdict, claim.statement)
    return found
