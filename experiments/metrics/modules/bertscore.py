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
    precision, recall, f1: means over the segments; segments: the same by name, one a segment; empty: how many had no
    text on one side, and score 0.
"""


class BertScore(evaluate.Metric):
    """BERTScore as a metric of `evaluate`."""

    def _info(self) -> evaluate.MetricInfo:
        return described(__doc__, CITATION, INPUTS, references=TEXT)

    def _compute(self, predictions, references, model, num_layers, device="cpu") -> dict[str, object]:
        found = bertscore(predictions, references, Path(model), num_layers, device)
        by_name = {"precision": found.precision, "recall": found.recall, "f1": found.f1}
        segments = {name: scores.tolist() for name, scores in by_name.items()}
        means = {name: float(scores.mean()) for name, scores in by_name.items()}
        return {**means, "segments": segments, "empty": found.empty}
