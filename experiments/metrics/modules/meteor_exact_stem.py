"""METEOR with its exact and stem stages alone, without WordNet's synonyms, by nltk."""

import evaluate

from experiments.metrics.meteor_exact_stem import meteor_exact_stem
from experiments.metrics.modules.described import described

CITATION = "Banerjee and Lavie 2005. METEOR: An Automatic Metric for MT Evaluation."
INPUTS = """
Args:
    predictions: texts.
    references: lists of one or more reference texts; the best match counts.
Returns:
    meteor_exact_stem: mean over the segments, from 0 to 1. Not comparable with METEOR that has synonyms.
"""


class MeteorExactStem(evaluate.Metric):
    def _info(self) -> evaluate.MetricInfo:
        return described(__doc__, CITATION, INPUTS)

    def _compute(self, predictions, references) -> dict[str, float]:
        return {"meteor_exact_stem": float(meteor_exact_stem(predictions, references).mean())}
