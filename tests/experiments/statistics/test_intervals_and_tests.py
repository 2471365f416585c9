"""Intervals and paired tests, held to SciPy and to worked examples from the literature."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.multitest import multipletests

from experiments.statistics.bootstrap import (
    bootstrap,
    draw,
    mean,
    mean_statistics,
    paired_bootstrap,
    paired_means,
    resampled_totals,
)
from experiments.statistics.comparisons import least_p_value, mcnemar
from experiments.statistics.corrections import holm
from experiments.statistics.proportions import wilson

proportions = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
samples = st.lists(st.floats(-100, 100), min_size=1, max_size=40)


@given(proportions, st.sampled_from([0.8, 0.95, 0.99]))
def test_wilson_is_scipys(proportion, confidence):
    successes, n = proportion
    theirs = binomtest(successes, n).proportion_ci(confidence, method="wilson")
    assert wilson(successes, n, confidence) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_wilson_of_the_published_accuracy():
    low, high = wilson(85, 100)
    assert (round(100 * low, 1), round(100 * high, 1)) == (76.7, 90.7)
    assert wilson(0, 10).low == 0
    assert wilson(10, 10).high == 1


@pytest.mark.parametrize(("successes", "n", "confidence"), [(1, 0, 0.95), (5, 4, 0.95), (-1, 4, 0.95), (1, 2, 1.0)])
def test_wilson_refuses_what_is_no_proportion(successes, n, confidence):
    with pytest.raises(ValueError, match=r"no proportion|between 0 and 1"):
        wilson(successes, n, confidence)


@given(st.integers(0, 600), st.integers(0, 600))
def test_mcnemar_is_the_binomial_test_on_the_discordant(corrected, broken):
    n = corrected + broken
    expected = binomtest(corrected, n, 0.5).pvalue if n else 1.0
    assert mcnemar(corrected, broken) == pytest.approx(expected, rel=1e-9)
    assert mcnemar(corrected, broken) == mcnemar(broken, corrected)


def test_mcnemar_is_exact():
    assert mcnemar(0, 5) == 2 / 32
    assert mcnemar(1, 3) == 10 / 16
    assert 0 < mcnemar(0, 1000) < 1e-300


def test_holm_of_a_worked_example():
    """Adjusted by R's p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([0.5, float("nan")])


@pytest.mark.parametrize("p_values", [[0.3], [0.5, 0.5, 0.01, 1.0, 0.0], [0.04 / (k + 1) for k in range(40)]])
def test_holm_is_that_of_statsmodels(p_values):
    assert holm(p_values) == multipletests(p_values, method="holm")[1].tolist()


@pytest.mark.parametrize("p_values", [[0.3], [0.5, 0.5, 0.01, 1.0, 0.0], [0.04 / (k + 1) for k in range(40)]])
def test_holm_is_what_its_definition_says(p_values):
    ordered, tests = sorted(p_values), len(p_values)
    raised = [(tests - place) * p for place, p in enumerate(ordered)]
    expected = {p: min(1, max(raised[: ordered.index(p) + 1])) for p in p_values}
    assert holm(p_values) == [expected[p] for p in p_values]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_lies_between_no_correction_and_bonferroni_and_keeps_the_order(p_values):
    adjusted = holm(p_values)
    for p, corrected in zip(p_values, adjusted, strict=True):
        assert p <= corrected <= min(1, len(p_values) * p)
    assert [adjusted[i] for i in np.argsort(p_values, kind="stable")] == sorted(adjusted)


@given(samples, st.integers(0, 9))
def test_totals_are_those_of_a_plain_loop(values, seed):
    statistics = mean_statistics(values)
    drawn = next(draw(len(values), 20, seed))
    loop = [[statistics[index] for index in row] for row in drawn]
    assert resampled_totals(statistics, None, 20, seed) == pytest.approx(np.array(loop).sum(axis=1), abs=1e-9)


@given(st.lists(st.integers(-(2**30), 2**30) | st.integers(0, 1), min_size=1, max_size=60), st.integers(0, 9))
def test_totals_of_whole_numbers_are_exact(values, seed):
    statistics = np.array(values, dtype=float)[:, None]
    drawn = next(draw(len(values), 20, seed))
    assert resampled_totals(statistics, None, 20, seed)[:, 0].tolist() == [sum(values[i] for i in row) for row in drawn]


def test_the_draw_does_not_depend_on_how_it_is_cut_into_blocks(monkeypatch):
    whole = np.vstack(list(draw(7, 50, seed=3)))
    monkeypatch.setattr("experiments.statistics.bootstrap._BLOCK", 40)
    blocks = list(draw(7, 50, seed=3))
    assert len(blocks) > 1
    assert np.array_equal(np.vstack(blocks), whole)


