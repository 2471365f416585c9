"""What a guess scores: the yardsticks below which an accuracy needs an explanation."""

from collections.abc import Sequence


def chance(classes: int) -> float:
    """Expected accuracy of a uniform guess among `classes`. Raises ValueError below 1."""
    if classes < 1:
        raise ValueError(f"there is no chance among {classes} classes")
    return 1 / classes


def majority(counts: Sequence[int]) -> float:
    """Accuracy of always naming the most frequent class, from the examples of each. Raises ValueError without any."""
    if not counts or min(counts) < 0 or not sum(counts):
        raise ValueError(f"no majority among class counts {list(counts)}")
    return max(counts) / sum(counts)
