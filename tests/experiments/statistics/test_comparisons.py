"""Comparisons of two groups, against answers known from elsewhere."""

import pytest

from experiments.statistics.comparisons import fisher, mann_whitney


def test_the_rank_sum_test_of_separate_groups_is_one_in_all_orders():
    # 4 and 4 values without ties: the extreme order is 1 of C(8, 4) = 70, on either side.
    assert mann_whitney([1, 2, 3, 4], [5, 6, 7, 8]) == pytest.approx(2 / 70)


def test_groups_of_one_value_do_not_differ():
    assert mann_whitney([3, 3], [3]) == 1


def test_the_lady_tasting_tea():
    # Fisher 1935: three of four cups right has a one-sided p of 17/70, two-sided 34/70.
    assert fisher(3, 4, 1, 4) == pytest.approx(34 / 70)
    assert fisher(4, 4, 0, 4) == pytest.approx(2 / 70)


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(ValueError, match="two groups"):
        mann_whitney([], [1])
    with pytest.raises(ValueError, match="no shares"):
        fisher(5, 4, 1, 4)
