"""Batched logistic regression comes to the minimum that scikit-learn looks for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from experiments.probing.features import factorise
from experiments.probing.logistic import Tasks, fit, log_losses, predict


def solve(states, classes, counted, penalties, count):
    factors = factorise(states)
    tasks = Tasks(np.asarray(classes), np.asarray(counted, dtype=bool), np.asarray(penalties, dtype=float), count)
    return factors, tasks, fit(factors.rotated, factors.squares, tasks)


def sklearns(states, classes, penalty):
    scaled = (states - states.mean(axis=0)) / states.std(axis=0)
    return LogisticRegression(C=1 / penalty, tol=1e-10, max_iter=100_000), scaled, classes


def centred_logits(factors, weights, states):
    rows = factors(states)
    found = weights[:, :-1] @ rows.T + weights[:, -1:]
    return (found - found.mean(axis=0)).T


@settings(max_examples=15)
@given(
    seed=st.integers(0, 1000),
    classes=st.integers(2, 5),
    penalty=st.sampled_from([0.1, 1.0, 30.0, 1e4]),
    shape=st.sampled_from([(60, 5), (40, 70)]),
)
def test_weights_are_scikit_learns_whatever_shape_and_penalty(seed, classes, penalty, shape):
    rng = np.random.default_rng(seed)
    states = rng.normal(size=shape) @ rng.normal(size=(shape[1], shape[1])) + 4
    labels = np.concatenate([np.arange(classes), rng.integers(classes, size=shape[0] - classes)])
    factors, _, [weights] = solve(states, [labels], np.ones((1, len(labels))), [penalty], classes)
    model, scaled, _ = sklearns(states, labels, penalty)
    theirs = model.fit(scaled, labels).decision_function(scaled)
    theirs = np.column_stack([-theirs / 2, theirs / 2]) if classes == 2 else theirs - theirs.mean(axis=1, keepdims=True)
    assert centred_logits(factors, weights, states) == pytest.approx(theirs, abs=2e-4)


def test_tasks_that_float32_cannot_solve_are_solved_in_float64(states):
    found, labels, _ = states()
    penalties = [1e-3, 10.0]
    factors, tasks, expected = solve(found, np.vstack([labels, labels]), np.ones((2, len(labels))), penalties, 3)
    single = factors.rotated.astype(np.float32)
    beyond_float32 = 1e-22
    weights = fit(single, factors.squares, tasks, beyond_float32)
    assert weights == pytest.approx(expected, abs=1e-3)
    exact = fit(single.astype(float), factors.squares, tasks, beyond_float32)
    assert weights == pytest.approx(exact, abs=1e-9)


def test_tasks_do_not_see_each_other(states):
    found, labels, _ = states()
    rng = np.random.default_rng(1)
    many = np.vstack([labels, rng.permutation(labels), rng.permutation(labels)])
    penalties = [0.5, 50.0, 5000.0]
    _, _, together = solve(found, many, np.ones(many.shape), penalties, 3)
    for number, penalty in enumerate(penalties):
        _, _, [alone] = solve(found, many[[number]], np.ones((1, len(labels))), [penalty], 3)
        assert together[number] == pytest.approx(alone, abs=1e-5)


def test_rows_that_do_not_count_have_no_say(states):
    found, labels, _ = states()
    counted = np.random.default_rng(2).random((2, len(labels))) < 0.7
    factors, tasks, _ = solve(found, np.vstack([labels, labels]), counted, [10.0, 10.0], 3)
    changed = np.where(counted, labels, (labels + 1) % 3)
    weights = fit(factors.rotated, factors.squares, Tasks(changed, counted, tasks.penalties, 3))
    for row in range(2):
        model, scaled, _ = sklearns(found, labels, 10.0)
        model.fit(scaled[counted[row]], labels[counted[row]])
        assert (predict(weights, tasks, factors(found))[row] == model.predict(scaled)).all()
        losses = log_losses(weights, tasks, factors.rotated)[row]
        left = ~counted[row]
        assert losses[left].mean() == pytest.approx(log_loss(labels[left], model.predict_proba(scaled[left])), abs=1e-6)


def test_a_class_that_a_task_does_not_have_is_never_predicted_and_two_left_are_binary(states):
    found, labels, _ = states(classes=2)
    factors, tasks, weights = solve(found, [labels * 2], np.ones((1, len(labels))), [5.0], 4)
    model, scaled, _ = sklearns(found, labels, 5.0)
    assert (predict(weights, tasks, factors(found))[0] == 2 * model.fit(scaled, labels).predict(scaled)).all()
    rows = np.column_stack([factors(found), np.ones(len(labels))])
    assert rows @ (weights[0, 2] - weights[0, 0]) == pytest.approx(model.decision_function(scaled), abs=1e-4)
    losses = log_losses(weights, Tasks(np.ones_like(labels)[None], tasks.counted, tasks.penalties, 4), factors.rotated)
    assert np.isfinite(losses).all()


def test_separable_classes_under_a_small_penalty_come_to_an_end():
    states = np.concatenate([np.full((20, 3), -1.0), np.full((20, 3), 1.0)]) + np.eye(40, 3)
    labels = np.repeat([0, 1], 20)
    factors, tasks, weights = solve(states, [labels], np.ones((1, 40)), [1e-3], 2)
    assert (predict(weights, tasks, factors(states))[0] == labels).all()


def test_without_a_feature_there_are_the_frequencies():
    labels = np.array([0, 1, 1, 2, 2, 2])
    _, _, [weights] = solve(np.ones((6, 4)), [labels], np.ones((1, 6)), [1.0], 3)
    assert weights.shape == (3, 1)
    shares = np.exp(weights[:, 0]) / np.exp(weights[:, 0]).sum()
    assert shares == pytest.approx(np.bincount(labels) / 6)
