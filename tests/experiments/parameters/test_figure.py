"""Reported counts as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.parameters.explain import parse_figure
from experiments.parameters.explain.figure import FigureError


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("1408634880", 1_408_634_880, 1_408_634_880),
        ("1,408,634,880", 1_408_634_880, 1_408_634_880),
        ("1_408_634_880", 1_408_634_880, 1_408_634_880),
        ("1 408 634 880", 1_408_634_880, 1_408_634_880),
        (" 4096 ", 4096, 4096),
        ("4096.0", 4096, 4096),
        ("5.6 million", 5_550_000, 5_650_000),
        ("5.6M", 5_550_000, 5_650_000),
        ("1.2 Billion", 1_150_000_000, 1_250_000_000),
        ("1.24B", 1_235_000_000, 1_245_000_000),
        ("7B", 6_500_000_000, 7_500_000_000),
        ("260K", 259_500, 260_500),
        ("1,300 million", 1_299_500_000, 1_300_500_000),
        ("1.2345k", 1235, 1234),
    ],
)
def test_numbers_and_intervals(text, low, high):
    if low > high:
        with pytest.raises(FigureError, match="no whole number"):
            parse_figure(text)
    else:
        assert (parse_figure(text).low, parse_figure(text).high) == (low, high)


@pytest.mark.parametrize(
    "text", ["", "x", "-5", "1.5", "1,23", "12,3456", "1,234.567", "5.6 gazillion", "1e9", "५", "1" * 41, "B", "5..6M"]
)
def test_what_is_no_count(text):
    with pytest.raises(FigureError) as caught:
        parse_figure(text)
    assert str(caught.value).isprintable()


@given(st.integers(0, 10**15), st.sampled_from(["{}", "{:,}", "{:_}"]))
def test_a_number_printed_in_full_reads_back(number, form):
    figure = parse_figure(form.format(number))
    assert figure.exact
    assert figure.low == number


@given(st.integers(10**4, 10**12), st.integers(1, 4), st.sampled_from([("k", 3), ("M", 6), ("billion", 9)]))
def test_a_rounded_number_contains_what_was_rounded(number, decimals, unit):
    name, power = unit
    scaled = round(number * 10**decimals / 10**power)
    text = f"{scaled // 10**decimals}.{scaled % 10**decimals:0{decimals}d} {name}"
    figure = parse_figure(text)
    assert number in figure or abs(number - figure.low) <= 1 or abs(number - figure.high) <= 1
    assert figure.high - figure.low <= 10 ** max(power - decimals, 0)


@given(st.text())
def test_any_text_is_read_or_refused(text):
    try:
        figure, complaint = parse_figure(text), ""
    except FigureError as error:
        figure, complaint = None, str(error)
    assert complaint.isprintable() if figure is None else figure.low <= figure.high


def test_no_count_is_below_zero():
    assert (parse_figure("0 million").low, parse_figure("0 million").high) == (0, 500_000)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("1.23B", 1_235_000_001, 1_239_999_999),
        ("5.6 million", 5_650_001, 5_699_999),
        ("7B", 7_500_000_001, 7_999_999_999),
    ],
)
def test_what_is_printed_without_rounding(text, low, high):
    assert (parse_figure(text).cut_off.low, parse_figure(text).cut_off.high) == (low, high)


@pytest.mark.parametrize("text", ["1,235,814,400", "1.235814400B"])
def test_nothing_is_cut_off_a_number_in_full(text):
    assert parse_figure(text).cut_off is None
