"""How many findings each check of the audit has."""

from collections.abc import Callable, Iterable, Sequence
from typing import get_args

from analysis.audit import CHECKS, Finding
from analysis.audit.explained import explanations
from analysis.audit.finding import Verdict
from analysis.facts import Chapter, Markdown, Value, derived
from analysis.facts.escape import markdown
from analysis.sentences import noun, verb


def audit_overview(page: Chapter, findings: Iterable[Finding], *, label: str, caption: str) -> Markdown:
    """A table of the checks that found figures of their sort: how many findings of each verdict.

    Below it the checks are named that found none.
    """
    by_check: dict[str, list[Finding]] = {}
    for finding in findings:
        by_check.setdefault(finding.check, []).append(finding)
    made = [name for name in CHECKS if _values(by_check.get(name, []))]

    def number(verdict: str) -> Callable[[str], Value]:
        def count(name: str) -> Value:
            found = sum(finding.verdict == verdict for finding in by_check[name])
            return derived(found, _values(by_check[name]), f"number of findings of {name} that are {verdict}")

        return count

    columns: dict[str, Callable[[str], Value | Markdown]] = {
        "Check": lambda name: Markdown(_named(name)),
        "What is recomputed": lambda name: Markdown(f"[{markdown(explanations()[name].recomputes)}]{{.long}}"),
    }
    columns |= {verdict: number(verdict) for verdict in get_args(Verdict)}
    table = page.tabulate(made, label=label, columns=columns, caption=caption)
    idle = " ".join(_named(name) for name in CHECKS if name not in made)
    return Markdown(table + (f"\n\nOther checks find no figures of their sort: {idle}\n" if idle else ""))


def count_findings(page: Chapter, findings: Sequence[Finding]) -> Markdown:
    """How many findings of the audit there are, how many lack what they need, and how many doubt a figure."""
    checked = [finding for finding in findings if finding.verdict != "unverifiable"]
    values, known = _values(findings), _values(checked)
    doubtful = [finding for finding in checked if finding.verdict in ("inconsistent", "suspicious")]
    counts = {
        "all": derived(len(findings), values, "number of findings of the audit"),
        "checks": noun(len(findings), "check"),
        "doubtful": derived(len(doubtful), known, "number of findings that are inconsistent or suspicious"),
    }
    disagrees = "a figure disagrees with the rest of its document, with its sample size, or with a trivial baseline."
    if len(checked) == len(findings):
        return page.say(
            "An audit of the printed figures makes {all} {checks}; in {doubtful} of them " + disagrees, **counts
        )
    undecided = derived(len(findings) - len(checked), values, "number of findings that lack what they need")
    return page.say(
        "An audit of the printed figures makes {all} {checks}: {undecided} {lack} something that is not printed, and "
        "in "
        "{doubtful} of the other {decided} " + disagrees,
        undecided=undecided,
        lack=verb(undecided, "lacks", "lack"),
        decided=derived(len(checked), known, "number of findings that could be decided"),
        **counts,
    )


def _values(findings: Iterable[Finding]) -> list[Value]:
    return [value for finding in findings for value in finding.values.values() if isinstance(value, Value)]


def _named(check: str) -> str:
    """A check by the question that it asks, as in the tables of findings."""
    return markdown(explanations()[check].asks)
