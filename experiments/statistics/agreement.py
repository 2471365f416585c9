"""Cohen's kappa of labels and marks (Cohen 1960, doi:10.1177/001316446002000104)."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.statistics.bootstrap import bootstrap


class Estimate(NamedTuple):
    """A value with its interval; all None where it is undefined."""

    value: float | None
    low: float | None
    high: float | None


def kappa(counts: NDArray) -> NDArray[np.float64]:
    """Kappa (...) from counts (..., labels, marks).

    The marks begin with the labels and may go on with others that no label is. NaN where agreement by chance is
    certain, or there is nothing.
    """
    n = counts.sum(axis=(-2, -1))
    labels = counts.shape[-2]
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = np.trace(counts[..., :labels], axis1=-2, axis2=-1) / n
        chance = (counts.sum(axis=-1) * counts[..., :labels].sum(axis=-2)).sum(axis=-1) / n**2
        return np.where(chance < 1, (observed - chance) / (1 - chance), np.nan)


def estimate_kappa(
    labels: Sequence[str], marks: Sequence[str], known: Sequence[str], possible: Sequence[str], seed: int
) -> Estimate:
    """Kappa with its percentile bootstrap interval over the examples.

    `labels` are among `known`, `marks` among `possible`, which begins with `known`. Undefined where there are no
    examples, and where all have one label: then kappa is 0 or 0/0 whatever the marks are.
    """
    if len(set(labels)) < 2:
        return Estimate(None, None, None)
    cells = np.zeros((len(labels), len(known) * len(possible)))
    for row, (label, mark) in enumerate(zip(labels, marks, strict=True)):
        cells[row, known.index(label) * len(possible) + possible.index(mark)] = 1

    def of_totals(totals: NDArray) -> NDArray[np.float64]:
        return kappa(totals.reshape(-1, len(known), len(possible)))

    low, high = bootstrap(cells, of_totals, seed=seed)
    return Estimate(float(of_totals(cells.sum(axis=0, keepdims=True))[0]), low, high)
