"""Whether two systems differ on the same examples, or two groups in a measured feature or a share."""

from collections.abc import Sequence


def mann_whitney(left: Sequence[float], right: Sequence[float]) -> float:
    """Two-sided p-value of the rank-sum test (Mann and Whitney 1947, doi:10.1214/aoms/1177730491).

    Exact for small groups without ties, else the normal approximation with continuity correction. Raises ValueError
    for an empty group.
    """
    from scipy.stats import mannwhitneyu  # a slow import that most chapters do without

    if not left or not right:
        raise ValueError("a comparison needs two groups that are not empty")
    return float(mannwhitneyu(left, right).pvalue) if len({*left, *right}) > 1 else 1.0


def fisher(left: int, of_left: int, right: int, of_right: int) -> float:
    """Two-sided p-value of Fisher's exact test that two shares are equal.

    Raises ValueError unless 0 <= left <= of_left and 0 <= right <= of_right.
    """
    from scipy.stats import fisher_exact

    if not (0 <= left <= of_left and 0 <= right <= of_right):
        raise ValueError(f"no shares: {left} of {of_left}, {right} of {of_right}")
    return float(fisher_exact([[left, of_left - left], [right, of_right - right]]).pvalue)


def least_p_value(clusters: int) -> float:
    """The least two-sided p-value that a paired test can give on so many clusters: 2/2^k, and 1 for a single one.

    Under no difference the sign of each cluster is the toss of a coin, and all of them alike is the most extreme that
    there is (Fisher's sign flips). A bootstrap knows nothing of it: with one cluster all resamples are the same one.
    """
    return min(1.0, 2.0 ** (1 - clusters)) if clusters < _MOST_SUMMED else 0.0


def mcnemar(corrected: int, broken: int) -> float:
    """Exact two-sided p-value of McNemar's test from the two discordant counts (McNemar 1947).

    Under no difference each discordant example is corrected or broken by the toss of a coin, so the p-value is that of
    a binomial test at 1/2; 1 without a discordant example. It is worked out in whole numbers: the same on every
    machine, where the libraries' floating-point tails differ in their last digits. Raises ValueError for a negative
    count.
    """
    if corrected < 0 or broken < 0:
        raise ValueError(f"{corrected} corrected and {broken} broken are no counts")
    n, fewer = corrected + broken, min(corrected, broken)
    if corrected == broken:  # both tails hold the middle term, which counts once
        return 1.0
    if n > _MOST_SUMMED:
        return _two_tails_of_many(n, fewer)
    term = tail = 1
    for k in range(fewer):
        term = term * (n - k) // (k + 1)
        tail += term
    return 2 * tail / 2**n


_MOST_SUMMED = 5000
_BITS = 256


def _two_tails_of_many(n: int, fewer: int) -> float:
    """The p-value of McNemar's test for many examples, in less time than `mcnemar` would take.

    Exact numbers, of as many bits as there are examples, would take seconds to minutes. The largest term of the tail is
    worked out to 256 bits and the others as fractions of it, to as many: a double holds 53.
    """
    largest, shifted = 1 << _BITS, 0
    for k in range(1, fewer + 1):
        largest = largest * (n - fewer + k) // k
        if largest.bit_length() > 2 * _BITS:
            largest >>= _BITS
            shifted += _BITS
    fraction = tail = 1 << _BITS
    k = fewer
    while fraction:
        fraction = fraction * k // (n - k + 1)
        tail += fraction
        k -= 1
    return 2 * largest * tail / 2 ** (n + 2 * _BITS - shifted)
