"""Intervals, attainable counts and baselines against closed forms, brute force and published values."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.statistics.baselines import chance, majority
from experiments.statistics.proportions import attainable_counts, wilson, wilson_of_rounded

samples = st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_the_interval_of_the_source_report():
    low, high = wilson(85, 100)
    assert (round(low, 3), round(high, 3)) == (0.767, 0.907)


@given(samples)
def test_wilson_is_the_closed_form(sample):
    k, n = sample
    z, p = 1.959963984540054, k / n
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert wilson(k, n) == pytest.approx((max(centre - half, 0), min(centre + half, 1)), abs=1e-9)


@given(samples)
def test_wilson_holds_the_proportion_and_mirrors(sample):
    k, n = sample
    low, high = wilson(k, n)
    assert low - 1e-12 <= k / n <= high + 1e-12
    assert wilson(n - k, n) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@given(samples)
def test_more_confidence_is_a_wider_interval(sample):
    assert wilson(*sample, 0.99).high - wilson(*sample, 0.99).low > wilson(*sample, 0.8).high - wilson(*sample, 0.8).low


@given(st.integers(1, 300), st.floats(0, 1), st.floats(0, 1))
def test_attainable_counts_are_those_of_brute_force(n, a, b):
    low, high = sorted((a, b))
    assert list(attainable_counts(low, high, n)) == [k for k in range(n + 1) if low <= k / n <= high]


@pytest.mark.parametrize("n", [10**10, 10**14])
def test_attainable_counts_of_many_examples_are_those_at_the_ends(n):
    assert attainable_counts(0.25, 0.75, n) == range(n // 4, 3 * n // 4 + 1)
    assert attainable_counts(0, 1, n) == range(n + 1)


def test_more_examples_than_a_double_counts():
    counts = attainable_counts(0.45, 0.55, 10**30)
    assert (counts[0] / 10**30, counts[-1] / 10**30) == (0.45, 0.55)


@given(samples, st.integers(1, 5))
def test_a_rounded_proportion_is_attainable_and_its_interval_wider_than_the_exact_one(sample, places):
    k, n = sample
    half = 0.5 * 10**-places
    low, high = max(round(k / n, places) - half - 1e-12, 0), min(round(k / n, places) + half + 1e-12, 1)
    assert k in attainable_counts(low, high, n)
    exact, rounded = wilson(k, n), wilson_of_rounded(low, high, n)
    assert rounded.low <= exact.low
    assert exact.high <= rounded.high


def test_what_no_whole_number_gives():
    assert not attainable_counts(0.845, 0.849, 100)
    with pytest.raises(ValueError, match="no whole number of 100"):
        wilson_of_rounded(0.845, 0.849, 100)


@pytest.mark.parametrize("wrong", [(0.5, 0.4, 10), (-0.1, 0.5, 10), (0.5, 1.1, 10), (0.1, 0.2, 0)])
def test_no_counts_for_what_is_no_proportion(wrong):
    with pytest.raises(ValueError, match="no counts"):
        attainable_counts(*wrong)


def test_baselines():
    assert chance(3) == pytest.approx(1 / 3)
    assert majority([428, 444]) == pytest.approx(0.509, abs=5e-4)  # the SST-2 development set
    assert majority([5945, 11873 - 5945]) == pytest.approx(0.5007, abs=5e-5)  # that of SQuAD v2


@pytest.mark.parametrize("counts", [[], [0, 0], [-1, 2]])
def test_no_majority_of_nothing(counts):
    with pytest.raises(ValueError, match="no majority"):
        majority(counts)


def test_no_chance_among_nothing():
    with pytest.raises(ValueError, match="no chance"):
        chance(0)
