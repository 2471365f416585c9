"""States as features: which of them vary, their scale, one factorisation for all probes, and how many count."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

OWN_SCALE = 1e-5
"""A feature whose standard deviation is below this share of its own root mean square is constant: float32 keeps 1e-7
of a number, and sums over batches of other shapes move some 1e-6 of it."""
COMMON_SCALE = 1e-7
"""The same against the root mean square of all features: what is left where large numbers cancel out."""
ROUNDING = 1e-13
"""Squared singular values below this share of the largest are rounding."""
CANCELLED = 1e4
"""Where rows held out carry this many times what is left of a feature, taking them away would leave rounding."""


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
    return _standardise(np.array(states, dtype=float))[0]


def _standardise(states: NDArray[np.float64]) -> tuple[Scaler, NDArray[np.float64]]:
    """The scaler of states (n, features), and the states as it scales them, written over themselves."""
    mean = states.mean(axis=0)
    centred = np.subtract(states, mean, out=states)
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
    """Standardised training rows X as U S V'.

    `scaled` is X (n, features), `squares` are the squared singular values, and `vectors` are V (features, rank), or
    U (n, rank) where there are more features than rows: what does not need the other is then computed without it.
    """

    scaler: Scaler
    scaled: NDArray[np.float64]
    vectors: NDArray[np.float64]
    squares: NDArray[np.float64]

    @cached_property
    def rotation(self) -> NDArray[np.float64]:
        """V, (features, rank)."""
        return (self.scaled.T @ self.vectors) / np.sqrt(self.squares) if _wide(self.scaled) else self.vectors

    @cached_property
    def rotated(self) -> NDArray[np.float64]:
        """U S = X V, (n, rank), its columns orthogonal. A penalised probe on X is the same probe on these."""
        return self.vectors * np.sqrt(self.squares) if _wide(self.scaled) else self.scaled @ self.vectors

    def nearly_rotated(self) -> NDArray[np.float32]:
        """`rotated` in single precision, at half the price.

        It is right to some 1e-6 of a row's norm: enough to choose a penalty by.
        """
        if _wide(self.scaled):
            return self.rotated.astype(np.float32)
        return self.scaled.astype(np.float32) @ self.vectors.astype(np.float32)

    def shrink(self, shrunk: NDArray, values: NDArray) -> NDArray[np.float64]:
        """The weights of a ridge regression for values (n, targets) of mean 0, (features, targets).

        They are V (shrunk * V'X' values), `shrunk` being 1 / (squares + penalty), (rank, targets); either of the two
        may be one for all targets.
        """
        if _wide(self.scaled):
            return self.scaled.T @ (self.vectors @ (shrunk * (self.vectors.T @ values)))
        return self.vectors @ (shrunk * (self.vectors.T @ (self.scaled.T @ values)))

    def __call__(self, states: NDArray) -> NDArray[np.float64]:
        """Other states (m, features) in the same coordinates, (m, rank)."""
        return self.scaler(states) @ self.rotation


class Layer:
    """The states (n, features) of a layer, of which every fold factorises the rows that it does not hold out.

    The inner products of all rows are computed once, about the layer's mean. A fold takes those of the few rows that it
    holds out away, instead of computing those of the many that it keeps.
    """

    def __init__(self, states: NDArray) -> None:
        self._states = np.asarray(states, dtype=float)
        self._centre = self._states.mean(axis=0)

    @cached_property
    def _products(self) -> NDArray[np.float64]:
        centred = self._states - self._centre
        return centred.T @ centred

    def without(self, held_out: NDArray[np.bool_]) -> Factors:
        """Factorise the rows that are not held out, standardised among themselves."""
        scaler, scaled = _standardise(self._states[~held_out])
        left = len(scaled) * scaler.sd**2
        if _wide(scaled) or (self._products.diagonal()[scaler.varying] > CANCELLED * left).any():
            return _factors(scaler, scaled)
        # About their own mean the rows kept have less than about the layer's: as if each stood at the one's distance
        # from the other.
        distance = np.sqrt(len(scaled)) * (scaler.mean - self._centre[scaler.varying])
        gone = np.vstack([_columns(self._states[held_out] - self._centre, scaler.varying), distance])
        products = _columns(_columns(self._products, scaler.varying).T, scaler.varying) - gone.T @ gone
        products /= scaler.sd
        products /= scaler.sd[:, None]
        return _factors(scaler, scaled, products)


def factorise(states: NDArray) -> Factors:
    """Factorise rows (n, features)."""
    return _factors(*_standardise(np.array(states, dtype=float)))


def _wide(scaled: NDArray) -> bool:
    return scaled.shape[1] > scaled.shape[0]


def _factors(scaler: Scaler, scaled: NDArray, products: NDArray | None = None) -> Factors:
    """From the smaller of the two matrices of inner products, given or computed. The rank is 0 where nothing varies.

    What the squaring of singular values loses lies far below any penalty here.
    """
    if products is None:
        products = scaled @ scaled.T if _wide(scaled) else scaled.T @ scaled
    squares, vectors = np.linalg.eigh(products)
    kept = squares > ROUNDING * squares[-1:].sum()
    squares, vectors = squares[kept][::-1], vectors[:, kept][:, ::-1]
    return Factors(scaler, scaled, vectors, squares)


def effective_rank(states: NDArray) -> float:
    """The effective rank of the standardised states (n, features): from 1 to their rank, 0 where nothing varies.

    It is exp of the Shannon entropy of the singular values' shares (Roy & Vetterli 2007, "The effective rank").
    """
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
