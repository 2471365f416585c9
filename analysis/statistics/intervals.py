"""Confidence intervals of a proportion."""

from typing import NamedTuple

from analysis.statistics.counts import attainable_counts


class Interval(NamedTuple):
    """Both bounds of a proportion, between 0 and 1."""

    low: float
    high: float


def wilson(successes: int, n: int, confidence: float = 0.95) -> Interval:
    """Wilson's score interval without continuity correction (Wilson 1927, doi:10.1080/01621459.1927.10502953).

    Raises ValueError unless 0 <= successes <= n, n >= 1 and 0 < confidence < 1.
    """
    from scipy.stats import binomtest  # a slow import that most chapters do without

    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, not at {confidence}")
    bounds = binomtest(successes, n).proportion_ci(confidence, method="wilson")
    return Interval(float(bounds.low), float(bounds.high))


def wilson_of_rounded(low: float, high: float, n: int, confidence: float = 0.95) -> Interval:
    """Wilson's interval of a proportion known only to lie in [low, high]: that of every count which is possible.

    Raises ValueError where no whole number of successes gives such a proportion.
    """
    counts = attainable_counts(low, high, n)
    if not counts:
        raise ValueError(f"no whole number of {n} lies between the shares {low} and {high}")
    return Interval(wilson(counts[0], n, confidence).low, wilson(counts[-1], n, confidence).high)
