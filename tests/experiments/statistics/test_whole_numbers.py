"""GRIM, GRIMMER and the search against published worked examples, and against samples that exist.

The examples are those of the R package scrutiny (its data sets pigs1, pigs2, pigs3 and pigs5, and its own tests), of
Brown and Heathers (2017), and of Allard (2018).
"""

import tracemalloc
from decimal import Decimal
from itertools import combinations_with_replacement
from statistics import fmean, stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.statistics.whole_numbers import attainable_sums, deviation_is_possible, greatest_deviation

MEANS = ("7.22", "4.74", "5.23", "2.57", "6.77", "2.68", "7.01", "7.38", "3.14", "6.89", "5.00", "0.24")
PIGS1 = (32, 25, 29, 24, 27, 28, 29, 26, 27, 31, 25, 28)
PIGS5 = (38, 31, 35, 30, 33, 34, 35, 32, 33, 37, 31, 34)
DEVIATIONS = ("5.30", "6.55", "2.55", "2.57", "2.18", "2.59", "6.68", "3.65", "5.32", "4.18", "2.18", "6.43")


def rounded(text, of=1):
    """The least and most that round to a print."""
    number = Decimal(text)
    half = Decimal(1).scaleb(int(number.as_tuple().exponent)) / 2
    return float((number - half) / of), float((number + half) / of)


def marks(found):
    return "".join("TF"[not each] for each in found)


def test_means_of_pigs1():
    assert marks(attainable_sums(*rounded(x), n) for x, n in zip(MEANS, PIGS1, strict=True)) == "TFFFFTFTFFTF"


def test_percentages_of_pigs2():
    percent = ("67.4", "54.2", "54.0", "69.8", "68.1", "55.4")
    assert marks(attainable_sums(*rounded(x, of=100), 150) for x in percent) == "FFTFFF"


def test_deviations_of_binary_data_in_pigs3():
    means = ("0.53", "0.44", "0.77", "0.19", "0.34", "0.93", "0.12")
    deviations = ("0.50", "0.50", "0.42", "0.35", "0.47", "0.25", "0.33")
    pairs = zip(means, deviations, strict=True)
    assert marks(deviation_is_possible(rounded(x), rounded(s), 1683, (0, 1)) for x, s in pairs) == "TTTFTTT"


def test_deviations_of_pigs5():
    rows = zip(MEANS, DEVIATIONS, PIGS5, strict=True)
    assert marks(deviation_is_possible(rounded(x), rounded(s), n) for x, s, n in rows) == "FTFTFTFTFTTT"


def test_a_run_of_means_of_28():
    """5.19 is the worked example of Brown and Heathers: of 28 whole numbers it is no mean, 5.18 and 5.21 are."""
    assert marks(attainable_sums(*rounded(f"5.{at}"), 28) for at in range(19, 31)) == "FFTFFFTFFFTF"
    assert attainable_sums(*rounded("5.18"), 28)
    assert marks(attainable_sums(*rounded(f"0.{at}"), 120 * 3) for at in range(150, 160)) == "TFFTFFTFTF"


@pytest.mark.parametrize(
    ("mean", "deviation", "n", "items", "possible"),
    [
        ("5.21", "1.6", 28, 1, True),
        ("3.44", "2.47", 18, 1, False),
        ("7.3", "2.51", 12, 1, False),
        ("5.23", "2.55", 31, 1, True),
        ("2.74", "0.96", 63, 2, True),
    ],
)
def test_worked_examples_of_grimmer(mean, deviation, n, items, possible):
    assert deviation_is_possible(rounded(mean), rounded(deviation), n, items=items) is possible


def test_a_scale_bounds_what_is_possible():
    mean, deviation = rounded("4.00"), rounded("3.20")
    assert deviation_is_possible(mean, deviation, 20)
    assert not deviation_is_possible(mean, deviation, 20, (1, 7))


def test_the_search_finds_exactly_the_samples_that_there_are():
    samples = list(combinations_with_replacement(range(1, 5), 4))
    there = {(f"{fmean(each):.2f}", f"{stdev(each):.2f}") for each in samples}
    means, deviations = sorted({mean for mean, _ in there}), sorted({deviation for _, deviation in there})
    for mean in means:
        for deviation in deviations:
            found = deviation_is_possible(rounded(mean), rounded(deviation), 4, (1, 4))
            assert found == ((mean, deviation) in there), (mean, deviation)


samples = st.lists(st.integers(1, 7), min_size=2, max_size=30)


@settings(max_examples=40, deadline=None)
@given(samples, st.integers(1, 3))
def test_what_a_sample_gives_is_possible(sample, places):
    mean, deviation = rounded(f"{fmean(sample):.{places}f}"), rounded(f"{stdev(sample):.{places}f}")
    assert sum(sample) in attainable_sums(*mean, len(sample))
    assert deviation_is_possible(mean, deviation, len(sample), (1, 7))
    assert deviation_is_possible(mean, deviation, len(sample))
    assert stdev(sample) <= greatest_deviation(fmean(sample), len(sample), (1, 7)) + 1e-9


def test_large_numbers_take_no_more_memory_than_small_ones():
    tracemalloc.start()
    try:
        assert deviation_is_possible(rounded("5321"), rounded("1234"), 10_000_000)
        assert tracemalloc.get_traced_memory()[1] < 10**6
    finally:
        tracemalloc.stop()


def test_the_greatest_deviation_is_reached():
    assert greatest_deviation(4, 10, (1, 7)) == pytest.approx(stdev([1] * 5 + [7] * 5))
    assert greatest_deviation(7, 3, (1, 7)) == 0
    assert greatest_deviation(5.0, 3, (1, 7)) == pytest.approx(stdev([1, 7, 7]))


@pytest.mark.parametrize("call", [lambda: attainable_sums(1, 2, 0), lambda: deviation_is_possible((1, 2), (0, 1), 1)])
def test_no_numbers_have_no_mean_and_one_has_no_deviation(call):
    with pytest.raises(ValueError, match="no "):
        call()


def test_a_mean_outside_its_scale_has_no_deviation():
    with pytest.raises(ValueError, match="no deviation"):
        greatest_deviation(8, 10, (1, 7))


@pytest.mark.parametrize("n", [10**7, 10**20])
def test_deviations_of_many_numbers_take_no_time(n):
    """Whole numbers whose mean is 3.5 deviate by half at least; those of mean 4 by nothing, those from 1 to 7 by 3."""
    half = (3.45, 3.55)
    assert not deviation_is_possible(half, (0.095, 0.105), n)
    assert deviation_is_possible(half, (0.49, 0.51), n)
    assert deviation_is_possible((3.95, 4.05), (0, 0), n)
    assert deviation_is_possible((3.95, 4.05), (2.95, 3.0), n, (1, 7))
    assert not deviation_is_possible((3.95, 4.05), (3.05, 3.15), n, (1, 7))
