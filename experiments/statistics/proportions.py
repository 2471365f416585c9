"""Confidence intervals of a proportion, and the whole numbers that can stand behind a rounded one."""

from collections.abc import Callable
from math import sqrt

from experiments.statistics.level import CONFIDENCE, Interval


def wilson(successes: float, n: int, confidence: float = CONFIDENCE) -> Interval:
    """Wilson's score interval without continuity correction (Wilson 1927, doi:10.1080/01621459.1927.10502953).

    `successes` may be a mean over several runs, and need not be whole. Raises ValueError unless 0 <= successes <= n,
    n >= 1 and 0 < confidence < 1.
    """
    from scipy.special import ndtri  # a slow import that most commands do without

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
    # Tested by the division that made the proportion, which never falls as k grows: both ends are found by halving.
    first = _first(n, lambda k: k / n >= low)
    return range(first, max(first, _first(n, lambda k: k / n > high)))


def _first(n: int, holds: Callable[[int], bool]) -> int:
    """The least k from 0 to n for which something holds, as it does for all greater ones; n + 1 where there is none."""
    low, high = 0, n + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def wilson_of_rounded(low: float, high: float, n: int) -> Interval:
    """Wilson's interval of a proportion known only to lie in [low, high]: that of every count which is possible.

    Raises ValueError where no whole number of successes gives such a proportion.
    """
    counts = attainable_counts(low, high, n)
    if not counts:
        raise ValueError(f"no whole number of {n} lies between the shares {low} and {high}")
    return Interval(wilson(counts[0], n).low, wilson(counts[-1], n).high)
