"""Whether two groups differ: in a measured feature, in a share, and after how many looks."""

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


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values corrected for their number by Holm's step-down procedure (Holm 1979), in the order given."""
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    corrected, largest = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        corrected[index] = largest
    return corrected
