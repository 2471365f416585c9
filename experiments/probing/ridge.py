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
    shrunk = 1 / (factors.squares[:, None] + np.asarray(penalties))
    residuals = values[:, None] - _fit(factors, values[:, None], shrunk)(factors.scaled)
    nearly = factors.nearly_rotated()
    leverages = 1 / len(values) + np.square(nearly, out=nearly) @ shrunk.astype(np.float32)
    return penalties[int(((residuals / (1 - leverages)) ** 2).mean(axis=0).argmin())]


def fit_predict(factors: Factors, values: NDArray, penalty: float, states: NDArray) -> NDArray[np.float64]:
    """Predictions (m, targets) for other states (m, features), by ridge fitted to training values (n, targets)."""
    return _fit(factors, values, 1 / (factors.squares + penalty)[:, None])(factors.scaler(states))


def _fit(factors: Factors, values: NDArray, shrunk: NDArray):
    """The prediction from standardised rows: values (n, targets) and 1 / (squares + penalty), both or one of many."""
    means = values.mean(axis=0)
    weights = factors.rotation @ (shrunk * (factors.rotation.T @ (factors.scaled.T @ (values - means))))
    return lambda scaled: scaled @ weights + means
