"""The first page: a list of findings, and the counts of claims and of audit findings."""

from collections.abc import Sequence

from analysis.audit import Finding
from analysis.claims import Verdict
from analysis.facts import Chapter, Markdown, Value, derived
from analysis.sentences import noun, series, verb

OUTCOMES = {
    "holds": ("holds", "hold"),
    "fails": ("fails", "fail"),
    "unverifiable": ("cannot be decided from what is printed", "cannot be decided from what is printed"),
}


def items(sentences: Sequence[Markdown]) -> Markdown:
    """The sentences as a list."""
    return Markdown("".join(f"- {sentence}\n" for sentence in sentences))


def count_claims(page: Chapter, verdicts: Sequence[Verdict]) -> Markdown:
    """How many claims of the source reports hold, fail, or cannot be decided."""
    statements = [verdict.statement for verdict in verdicts]
    parts = []
    for outcome, (one, many) in OUTCOMES.items():
        found = [verdict for verdict in verdicts if verdict.outcome == outcome]
        n = _count(len(found), statements, f"claims whose verdict is {outcome}")
        parts.append(page.say("{n} {does}", n=n, does=verb(n, one, many)))
    whole = _count(len(verdicts), statements, "claims of the source reports")
    return page.say(
        "Of the {all} {claims} that the source reports make, {parts}.",
        all=whole,
        claims=noun(whole, "claim"),
        parts=series(parts),
    )


def count_findings(page: Chapter, findings: Sequence[Finding]) -> Markdown:
    """How many findings of the audit there are, and how many are inconsistent or suspicious."""
    checked = [finding for finding in findings if finding.verdict != "unverifiable"]
    values = [each for finding in checked for each in finding.values.values() if isinstance(each, Value)]
    doubtful = [finding for finding in checked if finding.verdict in ("inconsistent", "suspicious")]
    return page.say(
        "An audit of the printed figures makes {all} checks; in {doubtful} of them a figure disagrees with the rest of "
        "its document, with its sample size, or with a trivial baseline.",
        all=_count(len(checked), values, "findings of the audit"),
        doubtful=_count(len(doubtful), values, "findings that are inconsistent or suspicious"),
    )


def _count(number: int, parts: list[Value], what: str) -> Value:
    return derived(number, parts, f"number of {what}")
