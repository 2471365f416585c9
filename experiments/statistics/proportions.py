"""Confidence intervals of a proportion, and the whole numbers that can stand behind a rounded one."""

from math import ceil, floor, sqrt
from typing import NamedTuple

from experiments.statistics.level import CONFIDENCE


class Interval(NamedTuple):
    """Both bounds of a score, in the score's own unit."""

    low: float
    high: float


def wilson(successes: float, n: int, confidence: float = CONFIDENCE) -> Interval:
    """Wilson's score interval without continuity correction (Wilson 1927, doi:10.1080/01621459.1927.10502953).

    `successes` may be a mean over several runs, and need not be whole. Raises ValueError unless 0 <= successes <= n,
    n >= 1 and 0 < confidence < 1.
    """
    from scipy.special import ndtri  # statsmodels has the interval, but takes a second to import

    if n < 1 or not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is no proportion")
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, not at {confidence}")
    z = -float(ndtri((1 - confidence) / 2))
    share = successes / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    # At the ends the bound is exactly 0 or 1, which the formula misses by its rounding.
    return Interval(centre - half if successes else 0.0, centre + half if successes < n else 1.0)


def attainable_counts(low: float, high: float, n: int) -> range:
    """All k with `low <= k / n <= high`, as a range; empty where no whole number of successes gives the proportion.

    `low` and `high` bound the unrounded proportion (both count as inside). Raises ValueError unless n >= 1 and
    0 <= low <= high <= 1.
    """
    if n < 1 or not 0 <= low <= high <= 1:
        raise ValueError(f"no counts for a proportion in [{low}, {high}] of {n}")
    # Candidates one too wide on both sides, then tested by the division that made the proportion.
    candidates = range(max(floor(low * n) - 1, 0), min(ceil(high * n) + 1, n) + 1)
    inside = [k for k in candidates if low <= k / n <= high]
    return range(inside[0], inside[-1] + 1) if inside else range(0)


def wilson_of_rounded(low: float, high: float, n: int, confidence: float = CONFIDENCE) -> Interval:
    """Wilson's interval of a proportion known only to lie in [low, high]: that of every count which is possible.

    Raises ValueError where no whole number of successes gives such a proportion.
    """
    counts = attainable_counts(low, high, n)
    if not counts:
        raise ValueError(f"no whole number of {n} lies between the shares {low} and {high}")
    return Interval(wilson(counts[0], n, confidence).low, wilson(counts[-1], n, confidence).high)
