"""Reading printed figures: known answers, and the laws that every figure obeys."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.tables.printed import PrintedError, read_printed

KNOWN = [
    ("13%", "percent", 0.13, 0.125, 0.135, "fraction"),
    ("13 %", "percent", 0.13, 0.125, 0.135, "fraction"),
    ("26.27%", "percent", 0.2627, 0.26265, 0.26275, "fraction"),
    ("30%", "percent", 0.3, 0.295, 0.305, "fraction"),
    ("80%", "percent", 0.8, 0.795, 0.805, "fraction"),
    ("0", "percent", 0.0, 0.0, 0.005, "fraction"),
    ("0.004", "fraction", 0.004, 0.0035, 0.0045, "fraction"),
    ("0.9104", "fraction", 0.9104, 0.91035, 0.91045, "fraction"),
    ("5.6 million", "count", 5.6e6, 5.55e6, 5.65e6, "count"),
    ("1.23 Billion", "count", 1.23e9, 1.225e9, 1.235e9, "count"),
    ("7B", "count", 7e9, 6.5e9, 7.5e9, "count"),
    ("260K", "count", 260_000, 259_500, 260_500, "count"),
    ("1,235,814,400", "count", 1_235_814_400, 1_235_814_400, 1_235_814_400, "count"),
    ("1408634880", "count", 1_408_634_880, 1_408_634_880, 1_408_634_880, "count"),
    ("0.0001", "number", 0.0001, 0.0001, 0.0001, "number"),
    ("24.09 minutes", "minutes", 24.09, 24.085, 24.095, "minutes"),
    ("14.9GB", "GB", 14.9, 14.85, 14.95, "GB"),
]


@pytest.mark.parametrize(("printed", "printed_unit", "value", "low", "high", "unit"), KNOWN)
def test_known_figures(printed, printed_unit, value, low, high, unit):
    tidy = read_printed(printed, printed_unit)
    assert (tidy.value, tidy.low, tidy.high, tidy.unit) == (value, low, high, unit)


def test_a_share_with_sixteen_digits_keeps_them():
    assert read_printed("1.3026853346127565%", "percent").value == pytest.approx(18350080 / 1408634880, rel=1e-15)


def test_the_whole_bounds_a_share():
    assert read_printed("1.0", "fraction").high == 1.0
    assert read_printed("100%", "percent").high == 1.0


def test_missing_and_wordy_figures_have_no_value():
    assert read_printed(None, "percent").value is None
    assert read_printed("epoch", "text").value is None


@pytest.mark.parametrize(
    ("printed", "printed_unit", "complaint"),
    [
        ("13%", "fraction", "carries the mark '%'"),
        ("14.9GB", "minutes", "carries the mark 'GB'"),
        ("1,23,456", "count", "is not a figure"),
        ("-3", "count", "is not a figure"),
        ("١٣", "count", "is not a figure"),
        ("about 7B", "count", "is not a figure"),
        ("", "count", "is not a figure"),
        ("95", "fraction", "more than the whole"),
        ("\x1b[31m5", "count", r"'\\x1b\[31m5' is not a figure"),
        ("5", "furlong", "unknown printed unit"),
    ],
)
def test_what_cannot_be_read_is_said(printed, printed_unit, complaint):
    with pytest.raises(PrintedError, match=complaint):
        read_printed(printed, printed_unit)


percentages = st.decimals(0, 100, places=2)


@given(percentages)
def test_percent_and_fraction_of_the_same_figure_agree(share):
    as_percent = read_printed(f"{share}%", "percent")
    as_fraction = read_printed(f"{share / 100:.4f}", "fraction")
    assert as_percent == as_fraction


@given(st.integers(0, 10**15))
def test_whole_counts_are_exact_with_and_without_separators(count):
    plain, separated = read_printed(str(count), "count"), read_printed(f"{count:,}", "count")
    assert plain == separated
    assert plain.low == plain.value == plain.high == count


@given(st.integers(0, 10**12), st.sampled_from([("K", 3), ("million", 6), ("Billion", 9), ("B", 9)]), st.integers(0, 4))
def test_whatever_rounds_to_the_print_lies_in_its_interval(count, scale, places):
    word, power = scale
    in_scale = Decimal(count).scaleb(-power)
    tidy = read_printed(f"{round(in_scale, places):f} {word}", "count")
    assert tidy.low <= count <= tidy.high
    assert tidy.high - tidy.low <= 10 ** (power - places) + count * 1e-15  # the last term: doubles this far out


@given(st.decimals(0, 1, places=3), st.integers(0, 3))
def test_more_places_never_widen_the_interval(share, places):
    fewer, more = read_printed(f"{share:.{places}f}", "fraction"), read_printed(f"{share:.{places + 1}f}", "fraction")
    assert more.high - more.low <= fewer.high - fewer.low + 1e-12
