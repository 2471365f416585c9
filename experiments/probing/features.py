"""States as features: which of them vary, their scale, one factorisation for all probes, and how many count."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OWN_SCALE = 1e-5
"""A feature whose standard deviation is below this share of its own root mean square is constant: float32 keeps 1e-7
of a number, and sums over batches of other shapes move some 1e-6 of it."""
COMMON_SCALE = 1e-7
"""The same against the root mean square of all features: what is left where large numbers cancel out."""
ROUNDING = 1e-13
"""Squared singular values below this share of the largest are rounding."""


@dataclass(frozen=True)
class Scaler:
    """What scikit-learn's StandardScaler does, without the features that do not vary in the rows it was fitted on."""

    varying: NDArray[np.bool_]
    mean: NDArray[np.float64]
    sd: NDArray[np.float64]

    def __call__(self, states: NDArray) -> NDArray[np.float64]:
        """States (n, features) to (n, varying features)."""
        scaled = _columns(states, self.varying) - self.mean
        scaled /= self.sd
        return scaled


def fit_scaler(states: NDArray) -> Scaler:
    """From states (n, features), in float64 whatever they come in."""
    return _standardise(states)[0]


def _standardise(states: NDArray) -> tuple[Scaler, NDArray[np.float64]]:
    """The scaler of states (n, features), and the states as it scales them."""
    states = np.asarray(states, dtype=float)
    mean = states.mean(axis=0)
    centred = states - mean
    sd = np.sqrt(np.einsum("nf,nf->f", centred, centred) / len(states))
    varying = sd > constant_below(mean, sd)
    scaled = _columns(centred, varying)
    scaled /= sd[varying]
    return Scaler(varying, mean[varying], sd[varying]), scaled


def _columns(states: NDArray, chosen: NDArray[np.bool_]) -> NDArray:
    """The chosen columns, without a copy where these are all."""
    return states if chosen.all() else states[:, chosen]


def constant_below(mean: NDArray, sd: NDArray) -> NDArray[np.float64]:
    """The standard deviation up to which each feature counts as constant."""
    squares = mean**2 + sd**2
    common = np.sqrt(squares.mean()) if len(squares) else 0.0
    return np.maximum(OWN_SCALE * np.sqrt(squares), COMMON_SCALE * common)


@dataclass(frozen=True)
class Factors:
    """Standardised training rows X as U S V': `rotated` is U S = X V, (n, rank), its columns orthogonal, and
    `squares` are the squared singular values. A penalised probe on X is the same probe on `rotated`."""

    scaler: Scaler
    rotation: NDArray[np.float64]
    rotated: NDArray[np.float64]
    squares: NDArray[np.float64]

    def __call__(self, states: NDArray) -> NDArray[np.float64]:
        """Other states (m, features) in the same coordinates, (m, rank)."""
        return self.scaler(states) @ self.rotation


def factorise(states: NDArray) -> Factors:
    """Factorise training rows (n, features), through the smaller of the two matrices of inner products.

    The rank is 0 where nothing varies. What the squaring of singular values loses lies far below any penalty here.
    """
    scaler, scaled = _standardise(states)
    wide = scaled.shape[1] > scaled.shape[0]
    squares, vectors = np.linalg.eigh(scaled @ scaled.T if wide else scaled.T @ scaled)
    kept = squares > ROUNDING * squares[-1:].sum()
    squares, vectors = squares[kept][::-1], vectors[:, kept][:, ::-1]
    rotation = (scaled.T @ vectors) / np.sqrt(squares) if wide else vectors
    return Factors(scaler, rotation, scaled @ rotation, squares)


def effective_rank(states: NDArray) -> float:
    """Exp of the Shannon entropy of the singular values' shares (Roy & Vetterli 2007, "The effective rank") of the
    standardised states (n, features): from 1 to their rank, and 0 where nothing varies."""
    values = np.sqrt(factorise(states).squares)
    if not len(values):
        return 0.0
    shares = values / values.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))


def share_constant(states: NDArray) -> float:
    """Share of the features (n, features) that do not vary."""
    return float(1 - fit_scaler(states).varying.mean())


def distinct(states: NDArray) -> int:
    """How many of the states (n, features) are different."""
    return len({row.tobytes() for row in np.ascontiguousarray(states)})
