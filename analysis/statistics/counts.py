"""Which whole numbers of successes can stand behind a rounded proportion."""

from math import ceil, floor


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