@given(samples, st.integers(0, 9))
def test_clusters_of_one_change_nothing_and_one_cluster_leaves_no_spread(values, seed):
    statistics = mean_statistics(values)
    alone = bootstrap(statistics, mean, seed=seed)
    assert bootstrap(statistics, mean, clusters=range(len(values)), seed=seed) == alone
    low, high = bootstrap(statistics, mean, clusters=["p"] * len(values), seed=seed)
    assert (low, high) == pytest.approx((np.mean(values),) * 2, abs=1e-9)


def test_clusters_of_equal_examples_widen_the_interval():
    values = np.repeat(np.arange(10) % 2, 20)
    wide = bootstrap(mean_statistics(values), mean, clusters=np.repeat(np.arange(10), 20).tolist())
    narrow = bootstrap(mean_statistics(values), mean)
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)


def test_the_bootstrap_of_a_share_agrees_with_wilson():
    values = [1] * 300 + [0] * 700
    assert bootstrap(mean_statistics(values), mean, resamples=4000) == pytest.approx(wilson(300, 1000), abs=0.004)


def test_a_mean_among_some_leaves_the_others_out():
    statistics = [[1, 1], [5, 1], [0, 0]]  # sum and count of each example: the last one does not count
    assert mean(np.sum(statistics, axis=0, keepdims=True)) == [3]
    low, high = bootstrap(statistics, mean)
    assert (low, high) == (1, 5)


def test_a_score_that_no_resample_defines_is_refused():
    with pytest.raises(ValueError, match="undefined in every resample"):
        bootstrap(np.zeros((2, 2)), mean)
    with pytest.raises(ValueError, match="at least one example"):
        bootstrap(np.zeros((0, 2)), mean)
    with pytest.raises(ValueError, match="2 cluster names for 3"):
        bootstrap(mean_statistics([1, 2, 3]), mean, clusters=["a", "b"])


def test_pairs_are_drawn_together():
    before = np.random.default_rng(0).normal(0, 50, 60)
    found = paired_bootstrap(mean_statistics(before), mean_statistics(before + 1), mean)
    assert found[:3] == pytest.approx((1, 1, 1))
    assert found.p_value == pytest.approx(2 / 1001)
    assert paired_bootstrap(mean_statistics(before), mean_statistics(before), mean) == (0, 0, 0, 1)
    with pytest.raises(ValueError, match="cannot be paired"):
        paired_bootstrap(mean_statistics([1]), mean_statistics([1, 2]), mean)


def test_no_p_value_is_below_that_of_sign_flips_over_as_many_clusters():
    """Without it a single example that is better is as significant as a thousand resamples can tell."""
    for k in range(1, 14):
        better = mean_statistics(np.zeros(3 * k)), mean_statistics(np.ones(3 * k))
        clustered = paired_bootstrap(*better, mean, clusters=np.repeat(range(k), 3).tolist())
        alone = paired_bootstrap(better[0][:k], better[1][:k], mean)
        assert clustered.p_value == alone.p_value == max(2 / 2**k, 2 / 1001)
        assert paired_means(np.ones((k, 1)))[0].p_value == alone.p_value
        assert least_p_value(k) == binomtest(0, k).pvalue == mcnemar(k, 0)
    assert least_p_value(10**6) == 0


def test_many_differences_of_means_on_the_same_examples_are_those_of_one_after_the_other():
    rng = np.random.default_rng(0)
    before, after = rng.normal(size=(80, 4)), rng.normal(0.3, 1, size=(80, 4))
    found = paired_means(after - before, 500, seed=3)
    for column, difference in enumerate(found):
        one = paired_bootstrap(
            mean_statistics(before[:, column]), mean_statistics(after[:, column]), mean, resamples=500, seed=3
        )
        assert difference == pytest.approx(one)
    assert paired_means(np.zeros((80, 1)), 500)[0] == (0, 0, 0, 1)


def test_a_score_has_the_same_interval_whether_or_not_its_resamples_are_kept(monkeypatch):
    """Resamples that fit into one block are drawn once for all scores of as many examples."""
    values = mean_statistics(np.random.default_rng(0).normal(size=90))
    kept = [bootstrap(values, mean, resamples=200, seed=seed) for seed in (1, 2, 1)]
    monkeypatch.setattr("experiments.statistics.bootstrap._BLOCK", 90 * 50)
    apart = [bootstrap(values, mean, resamples=200, seed=seed) for seed in (1, 2, 1)]
    assert np.array(kept) == pytest.approx(np.array(apart))
    assert kept[0] == kept[2] != kept[1]


def test_equal_scores_tie_however_sums_are_rounded():
    rng = np.random.default_rng(5)
    before = mean_statistics(rng.integers(0, 4, size=300) / 3)
    assert paired_bootstrap(before, before[rng.permutation(300)], mean, clusters=[0] * 300).p_value == 1.0
    rounding = np.where(rng.random((300, 1)) < 0.5, [[1e-16, 0]], [[-1e-16, 0]])
    assert paired_bootstrap(before, before + rounding, mean).p_value == 1.0
