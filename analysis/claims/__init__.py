"""The claims of the source reports, each tested against the frozen tables whenever a report is rendered.

In a chapter: `verdicts = evaluate(page.table)`, and for each verdict `page.text(verdict.statement)` and
`page.say(verdict.template, **verdict.values)`.
"""

from analysis.claims.evaluation import CLAIM_TABLES, ClaimError, Verdict, evaluate
from analysis.claims.registry import PREDICATES
from analysis.claims.ruling import Outcome, Ruling

__all__ = ["CLAIM_TABLES", "PREDICATES", "ClaimError", "Outcome", "Ruling", "Verdict", "evaluate"]
