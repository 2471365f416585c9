"""Accuracy, precision, recall and F1 from confusion counts.

The tables of adopted predictions are made with these where only the report's packages are installed, so they need
NumPy alone; a test holds them to scikit-learn. Macro averages are plain means over all the labels given. A precision,
recall or F1 that is 0/0 counts as 0, and so enters its macro average.
"""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.statistics.bootstrap import RESAMPLES, draw_counts, percentiles
from experiments.statistics.level import Interval

ScoreKey = tuple[str, str | None]


def confusion(
    gold: Sequence[Hashable], predicted: Sequence[Hashable | None], labels: Sequence[Hashable]
) -> NDArray[np.int64]:
    """Counts (k, k + 1): gold labels in the rows, predicted ones in the columns, `None` (no label read) in the last.

    Raises ValueError for a label that is not among `labels`, and where the two differ in length.
    """
    rows = {label: index for index, label in enumerate(labels)}
    columns = {**rows, None: len(labels)}
    if len(gold) != len(predicted):
        raise ValueError(f"{len(gold)} gold labels for {len(predicted)} predictions")
    return count_pairs(_numbers(gold, rows), _numbers(predicted, columns), len(labels))


def count_pairs(gold: NDArray[np.integer], predicted: NDArray[np.integer], labels: int) -> NDArray[np.int64]:
    """Count pairs of labels as `confusion` does, from their numbers (n,), 0 to k - 1; no label read is k."""
    cells = gold.astype(np.int64) * (labels + 1) + predicted
    return np.bincount(cells, minlength=labels * (labels + 1)).reshape(labels, labels + 1)


def _numbers(found: Sequence[Hashable | None], numbers: Mapping[Hashable | None, int]) -> NDArray[np.int64]:
    try:
        return np.fromiter(map(numbers.__getitem__, found), dtype=np.int64, count=len(found))
    except KeyError as error:
        known = [label for label in numbers if label is not None]
        raise ValueError(f"{error.args[0]!r} is none of the labels {known}") from None


def accuracy(counts: NDArray) -> NDArray[np.float64]:
    """Share of right predictions: counts (..., k, k + 1) to (...)."""
    return np.trace(counts, axis1=-2, axis2=-1) / counts.sum(axis=(-2, -1))


def class_scores(counts: NDArray) -> dict[str, NDArray[np.float64]]:
    """`precision`, `recall` and `f1` of each label: counts (..., k, k + 1) to (..., k)."""
    right = np.diagonal(counts, axis1=-2, axis2=-1)
    predicted = counts[..., :-1].sum(axis=-2)
    support = counts.sum(axis=-1)
    return {
        "precision": _share(right, predicted),
        "recall": _share(right, support),
        "f1": f1_scores(right, predicted + support),
    }


def f1_scores(right: NDArray, either: NDArray) -> NDArray[np.float64]:
    """F1 of each label, (..., k), from its right predictions and the sum of its predictions and its examples."""
    return _share(2 * right, either)


def all_scores(counts: NDArray, labels: Sequence[str]) -> dict[ScoreKey, NDArray[np.float64]]:
    """Every score by quantity and label, that of a score of all labels being None: counts (..., k, k + 1) to (...)."""
    by_class = class_scores(counts)
    scores: dict[ScoreKey, NDArray[np.float64]] = {("accuracy", None): accuracy(counts)}
    scores |= {(f"macro_{name}", None): values.mean(axis=-1) for name, values in by_class.items()}
    for index, label in enumerate(labels):
        scores |= {(name, label): values[..., index] for name, values in by_class.items()}
    return scores


def majority_counts(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The confusion counts of always naming the most frequent gold label, the first of several such."""
    support = counts.sum(axis=-1)
    constant = np.zeros_like(counts)
    constant[:, support.argmax()] = support
    return constant


def bootstrap_intervals(counts: NDArray[np.int64], labels: Sequence[str], seed: int = 0) -> dict[ScoreKey, Interval]:
    """Percentile bootstrap intervals of `all_scores`, to which examples with the same two labels are alike."""
    resampled = all_scores(draw_counts(counts, RESAMPLES, seed), labels)
    return {key: percentiles(values) for key, values in resampled.items()}


def _share(part: NDArray, whole: NDArray) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.zeros(np.shape(whole)), where=whole > 0)
