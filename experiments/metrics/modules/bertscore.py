"""BERTScore with a model from a local folder; empty text scores 0 and is counted."""

from pathlib import Path

import evaluate

from experiments.metrics.bertscore import bertscore
from experiments.metrics.modules import EACH
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
    precision, recall, f1: means over the segments, or one for each; empty: how many had no text on
    one side, and score 0.
"""


class BertScore(evaluate.Metric):
    def _info(self) -> evaluate.MetricInfo:
        return described(__doc__, CITATION, INPUTS, references=TEXT)

    def _compute(self, predictions, references, model, num_layers, device="cpu") -> dict[str, object]:
        found = bertscore(predictions, references, Path(model), num_layers, device)
        scores = {"precision": found.precision, "recall": found.recall, "f1": found.f1}
        if self.config_name == EACH:
            return {**{name: values.tolist() for name, values in scores.items()}, "empty": found.empty}
        return {**{name: float(values.mean()) for name, values in scores.items()}, "empty": found.empty}
