"""How many findings each check of the audit has."""

from collections.abc import Callable, Iterable, Sequence
from typing import get_args

from analysis.audit import CHECKS, Finding
from analysis.audit.explained import explanations
from analysis.audit.finding import Verdict
from analysis.facts import Chapter, Markdown, Value, derived
from analysis.facts.escape import markdown


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
    idle = ", ".join(_named(name) for name in CHECKS if name not in made)
    return Markdown(table + (f"\n\nOther checks find no figures of their sort: {idle}.\n" if idle else ""))


def count_findings(page: Chapter, findings: Sequence[Finding]) -> Markdown:
    """How many findings of the audit there are, and how many are inconsistent or suspicious."""
    checked = [finding for finding in findings if finding.verdict != "unverifiable"]
    values = [each for finding in checked for each in finding.values.values() if isinstance(each, Value)]
    doubtful = [finding for finding in checked if finding.verdict in ("inconsistent", "suspicious")]
    return page.say(
        "An audit of the printed figures makes {all} checks; in {doubtful} of them a figure disagrees with the rest of "
        "its document, with its sample size, or with a trivial baseline.",
        all=derived(len(checked), values, "number of findings of the audit"),
        doubtful=derived(len(doubtful), values, "number of findings that are inconsistent or suspicious"),
    )


def _values(findings: Iterable[Finding]) -> list[Value]:
    return [value for finding in findings for value in finding.values.values() if isinstance(value, Value)]


def _named(check: str) -> str:
    return f"`{check}`"
