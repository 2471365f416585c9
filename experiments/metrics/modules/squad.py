"""SQuAD exact match and F1 as the official v2.0 script counts them, with abstention."""

import evaluate

from experiments.metrics.modules.described import described
from experiments.metrics.squad import Question, abstention_rate, official_figures, score_questions

CITATION = "Rajpurkar et al. 2018. Know What You Don't Know: Unanswerable Questions for SQuAD. arXiv:1806.03822."
INPUTS = """
Args:
    predictions: answers, "" to abstain.
    references: lists of the gold answers, empty for an unanswerable question.
Returns:
    exact, f1 in percent and total; the same with HasAns_ and NoAns_ where there are such questions; abstention_rate
    in percent; always_abstain_exact, the exact match of answering nothing; segments by name: exact (0 or 1), f1 (0 to
    1), abstained, and abstaining_exact, what answering nothing scores in both, one a question.
"""


class Squad(evaluate.Metric):
    """Exact match and F1 of SQuAD v2.0 as a metric of `evaluate`."""

    def _info(self) -> evaluate.MetricInfo:
        return described(__doc__, CITATION, INPUTS)

    def _compute(self, predictions, references) -> dict[str, object]:
        questions = [Question(str(number), "", tuple(golds)) for number, golds in enumerate(references)]
        scored = score_questions(questions, dict(zip((q.id for q in questions), predictions, strict=True)))
        abstaining = score_questions(questions, {question.id: "" for question in questions})
        return {
            **official_figures(scored),
            "abstention_rate": abstention_rate(scored),
            "always_abstain_exact": official_figures(abstaining)["exact"],
            "segments": {
                "exact": [each.exact for each in scored],
                "f1": [float(each.f1) for each in scored],
                "abstained": [each.abstained for each in scored],
                "abstaining_exact": [each.exact for each in abstaining],
            },
        }
