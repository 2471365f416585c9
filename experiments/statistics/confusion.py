"""Which scores of a classifier the counts of a confusion matrix can give."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np

MOST_TABLES = 1_000_000
"""The most confusion matrices that are tried."""
_SLACK = 1e-12  # of the division that made a score


class Bounds(NamedTuple):
    """The least and the most that a printed score can stand for."""

    low: float
    high: float


def harmonic_mean(precision: float, recall: float) -> float:
    """F1 by precision and recall; 0 where both are."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def two_classes_give(supports: Sequence[int], scores: Mapping[tuple[str, int | None], Bounds]) -> bool:
    """Whether some confusion matrix of two classes of these sizes has all of the scores.

    A score is named by its quantity and, where it is of one class, that class (0 or 1): ("recall", 1), ("accuracy",
    None). Precision, recall and F1 of no class are those of either class, or their mean, plain or weighted by size: all
    of one sort. What is divided by zero counts as zero. Raises ValueError for an unknown quantity, and where there are
    more than `MOST_TABLES` matrices.
    """
    import numpy as np  # most of those who import this module need only the harmonic mean

    first, second = supports
    if (first + 1) * (second + 1) > MOST_TABLES:
        raise ValueError(f"{first + 1} times {second + 1} confusion matrices are too many to try")
    right_first, right_second = np.meshgrid(np.arange(first + 1), np.arange(second + 1), indexing="ij")
    of_class = [
        _of_one_class(right_first, second - right_second, first),
        _of_one_class(right_second, first - right_first, second),
    ]
    whole = {"accuracy": (right_first + right_second) / (first + second)}
    for name in ("precision", "recall", "f1"):
        pair = [each[name] for each in of_class]
        whole[f"macro_{name}"] = sum(pair) / 2
        whole[f"weighted_{name}"] = (first * pair[0] + second * pair[1]) / (first + second)
    whole["balanced_accuracy"] = whole["macro_recall"]

    def fits(found: "np.ndarray", bounds: Bounds) -> "np.ndarray":
        return (found >= bounds.low - _SLACK) & (found <= bounds.high + _SLACK)

    possible, open_ones = np.ones_like(right_first, dtype=bool), {}
    for (name, label), bounds in scores.items():
        if label is not None:
            possible &= fits(of_class[label][name], bounds)
        elif name in whole:
            possible &= fits(whole[name], bounds)
        elif name in of_class[0]:
            open_ones[name] = bounds
        else:
            raise ValueError(f"{name} is no score of a confusion matrix")
    if not open_ones:
        return bool(possible.any())
    averages = [{name: whole[f"{kind}_{name}"] for name in open_ones} for kind in ("macro", "weighted")]
    for meant in (*of_class, *averages):
        all_fit = possible.copy()
        for name, bounds in open_ones.items():
            all_fit &= fits(meant[name], bounds)
        if all_fit.any():
            return True
    return False


def _of_one_class(right: "np.ndarray", wrongly: "np.ndarray", size: int) -> dict[str, "np.ndarray"]:
    """Precision, recall and F1 of a class: `right` of its `size` examples are found, `wrongly` others taken for it."""
    import numpy as np

    named = right + wrongly
    precision = np.divide(right, named, out=np.zeros(right.shape), where=named > 0)
    recall = right / size if size else np.zeros(right.shape)
    both = size + named
    return {
        "precision": precision,
        "recall": recall,
        "f1": np.divide(2 * right, both, out=np.zeros(right.shape), where=both > 0),
    }


def macro_recalls(supports: Sequence[int], right: int) -> Bounds:
    """The least and the greatest mean of the recalls of classes of these sizes, with so many right answers in all.

    The right answers weigh most in the smallest classes. Raises ValueError unless 0 <= right <= the sum of the sizes.
    """
    if not 0 <= right <= sum(supports) or not all(supports):
        raise ValueError(f"{right} right answers among classes of {list(supports)}")
    found = []
    for sizes in (sorted(supports, reverse=True), sorted(supports)):
        left, total = right, 0.0
        for size in sizes:
            taken = min(size, left)
            left -= taken
            total += taken / size
        found.append(total / len(supports))
    return Bounds(*found)


def weighted_mean(scores: Sequence[Bounds], weights: Sequence[float]) -> Bounds:
    """The least and the most of a mean with these weights. Raises ValueError where they add up to nothing."""
    if not sum(weights):
        raise ValueError("the weights of a mean add up to nothing")
    return Bounds(
        *(
            sum(weight * each[side] for weight, each in zip(weights, scores, strict=True)) / sum(weights)
            for side in (0, 1)
        )
    )
