"""Ridge regression in the coordinates of a factorisation: all penalties and all targets from one of them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.probing.features import Factors


def choose_penalty(factors: Factors, values: NDArray, penalties: Sequence[float]) -> float:
    """The penalty with the smallest mean squared leave-one-out error on the training values (n,).

    That of scikit-learn's RidgeCV: the error of leaving a row out follows from the residual and the leverage of the
    row in the fit of all rows (Hastie, Tibshirani & Friedman 2009, section 7.10).
    """
    rotated, centred = factors.rotated, values - values.mean()
    shrunk = 1 / (factors.squares[:, None] + np.asarray(penalties))
    residuals = centred[:, None] - rotated @ (shrunk * (rotated.T @ centred)[:, None])
    leverages = 1 / len(values) + rotated**2 @ shrunk
    return penalties[int(((residuals / (1 - leverages)) ** 2).mean(axis=0).argmin())]


def fit_predict(factors: Factors, values: NDArray, penalty: float, rows: NDArray) -> NDArray[np.float64]:
    """Predictions (m, targets) for rotated rows (m, rank), by ridge fitted to training values (n, targets)."""
    means = values.mean(axis=0)
    weights = (factors.rotated.T @ (values - means)) / (factors.squares + penalty)[:, None]
    return rows @ weights + means
