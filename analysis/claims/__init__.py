"""The claims of the source reports, each tested against the frozen tables whenever a report is rendered.

In a chapter: `verdicts = evaluate(page.table)`, and for each verdict `page.text(verdict.statement)` and
`page.say(verdict.template, **verdict.values)`. Some claims can be tried on models of our own too: `try_on_ours`.
"""

from analysis.claims.evaluation import CLAIM_TABLES, ClaimError, Verdict, evaluate, try_on_ours
from analysis.claims.registry import PREDICATES
from analysis.claims.ruling import Outcome, Ruling
from analysis.claims.trials import Trial, Tried

__all__ = [
    "CLAIM_TABLES",
    "PREDICATES",
    "ClaimError",
    "Outcome",
    "Ruling",
    "Trial",
    "Tried",
    "Verdict",
    "evaluate",
    "try_on_ours",
]
