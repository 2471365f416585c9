"""How a score describes itself to `evaluate`."""

import datasets
import evaluate

TEXT = datasets.Value("string")
TEXTS = datasets.Sequence(TEXT)
NUMBER = datasets.Value("int64")


def described(
    description: str, citation: str, inputs: str, predictions: object = TEXT, references: object = TEXTS
) -> evaluate.MetricInfo:
    """The `_info` of a metric; by default it compares one text with a list of reference texts."""
    features = datasets.Features({"predictions": predictions, "references": references})
    return evaluate.MetricInfo(description=description, citation=citation, inputs_description=inputs, features=features)
