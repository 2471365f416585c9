"""Corpus BLEU by sacrebleu, with its signature."""

import evaluate

from experiments.metrics.bleu import bleu_statistics, corpus_bleu
from experiments.metrics.modules.described import described

CITATION = "Post 2018. A Call for Clarity in Reporting BLEU Scores. arXiv:1804.08771."
INPUTS = """
Args:
    predictions: texts.
    references: lists of one or more reference texts.
Returns:
    bleu from 0 to 100, signature, n (segments); segments: ten numbers each, from whose sums corpus scores follow (both
    lengths, matched and all n-grams of orders 1 to 4).
"""


class Bleu(evaluate.Metric):
    """BLEU as a metric of `evaluate`."""

    def _info(self) -> evaluate.MetricInfo:
        return described(__doc__, CITATION, INPUTS)

    def _compute(self, predictions, references) -> dict[str, object]:
        found = corpus_bleu(predictions, references)
        segments = bleu_statistics(predictions, references).tolist()
        return {"bleu": found.score, "signature": found.signature, "n": found.n, "segments": segments}
