"""ROUGE-1, ROUGE-2 and ROUGE-L by rouge_score, with its Porter stemmer."""

import evaluate

from experiments.metrics.modules.described import described
from experiments.metrics.rouge import ROUGE_TYPES, rouge_scores

CITATION = "Lin 2004. ROUGE: A Package for Automatic Evaluation of Summaries."
INPUTS = """
Args:
    predictions: texts.
    references: lists of one or more reference texts; the best match counts.
    types: which of rouge1, rouge2 and rougeL; all by default.
Returns:
    rouge1, rouge2, rougeL: F-measures from 0 to 1, means over the segments; segments: by type, one a segment.
"""


class Rouge(evaluate.Metric):
    """ROUGE as a metric of `evaluate`."""

    def _info(self) -> evaluate.MetricInfo:
        return described(__doc__, CITATION, INPUTS)

    def _compute(self, predictions, references, types=ROUGE_TYPES) -> dict[str, object]:
        found = rouge_scores(predictions, references, types)
        segments = {name: scores.tolist() for name, scores in found.items()}
        return {**{name: float(scores.mean()) for name, scores in found.items()}, "segments": segments}
