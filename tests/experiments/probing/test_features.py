"""Which features vary, what their factorisation is, and effective ranks that are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import StandardScaler

from experiments.probing.features import Layer, distinct, effective_rank, factorise, fit_scaler, share_constant


def varied(n=50, features=8, seed=0):
    return np.random.default_rng(seed).normal(size=(n, features)) + 3


@pytest.mark.parametrize("noise", [0, 1e-6, 3e-6])
def test_a_feature_that_moves_by_rounding_is_constant(noise):
    states = varied()
    states[:, 2] = 4 * (1 + noise * np.random.default_rng(1).uniform(-1, 1, size=50))
    assert not fit_scaler(states).varying[2]
    assert share_constant(states) == 1 / 8


def test_a_feature_that_moves_little_but_surely_is_not():
    states = varied()
    states[:, 2] = 4 * (1 + 1e-3 * np.random.default_rng(1).normal(size=50))
    assert fit_scaler(states).varying.all()


def test_what_is_left_where_large_numbers_cancel_out_is_constant():
    states = 1000 * varied()
    states[:, 2] = 1e-6 * np.random.default_rng(1).normal(size=50)
    assert not fit_scaler(states).varying[2]


@given(scale=st.floats(1e-6, 1e6), constant=st.integers(0, 8))
def test_the_unit_of_the_states_does_not_matter(scale, constant):
    states = varied()
    states[:, :constant] = 2.5
    assert share_constant(states * scale) == constant / 8
    assert effective_rank(states * scale) == pytest.approx(effective_rank(states))


def test_the_scaler_is_scikit_learns_on_what_varies():
    states, others = varied(), varied(seed=1)
    states[:, 5] = 1.0
    theirs = StandardScaler().fit(states[:, fit_scaler(states).varying])
    assert fit_scaler(states)(others) == pytest.approx(theirs.transform(np.delete(others, 5, axis=1)))


@pytest.mark.parametrize("shape", [(60, 9), (20, 45)])
def test_the_factorisation_is_the_singular_value_decomposition(shape):
    states, others = varied(*shape), varied(7, shape[1], seed=3)
    factors = factorise(states)
    scaled = fit_scaler(states)(states)
    values = np.linalg.svd(scaled, compute_uv=False)
    kept = values > 1e-6 * values[0]
    assert np.sqrt(factors.squares) == pytest.approx(values[kept])
    assert factors.rotated.T @ factors.rotated == pytest.approx(np.diag(factors.squares), abs=1e-8)
    assert factors.rotated @ factors.rotated.T == pytest.approx(scaled @ scaled.T, abs=1e-8)
    assert factors(others) @ factors.rotated.T == pytest.approx(fit_scaler(states)(others) @ scaled.T, abs=1e-8)


@pytest.mark.parametrize("features", [9, 45, 70])  # fewer than the rows kept, than all rows, and more than either
@given(seed=st.integers(0, 1000), far=st.sampled_from([0.0, 1e3, 1e5]), constant=st.integers(0, 3))
def test_a_fold_is_factorised_as_if_there_were_no_other_rows(features, seed, far, constant):
    states, others = varied(60, features, seed), varied(7, features, seed + 1)
    held_out = np.random.default_rng(seed).permutation(60) < 20
    states[held_out, -1] += far  # rows that would move the scale of all, and those that they are taken from
    states[~held_out, :constant] = 2.5
    found, alone = Layer(states).without(held_out), factorise(states[~held_out])
    assert found.scaler.varying.tolist() == alone.scaler.varying.tolist()
    assert found.squares == pytest.approx(alone.squares, rel=1e-6, abs=1e-6)
    rows = found.scaled @ found.scaled.T
    assert found.rotated @ found.rotated.T == pytest.approx(rows, abs=1e-6)
    assert found(others) @ found.rotated.T == pytest.approx(alone(others) @ alone.rotated.T, abs=1e-6)


def test_effective_ranks_that_are_known():
    axes = np.kron(np.array([[1], [-1]]), np.eye(6))  # six directions of equal length
    assert effective_rank(axes) == pytest.approx(6)
    line = np.outer(np.arange(20.0), np.ones(5))
    assert effective_rank(line) == pytest.approx(1)
    assert effective_rank(np.ones((20, 5))) == 0
    # Two columns with correlation r have the squared singular values n (1 + r) and n (1 - r).
    one, other = np.array([1.0, 1, -1, -1] * 10), np.array([1.0, -1, 1, -1] * 10)
    pair = np.column_stack([one, 0.6 * one + 0.8 * other])
    shares = np.sqrt([1.6, 0.4]) / np.sqrt([1.6, 0.4]).sum()
    assert effective_rank(pair) == pytest.approx(np.exp(-(shares * np.log(shares)).sum()))


def test_distinct_states_are_counted():
    assert distinct(np.array([[1.0, 2], [1, 2], [2, 1]])) == 2
