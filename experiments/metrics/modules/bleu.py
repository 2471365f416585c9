"""Corpus BLEU by sacrebleu, with its signature."""

import evaluate

from experiments.metrics.bleu import bleu_statistics, corpus_bleu
from experiments.metrics.modules import EACH
from experiments.metrics.modules.described import described

CITATION = "Post 2018. A Call for Clarity in Reporting BLEU Scores. arXiv:1804.08771."
INPUTS = """
Args:
    predictions: texts.
    references: lists of one or more reference texts.
Returns:
    bleu from 0 to 100, signature, n (segments). For each segment: bleu_statistics, the lengths and n-gram counts whose
    sums give the BLEU of any corpus; and bleu_signature.
"""


class Bleu(evaluate.Metric):
    def _info(self) -> evaluate.MetricInfo:
        return described(__doc__, CITATION, INPUTS)

    def _compute(self, predictions, references) -> dict[str, object]:
        found = corpus_bleu(predictions, references)
        if self.config_name == EACH:
            statistics = bleu_statistics(predictions, references).tolist()
            return {"bleu_statistics": statistics, "bleu_signature": found.signature}
        return {"bleu": found.score, "signature": found.signature, "n": found.n}
