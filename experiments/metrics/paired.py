"""Tests of two systems on the same examples, and the correction for making many of them."""

from collections.abc import Sequence


def mcnemar(corrected: int, broken: int) -> float:
    """Exact two-sided p-value of McNemar's test from the two discordant counts (McNemar 1947).

    Under no difference each discordant example is corrected or broken by the toss of a coin, so the p-value is that of
    a binomial test at 1/2; 1 without a discordant example. It is worked out in whole numbers: the same on every
    machine. Raises ValueError for a negative count.
    """
    if corrected < 0 or broken < 0:
        raise ValueError(f"{corrected} corrected and {broken} broken are no counts")
    n, fewer = corrected + broken, min(corrected, broken)
    term = tail = 1
    for k in range(fewer):
        term = term * (n - k) // (k + 1)
        tail += term
    if corrected == broken:  # both tails hold the middle term, which counts once
        return 1.0
    return 2 * tail / 2**n


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values, in the order given (Holm 1979): each is to be compared with the common level.

    Raises ValueError where one does not lie between 0 and 1.
    """
    if not all(0 <= p <= 1 for p in p_values):
        raise ValueError(f"p-values lie between 0 and 1: {list(p_values)}")
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = largest
    return adjusted
