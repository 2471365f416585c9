"""Which claims came out another way, and which findings of the audit came or went.

The claims of published documents, and what the audit finds in their figures, follow from the tables alone, by the code
of today on both sides. The claims of chapters are those that the pages were rendered with.
"""

from collections.abc import Mapping
from pathlib import Path

from analysis.audit import Finding, audit
from analysis.claims import Verdict
from analysis.facts import Value
from analysis.facts.formatting import formatted
from analysis.facts.speech import fill
from analysis.sources import TablesAt
from report.diffing.model import ClaimChange, FindingChange
from report.ledger.outcomes import Outcome

GRAVITY = ("inconsistent", "suspicious", "unverifiable", "consistent")
Outcomes = Mapping[tuple[str, str], Outcome]
Findings = Mapping[tuple[str, str, tuple[str, ...]], Finding]
"""By study, check and figures."""


def compare_claims(before: Outcomes, after: Outcomes) -> list[ClaimChange]:
    """The claims whose outcome is another one: first those that turned over, then those that came or went.

    A sentence that turned over rests on other comparisons than before; these are not told once more, nor is a sentence
    that stands there as before.
    """
    turned, others = [], []
    for key in sorted({*before, *after}):
        was, now = before.get(key), after.get(key)
        if was is None or now is None or was.result != now.result:
            change = ClaimChange(
                where=key[0],
                claim=key[1],
                before=was.result if was else None,
                after=now.result if now else None,
                statement_before=was.statement if was else None,
                statement_after=now.statement if now else None,
            )
            (turned if was and now else others).append(change)
    told = {(each.where, text) for each in turned for text in (each.statement_before, each.statement_after)}
    gone = {(each.where, each.statement_before) for each in others if each.after is None}
    new = {(each.where, each.statement_after) for each in others if each.before is None}
    told |= gone & new  # the sentence is the same, and rests on another row
    return turned + [each for each in others if (each.where, each.statement_after or each.statement_before) not in told]


def findings_on(tables: Path) -> Findings:
    """What the audit finds on the tables below a folder. Raises TableError where these do not verify."""
    return {(each.study, each.check, each.figures): each for each in audit(TablesAt(tables))}


def compare_findings(before: Findings, after: Findings) -> list[FindingChange]:
    """The findings that came, went or have another verdict, the gravest first."""
    found = []
    for key in {*before, *after}:
        was, now = before.get(key), after.get(key)
        if was is None or now is None or was.verdict != now.verdict:
            found.append(
                FindingChange(
                    study=key[0],
                    check=key[1],
                    figures=key[2],
                    before=was.verdict if was else None,
                    after=now.verdict if now else None,
                    sentence=write_sentence(now or before[key]),
                )
            )
    return sorted(found, key=_importance)


def _importance(change: FindingChange) -> tuple:
    worst = min(GRAVITY.index(each) for each in (change.before, change.after) if each is not None)
    return worst, change.study, change.check, change.figures


def write_sentence(found: Finding | Verdict) -> str:
    """The sentence of a finding or verdict as plain text."""

    def show(value: Value, spec: str | None) -> str:
        return formatted(value, spec)

    return fill(found.template, found.values, show, escaped=False).replace("\N{NO-BREAK SPACE}", " ")
