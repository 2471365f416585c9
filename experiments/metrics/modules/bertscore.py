"""BERTScore with a model from a local folder; empty text scores 0 and is counted."""

from pathlib import Path

import evaluate

from experiments.metrics.bertscore import bertscore
from experiments.metrics.modules.described import TEXT, described

CITATION = "Zhang et al. 2020. BERTScore: Evaluating Text Generation with BERT. arXiv:1904.09675."
INPUTS = """
Args:
    predictions: texts.
    references: one reference text each.
    model: folder of the model.
    num_layers: the layer whose vectors are compared.
    device: where the model runs, "cpu" by default.
Returns:
    precision, recall, f1: means over the segments; empty: how many had no text on one side, and score 0.
"""


class BertScore(evaluate.Metric):
    def _info(self) -> evaluate.MetricInfo:
        return described(__doc__, CITATION, INPUTS, references=TEXT)

    def _compute(self, predictions, references, model, num_layers, device="cpu") -> dict[str, object]:
        found = bertscore(predictions, references, Path(model), num_layers, device)
        means = {name: float(getattr(found, name).mean()) for name in ("precision", "recall", "f1")}
        return {**means, "empty": found.empty}
