"""Accuracy, precision, recall, F1 and confusion counts by scikit-learn."""

import evaluate
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

from experiments.metrics.modules.described import NUMBER, described

CITATION = "Pedregosa et al. 2011. Scikit-learn: Machine Learning in Python. JMLR 12."
INPUTS = """
Args:
    predictions: predicted class numbers.
    references: gold class numbers.
    labels: all class numbers, in the order of the lists returned; by default those that occur.
Returns:
    accuracy; macro_precision, macro_recall, macro_f1 (plain means over the labels, 0/0 counting as 0); precision,
    recall, f1 and support, one for each label; confusion, gold labels in the rows; labels.
"""


class Classification(evaluate.Metric):
    """Accuracy, precision, recall and F1 of classes as a metric of `evaluate`."""

    def _info(self) -> evaluate.MetricInfo:
        return described(__doc__, CITATION, INPUTS, NUMBER, NUMBER)

    def _compute(self, predictions, references, labels=None) -> dict[str, object]:
        labels = sorted({*references, *predictions}) if labels is None else list(labels)
        by_class = precision_recall_fscore_support(references, predictions, labels=labels, zero_division=0)
        precision, recall, f1, support = (values.tolist() for values in by_class)
        return {
            "accuracy": float(accuracy_score(references, predictions)),
            "macro_precision": sum(precision) / len(labels),
            "macro_recall": sum(recall) / len(labels),
            "macro_f1": sum(f1) / len(labels),
            "precision": precision,
            "recall": recall,
            "f1": f1,
            "support": support,
            "confusion": confusion_matrix(references, predictions, labels=labels).tolist(),
            "labels": labels,
        }
