"""Reading printed figures: known answers, and the laws that every figure obeys."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.tables.printed import UNITS, PrintedError, read_printed

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
    ("0,85", "fraction", 0.85, 0.845, 0.855, "fraction"),
    (".85", "fraction", 0.85, 0.845, 0.855, "fraction"),
    ("85,3 %", "percent", 0.853, 0.8525, 0.8535, "fraction"),
    ("12,345", "percent", 0.12345, 0.123445, 0.123455, "fraction"),
    ("1.234,5", "score", 1234.5, 1234.45, 1234.55, "score"),
    ("1.235.814.400", "count", 1_235_814_400, 1_235_814_400, 1_235_814_400, "count"),
    (
        "1\N{THIN SPACE}235\N{NARROW NO-BREAK SPACE}814 400",
        "count",
        1_235_814_400,
        1_235_814_400,
        1_235_814_400,
        "count",
    ),
    ("1'234'567", "count", 1_234_567, 1_234_567, 1_234_567, "count"),
    ("-3.2%", "percent", -0.032, -0.0325, -0.0315, "fraction"),
    ("\N{MINUS SIGN}3.2 %", "percent", -0.032, -0.0325, -0.0315, "fraction"),
    ("+120%", "percent", 1.2, 1.195, 1.205, "fraction"),
    ("1e-4", "number", 0.0001, 0.0001, 0.0001, "number"),
    ("2.3×10^-5", "score", 2.3e-5, 2.25e-5, 2.35e-5, "score"),
    ("2·10⁻⁵", "score", 2e-5, 1.5e-5, 2.5e-5, "score"),
    ("1.2E9", "count", 1.2e9, 1.15e9, 1.25e9, "count"),
    ("17/20", "percent", 0.85, 0.85, 0.85, "fraction"),
    ("17 of 20", "fraction", 0.85, 0.85, 0.85, "fraction"),
    ("~7B", "count", 7e9, 6e9, 8e9, "count"),
    ("≈ 0.85", "fraction", 0.85, 0.84, 0.86, "fraction"),
    ("ca. 1200", "count", 1200, 1100, 1300, "count"),
    ("~90%", "percent", 0.9, 0.8, 1, "fraction"),
    ("~95%", "percent", 0.95, 0.94, 0.96, "fraction"),
    ("~100 %", "percent", 1, 0.9, 1, "fraction"),
    ("~83.0%", "percent", 0.83, 0.829, 0.831, "fraction"),
    ("<0.001", "fraction", 0.001, 0, 0.001, "fraction"),
    ("≤5", "count", 5, 0, 5, "count"),
    (">90%", "percent", 0.9, 0.9, 1, "fraction"),
    (">= 5", "score", 5, 5, None, "score"),
    ("85.3*", "percent", 0.853, 0.8525, 0.8535, "fraction"),
    ("2 h", "hours", 120, 90, 150, "minutes"),
    ("500 MB", "MB", 0.5, 0.4995, 0.5005, "GB"),
    ("\N{EN DASH}3.2%", "percent", -0.032, -0.0325, -0.0315, "fraction"),
    ("- 3.2", "score", -3.2, -3.25, -3.15, "score"),
    ("\N{MINUS SIGN} 3.2", "score", -3.2, -3.25, -3.15, "score"),
    ("+3.2 points", "percent", 0.032, 0.0315, 0.0325, "fraction"),
    ("½", "fraction", 0.5, 0.5, 0.5, "fraction"),
    ("¾", "fraction", 0.75, 0.75, 0.75, "fraction"),
    ("2½ h", "hours", 150, 135, 165, "minutes"),
    ("12½%", "percent", 0.125, 0.1225, 0.1275, "fraction"),
    ("≈1/4", "fraction", 0.25, 0.15, 0.35, "fraction"),
    ("<1/4", "fraction", 0.25, 0, 0.25, "fraction"),
    ("350k", "count", 350_000, 349_500, 350_500, "count"),
    ("125m", "count", 125e6, 124.5e6, 125.5e6, "count"),
    ("7b", "count", 7e9, 6.5e9, 7.5e9, "count"),
    ("7 bn", "count", 7e9, 6.5e9, 7.5e9, "count"),
    ("1.8T", "count", 1.8e12, 1.75e12, 1.85e12, "count"),
    ("1.2 trillion", "count", 1.2e12, 1.15e12, 1.25e12, "count"),
    ("1.234 million", "count", 1_234_000, 1_233_500, 1_234_500, "count"),
    ("250 ms", "ms", 250 / 60000, 249.5 / 60000, 250.5 / 60000, "minutes"),
    ("2 days", "days", 2880, 2160, 3600, "minutes"),
    ("1.5 TB", "TB", 1500, 1450, 1550, "GB"),
    ("about 95%", "percent", 0.95, 0.94, 0.96, "fraction"),
    ("approx. 0.85", "fraction", 0.85, 0.84, 0.86, "fraction"),
    ("about 7B", "count", 7e9, 6e9, 8e9, "count"),
    ("at least 5", "score", 5, 5, None, "score"),
    ("less than 0.001", "fraction", 0.001, 0, 0.001, "fraction"),
    ("up to 90%", "percent", 0.9, 0, 0.9, "fraction"),
    ("p<.001", "fraction", 0.001, 0, 0.001, "fraction"),
    ("p = 0.03", "fraction", 0.03, 0.025, 0.035, "fraction"),
    ("n = 1,200", "count", 1200, 1200, 1200, "count"),
    ("0·85", "fraction", 0.85, 0.845, 0.855, "fraction"),
    ("1,234·5", "score", 1234.5, 1234.45, 1234.55, "score"),
    ("10**-5", "number", 1e-5, 1e-5, 1e-5, "number"),
    ("2x10-5", "score", 2e-5, 1.5e-5, 2.5e-5, "score"),
    ("1e\N{EN DASH}4", "number", 0.0001, 0.0001, 0.0001, "number"),
    (r"$2\times10^{-5}$", "score", 2e-5, 1.5e-5, 2.5e-5, "score"),
    ("**85.3**", "percent", 0.853, 0.8525, 0.8535, "fraction"),
    ("1.234", "count", 1234, 1234, 1234, "count"),
    ("1.234", "score", 1.234, 1.2335, 1.2345, "score"),
    ("872.0", "count", 872, 872, 872, "count"),
]


@pytest.mark.parametrize(("printed", "printed_unit", "value", "low", "high", "unit"), KNOWN)
def test_known_figures(printed, printed_unit, value, low, high, unit):
    tidy = read_printed(printed, printed_unit)
    assert (tidy.value, tidy.low, tidy.high, tidy.unit) == (value, low, high, unit)


@pytest.mark.parametrize(
    ("printed", "spread"),
    [
        ("85.2 ± 0.3", 0.003),
        ("85.2±0.3%", 0.003),
        ("85,2 +/- 0,3", 0.003),
        ("85.2% (SD 0.3)", 0.003),
        (r"$85.2\pm0.3$", 0.003),
        ("85·2 ± 0·3", 0.003),
        ("85.2", None),
    ],
)
def test_what_stands_behind_plus_minus(printed, spread):
    tidy = read_printed(printed, "percent")
    assert (tidy.value, tidy.spread) == (0.852, spread)
    if spread is not None:
        assert (tidy.spread_low, tidy.spread_high) == (0.0025, 0.0035)


def test_a_share_of_a_count_tells_the_count():
    assert read_printed("17/20", "percent").n == 20
    assert read_printed("1,700/2,000", "percent").n == 2000
    assert read_printed("½", "fraction").n is read_printed("≈1/3", "fraction").n is None
    assert read_printed("85%", "percent").n is None


@pytest.mark.parametrize(("decimal", "value"), [(None, 1234), (",", 1.234), (".", 1234)])
def test_what_a_print_leaves_open_the_study_can_say(decimal, value):
    assert read_printed("1,234", "score", decimal).value == value
    assert read_printed("1.234", "score", decimal).value == (1234 if decimal == "," else 1.234)


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
        ("some 7B", "count", "is not a figure"),
        ("", "count", "is not a figure"),
        ("95", "fraction", "more than the whole"),
        ("\x1b[31m5", "count", r"'\\x1b\[31m5' is not a figure"),
        ("5", "furlong", "unknown printed unit"),
        ("3/2", "percent", "no part of a whole"),
        ("1/0", "fraction", "no part of a whole"),
        ("3 of 4", "count", "is not a figure"),
        ("1.2.3", "score", "is not a figure"),
        ("1,,2", "score", "is not a figure"),
        ("1 23", "count", "is not a figure"),
        ("5 ±", "score", "is not a figure"),
        ("1e999", "score", "is not a figure"),
        ("12.5", "count", "whole number"),
        ("12,5", "count", "whole number"),
        ("0.5", "count", "whole number"),
        ("250 ms", "seconds", "its unit is ms"),
        ("1 TB", "GB", "its unit is TB"),
        ("85% (16/20)", "percent", "names two shares"),
        ("125m", "minutes", "write M"),
        ("½", "percent", "write 1/2 .* or 0.5%"),
        ("p<.001", "percent", "unit fraction"),
        ("n = 12", "percent", "unit count"),
        ("3.5/5", "fraction", "as a decimal"),
        ("85% (n=12.5)", "percent", "whole number"),
        ("--3", "score", "is not a figure"),
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


MARKS = [(",", "."), (".", ","), (" ", "."), ("\N{THIN SPACE}", ","), ("'", ".")]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from(MARKS), st.integers(1, 2))
def test_marks_of_thousands_and_decimals_change_nothing(number, marks, places):
    by, mark = marks
    plain = f"{Decimal(number).scaleb(-places):,.{places}f}"
    written = plain.replace(",", "T").replace(".", mark).replace("T", by)
    assert read_printed(written, "score") == read_printed(plain.replace(",", ""), "score")


@settings(max_examples=40, deadline=None)
@given(st.decimals(0, 100, places=2), st.sampled_from(["+", "-", "\N{MINUS SIGN}"]))
def test_a_sign_turns_the_interval_over(share, sign):
    plain, signed = read_printed(f"{share}", "score"), read_printed(f"{sign}{share}", "score")
    way = 1 if sign == "+" else -1
    assert signed.value == way * plain.value
    assert signed.low <= signed.value <= signed.high
    assert signed.high - signed.low >= plain.high - plain.low - 1e-9


@settings(max_examples=40, deadline=None)
@given(st.decimals(1, 10, places=3), st.integers(-12, 12))
def test_an_exponent_is_a_shift_of_the_point(number, power):
    tidy = read_printed(f"{number}e{power}", "score")
    assert tidy == read_printed(f"{number} × 10^{power}", "score")
    assert tidy.value == float(Decimal(number).scaleb(power))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 500), st.data())
def test_a_fraction_is_exact(whole, data):
    part = data.draw(st.integers(0, whole))
    tidy = read_printed(f"{part}/{whole}", "fraction")
    assert (tidy.low, tidy.value, tidy.high, tidy.n) == (part / whole, part / whole, part / whole, whole)


@settings(max_examples=40, deadline=None)
@given(st.decimals(0, 1, places=2))
def test_about_is_wider_and_a_bound_is_one_sided(share):
    plain, about = read_printed(f"{share}", "fraction"), read_printed(f"~{share}", "fraction")
    assert about.low <= plain.low <= plain.high <= about.high
    below, above = read_printed(f"<{share}", "fraction"), read_printed(f">{share}", "fraction")
    assert (below.low, below.high, above.low, above.high) == (0, float(share), float(share), 1)


@pytest.mark.parametrize(
    ("printed", "unit", "hint"),
    [
        ("80–85%", "percent", "the unit text"),
        ("80 to 85", "score", "the unit text"),
        ("1 h 20 min", "minutes", "the unit text"),
        ("—", "percent", "write null"),
        ("…", "score", "write null"),
        ("85.2 (0.3)", "percent", "a spread, a share or a second score"),
        ("85.2(3)", "score", "a spread, a share or a second score"),
        ("85.2 [84.1, 86.3]", "percent", "an interval is two figures"),
        ("(3.2)", "score", "with its sign"),
        ("2x105", "score", r"2x10\^5"),
        ("2·10", "score", r"2x10\^5"),
        ("10-5", "score", r"10\^-5"),
        ("nearly 90%", "percent", "write ~"),
        ("—3.2", "score", "write a minus as -"),
        ("1,23,456", "count", "groups of three digits"),
        ("high", "score", "the unit text"),
        ("5 apples", "count", "write the number alone"),
    ],
)
def test_what_is_no_single_figure_is_told_with_what_to_write(printed, unit, hint):
    with pytest.raises(PrintedError, match=hint):
        read_printed(printed, unit)


@pytest.mark.parametrize("both", ["17/20 (85%)", "85% (17/20)", "17/20 = 85%", "85.0% (17 of 20)"])
def test_a_share_that_is_printed_twice_is_the_exact_one(both):
    assert read_printed(both, "percent") == read_printed("17/20", "percent")


def test_a_number_of_examples_in_brackets_is_n():
    tidy = read_printed("85.2 ± 0.3 (n = 1,200)", "percent")
    assert (tidy.value, tidy.spread, tidy.n) == (0.852, 0.003, 1200)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 500), st.integers(0, 2), st.data())
def test_a_share_and_its_rounding_agree_and_with_another_rounding_they_do_not(whole, places, data):
    part = data.draw(st.integers(0, whole))
    rounded = round(Decimal(100 * part) / whole, places)
    tidy = read_printed(f"{rounded}% ({part}/{whole})", "percent")
    assert (tidy.value, tidy.n) == (part / whole, whole)
    other = rounded + 2 if rounded < 50 else rounded - 2
    with pytest.raises(PrintedError, match="names two shares"):
        read_printed(f"{other}% ({part}/{whole})", "percent")


@settings(max_examples=40, deadline=None)
@given(st.integers(1000, 10**6 - 1), st.sampled_from([",", ".", " ", "'"]))
def test_a_count_has_no_decimals(count, by):
    assert read_printed(f"{count:,}".replace(",", by), "count").value == count
    with pytest.raises(PrintedError, match="whole number"):
        read_printed(f"{count}.5", "count")


@settings(max_examples=60, deadline=None)
@given(st.decimals(1, 99, places=1), st.sampled_from(["-", "- ", "\N{EN DASH}", "\N{MINUS SIGN} ", "\N{HYPHEN}"]))
def test_every_minus_is_one(number, minus):
    assert read_printed(f"{minus}{number}", "score") == read_printed(f"-{number}", "score")


@settings(max_examples=60, deadline=None)
@given(st.decimals(1, 99, places=1), st.sampled_from([("k", "K"), ("bn", "B"), ("trillion", "T"), ("b", "B")]))
def test_every_scale_word_is_the_letter_that_it_stands_for(number, words):
    one, other = (read_printed(f"{number}{word}", "count") for word in words)
    assert one == other


@settings(max_examples=200, deadline=None)
@given(st.text("0123456789.,·'-–+~<>=%()/ ½KkmMB×x*^±ep", max_size=10), st.sampled_from(sorted(set(UNITS) - {"text"})))
def test_whatever_is_printed_is_read_within_its_bounds_or_told_in_one_line_what_to_write(printed, unit):
    try:
        tidy = read_printed(printed, unit)
    except PrintedError as error:
        said = str(error)
    else:
        said = ""
        assert tidy.low is None or tidy.low <= tidy.value
        assert tidy.high is None or tidy.value <= tidy.high
    assert "\n" not in said
