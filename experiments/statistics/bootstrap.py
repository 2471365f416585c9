"""Percentile bootstrap of any score that is a function of summed statistics, with clusters and in pairs.

A resample of a thousand examples is then one row of counts times a matrix of statistics: means, corpus BLEU and F1
among the answerable are all worked out for every resample at once, and no example is scored twice.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.statistics.comparisons import least_p_value
from experiments.statistics.level import CONFIDENCE, Interval

Score = Callable[[NDArray[np.float64]], NDArray[np.float64]]

RESAMPLES = 1000
ROUNDING = 1e-11  # the share of a score by which two equal ones may differ, summed in another order
_BLOCK = 4_000_000  # drawn indices held at a time: 32 MB
_EXACT = 2**24  # whole numbers below it are exact as 32-bit floats


class Difference(NamedTuple):
    """Score after minus score before, its interval, and the two-sided p-value of no difference."""

    difference: float
    low: float
    high: float
    p_value: float


def mean_statistics(values: ArrayLike) -> NDArray[np.float64]:
    """Statistics (n, 2) of the mean of `values` (n,)."""
    values = np.asarray(values, dtype=float)
    return np.column_stack([values, np.ones(len(values))])


def mean(totals: NDArray[np.float64]) -> NDArray[np.float64]:
    """The score of `mean_statistics`: (resamples, 2) to (resamples,); NaN where nothing was drawn that counts."""
    with np.errstate(invalid="ignore"):
        return totals[:, 0] / totals[:, 1]


def bootstrap(
    statistics: ArrayLike,
    score: Score,
    clusters: Sequence[object] | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
    confidence: float = CONFIDENCE,
) -> Interval:
    """Percentile interval of `score`, from statistics (n, d) of n examples.

    `score` maps summed statistics (resamples, d) to scores (resamples,). Whole clusters are drawn where `clusters`
    names that of each example, such as its paragraph: examples that share a text are not independent. Resamples in
    which the score is NaN are left out. Raises ValueError where there are no examples or no defined resample.
    """
    return percentiles(score(resampled_totals(statistics, clusters, resamples, seed)), confidence)


def paired_bootstrap(
    before: ArrayLike,
    after: ArrayLike,
    score: Score,
    clusters: Sequence[object] | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
    confidence: float = CONFIDENCE,
) -> Difference:
    """How much better `after` scores than `before` on the same examples, both resampled alike.

    The p-value doubles the smaller share of resamples on either side of zero, one added to count and resamples
    (Davison & Hinkley 1997, section 4.2). It is never below `least_p_value` of the clusters that are drawn: a handful
    of them resample to few totals, often all on one side of zero, which is no evidence. A difference that rounding
    alone makes is none: it changes with the threads that sum. Raises ValueError as `bootstrap` does, and where the two
    differ in shape.
    """
    before, after = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    if before.shape != after.shape:
        raise ValueError(f"statistics of shape {before.shape} cannot be paired with {after.shape}")
    split = before.shape[-1]
    totals = resampled_totals(np.hstack([before, after]), clusters, resamples, seed)
    scores = score(totals[:, :split]), score(totals[:, split:])
    differences = scores[1] - scores[0]
    low, high = percentiles(differences, confidence)
    differences[np.abs(differences) <= ROUNDING * np.maximum(*np.abs(scores))] = 0
    tail = min(np.sum(differences <= 0), np.sum(differences >= 0))
    drawn = len(before) if clusters is None else len(set(clusters))
    p_value = _p_value(int(tail), int(np.sum(~np.isnan(differences))), drawn)
    found = score(after.sum(axis=0, keepdims=True)) - score(before.sum(axis=0, keepdims=True))
    return Difference(float(found[0]), low, high, p_value)


def paired_means(differences: ArrayLike, resamples: int = RESAMPLES, seed: int = 0) -> list[Difference]:
    """`paired_bootstrap` of many differences of means on the same examples: one for each column of (n, tests).

    A cell is by how much the second of two systems is above the first for one example. All tests share the resamples.
    Ties are exact where the sums of a column are: where its cells are whole numbers, or all zero.
    """
    differences = np.asarray(differences, dtype=float)
    n = len(differences)
    totals = resampled_totals(differences, None, resamples, seed)
    tails = np.minimum((totals <= 0).sum(axis=0), (totals >= 0).sum(axis=0)).tolist()
    intervals = [percentiles(column) for column in (totals / n).T]
    return [
        Difference(float(found), low, high, _p_value(tail, resamples, n))
        for found, (low, high), tail in zip(differences.mean(axis=0), intervals, tails, strict=True)
    ]


def _p_value(tail: int, resamples: int, clusters: int) -> float:
    return max(min(1.0, 2 * (1 + tail) / (1 + resamples)), least_p_value(clusters))


def resampled_totals(
    statistics: ArrayLike, clusters: Sequence[object] | None, resamples: int, seed: int
) -> NDArray[np.float64]:
    """Summed statistics (resamples, d) of resamples of the n examples, or of their clusters."""
    by_cluster = _in_few_bits(_cluster_sums(np.asarray(statistics, dtype=float), clusters))
    n, kind = len(by_cluster), by_cluster.dtype
    if n * resamples <= _BLOCK:
        return (_drawn_counts(n, resamples, seed, kind) @ by_cluster).astype(float)
    return np.vstack([_counts(block, kind) @ by_cluster for block in draw(n, resamples, seed)]).astype(float)


def _in_few_bits(statistics: NDArray[np.float64]) -> NDArray:
    """The statistics in the smallest type of float in which every total of a resample is the same.

    Whole numbers take half the time.
    """
    largest = np.abs(statistics).max(initial=0)
    exact = largest * len(statistics) < _EXACT and np.array_equal(statistics, np.rint(statistics))
    return statistics.astype(np.float32) if exact else statistics


def draw(n: int, resamples: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Blocks of resamples, each row n indices drawn with replacement from range(n); the same for the same seed."""
    rng = np.random.default_rng(seed)
    rows = max(1, _BLOCK // n)
    for start in range(0, resamples, rows):
        yield rng.integers(n, size=(min(rows, resamples - start), n))


def draw_counts(counts: NDArray[np.int64], resamples: int, seed: int) -> NDArray[np.int64]:
    """Resamples (resamples, *shape) of examples of which only the counts of each class are known, of any shape.

    Examples of one class are alike to a score of the counts, so a resample of them is a multinomial draw: the same
    distribution as that of `draw`, but other draws, and in a time that does not grow with the examples.
    """
    n = counts.sum()
    drawn = np.random.default_rng(seed).multinomial(n, counts.ravel() / n, size=resamples)
    return drawn.reshape(-1, *counts.shape)


@lru_cache(maxsize=2)
def _drawn_counts(n: int, resamples: int, seed: int, kind: np.dtype) -> NDArray:
    """The counts of resamples that fit into one block, kept for the next score of as many examples."""
    [block] = draw(n, resamples, seed)
    return _counts(block, kind)


def _counts(drawn: NDArray[np.int64], kind: np.dtype) -> NDArray:
    """How often each index stands in each row. Floats: their product is exact for counts, and goes through BLAS."""
    rows, n = drawn.shape
    flat = (drawn + n * np.arange(rows)[:, None]).ravel()
    return np.bincount(flat, minlength=rows * n).reshape(rows, n).astype(kind)


def _cluster_sums(statistics: NDArray[np.float64], clusters: Sequence[object] | None) -> NDArray[np.float64]:
    if statistics.ndim != 2 or len(statistics) == 0:
        raise ValueError(f"a bootstrap needs statistics of at least one example, not of shape {statistics.shape}")
    if clusters is None:
        return statistics
    if len(clusters) != len(statistics):
        raise ValueError(f"{len(clusters)} cluster names for {len(statistics)} examples")
    position = {name: index for index, name in enumerate(dict.fromkeys(clusters))}
    sums = np.zeros((len(position), statistics.shape[1]))
    np.add.at(sums, [position[name] for name in clusters], statistics)
    return sums


def percentiles(scores: NDArray[np.float64], confidence: float = CONFIDENCE) -> Interval:
    """The percentile interval of the scores (resamples,) of resamples; those that are NaN are left out."""
    defined = scores[~np.isnan(scores)]
    if not len(defined):
        raise ValueError("the score is undefined in every resample")
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high))
