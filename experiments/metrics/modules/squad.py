"""SQuAD exact match and F1 as the official v2.0 script counts them, with abstention."""

import evaluate

from experiments.metrics.modules.described import described
from experiments.metrics.squad import Question, abstention_rate, always_abstain, official_figures, score_questions

CITATION = "Rajpurkar et al. 2018. Know What You Don't Know: Unanswerable Questions for SQuAD. arXiv:1806.03822."
INPUTS = """
Args:
    predictions: answers, "" to abstain.
    references: lists of the gold answers, empty for an unanswerable question.
Returns:
    exact, f1 in percent and total; the same with HasAns_ and NoAns_ where there are such questions; abstention_rate
    in percent; always_abstain_exact, the exact match of answering nothing.
"""


class Squad(evaluate.Metric):
    def _info(self) -> evaluate.MetricInfo:
        return described(__doc__, CITATION, INPUTS)

    def _compute(self, predictions, references) -> dict[str, float]:
        questions = [Question(str(number), "", tuple(golds)) for number, golds in enumerate(references)]
        scored = score_questions(questions, dict(zip((q.id for q in questions), predictions, strict=True)))
        return {
            **official_figures(scored),
            "abstention_rate": abstention_rate(scored),
            "always_abstain_exact": always_abstain(questions)["exact"],
        }
