"""Folds, types, and targets of control tasks."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.probing.plan import by_rank, check_classes, check_values, control_targets, numbered
from experiments.probing.tasks import stratified
from experiments.tables.errors import UserError


@given(st.lists(st.integers(0, 3), min_size=40, max_size=80), st.integers(2, 6), st.integers(0, 99))
def test_every_class_is_spread_evenly_and_the_seed_decides(labels, folds, seed):
    classes = np.array([*labels, *np.repeat(np.arange(4), folds)])
    found = stratified(classes, folds, seed)
    for number in range(4):
        sizes = np.bincount(found[classes == number], minlength=folds)
        assert sizes.max() - sizes.min() <= 1
    assert (found == stratified(classes, folds, seed)).all()


def test_strata_of_numbers_are_parts_by_rank_of_like_size():
    values = np.random.default_rng(0).normal(size=103)
    parts = by_rank(values, 5)
    assert set(np.bincount(parts)) == {10, 11}
    assert all(values[parts == one].max() < values[parts == one + 1].min() for one in range(9))
    assert np.bincount(by_rank(values[:12], 5)).min() >= 5


@given(st.lists(st.sampled_from("abcdef"), min_size=10, max_size=60), st.integers(0, 99))
def test_a_control_target_goes_by_type_and_is_one_that_there_is(types, seed):
    types = numbered([*types, "a", "b"])
    targets = np.random.default_rng(seed).integers(0, 3, size=len(types))
    targets[:2] = 0, 1
    controls = control_targets(types, targets, 20, seed)
    assert controls.shape == (20, len(types))
    assert set(controls.ravel()) <= set(targets)
    for control in controls:
        by_type = defaultdict(set)
        for name, target in zip(types, control, strict=True):
            by_type[name].add(target)
        assert all(len(found) == 1 for found in by_type.values())
        assert len(set(control)) > 1


def test_each_control_task_has_its_targets_in_the_shares_of_the_real_ones():
    targets = np.random.default_rng(0).permutation(np.repeat([0, 1, 2], [700, 200, 100]))
    many = control_targets(np.arange(1000), targets, 50, 0)
    assert [np.bincount(control).tolist() for control in many] == [pytest.approx([700, 200, 100], abs=1)] * 50
    few = control_targets(np.arange(1000) % 40, targets, 400, 0)
    assert max(abs(np.bincount(control, minlength=3) - [700, 200, 100]).max() for control in few) <= 25
    assert np.bincount(few[:, 0], minlength=3) / 400 == pytest.approx([0.7, 0.2, 0.1], abs=0.07)


def test_control_targets_of_a_regression_spread_as_the_real_ones_do():
    targets = np.random.default_rng(0).gamma(2, size=600)
    controls = control_targets(np.arange(600) % 60, targets, 30, 0)
    assert controls.mean(axis=1) == pytest.approx(targets.mean(), rel=0.05)
    assert controls.std(axis=1) == pytest.approx(targets.std(), rel=0.15)


def test_targets_that_cannot_be_told_are_refused():
    with pytest.raises(UserError, match="one class only, PG"):
        check_classes(np.zeros(9, int), ["PG"], 3, "certificate")
    with pytest.raises(UserError, match="2 examples of R, fewer than the 3 folds"):
        check_classes(np.array([0] * 9 + [1] * 2), ["PG", "R"], 3, "certificate")
    with pytest.raises(UserError, match=r"one value only, 6\.5"):
        check_values(np.full(9, 6.5), "rating")
    with pytest.raises(UserError, match="no number"):
        check_values(np.array([1.0, np.nan]), "rating")
