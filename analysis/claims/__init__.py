"""The claims of published documents, each tested on the figures of its own document whenever a report is rendered.

In a chapter: `verdicts = evaluate(page)`, and for each verdict `page.text(verdict.statement)` and
`page.say(verdict.template, **verdict.values)`.
"""

from analysis.claims.evaluation import PREDICATES, Verdict, evaluate
from analysis.claims.ruling import ClaimError, Outcome, Ruling
from analysis.claims.trials import Trial, Tried

__all__ = ["PREDICATES", "ClaimError", "Outcome", "Ruling", "Trial", "Tried", "Verdict", "evaluate"]
