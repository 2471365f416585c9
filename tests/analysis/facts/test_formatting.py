"""How values read."""

import pytest

from analysis.facts import FactError, Value, p_value_of
from analysis.facts.formatting import formatted, plural


@pytest.mark.parametrize(
    ("data", "spec", "text"),
    [
        (1_235_814_400, None, "1,235,814,400"),
        (-3, None, "−3"),
        (0.013026853346127565, ".2%", "1.30%"),
        (0.004, None, "0.004"),
        (24.09, None, "24.09"),
        (1_408_634_880.0, None, "1,408,634,880"),
        (-0.5, ".1f", "−0.5"),
        (1e-7, None, "1e−07"),
        (10**30, None, "1" + ",000" * 10),
        (True, None, "yes"),
        (None, ".2f", "n/a"),
        ("as printed", None, "as printed"),
    ],
)
def test_numbers_read_as_they_are_written(data, spec, text):
    assert formatted(Value(data, "computed"), spec) == text


def test_a_column_sets_its_decimals():
    assert formatted(Value(0.5, "reported", decimals=3)) == "0.500"


@pytest.mark.parametrize(
    ("data", "unit", "text"),
    [
        (2, "parameter", "2\N{NO-BREAK SPACE}parameters"),
        (1, "parameter", "1\N{NO-BREAK SPACE}parameter"),
        (14.9, "GB", "14.9\N{NO-BREAK SPACE}GB"),
        (13, "percent", "13%"),
        (3, None, "3"),
    ],
)
def test_a_unit_follows_where_it_is_asked_for(data, unit, text):
    assert formatted(Value(data, "computed", unit), unit=True) == text


@pytest.mark.parametrize(
    ("data", "spec", "text"),
    [
        (-0.04, "+.1f", "−0.04"),
        (-0.0004, ".1%", "−0.04%"),
        (-0.4, ",.0f", "−0.4"),
        (-1e-9, "+.2f", "+0.00"),
        (-1e-9, ".2f", "0.00"),
        (-0.0, ".1f", "0.0"),
        (0.04, ".1f", "0.0"),
    ],
)
def test_what_is_below_zero_never_reads_as_minus_zero(data, spec, text):
    assert formatted(Value(data, "computed"), spec) == text


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0496, "0.0496"),
        (0.04999, "0.04999"),
        (0.05, "0.050"),
        (0.0504, "0.050"),
        (0.04, "0.040"),
        (0.0001, "< 0.001"),
    ],
)
def test_what_is_below_the_level_never_reads_as_the_level(p, text):
    assert formatted(p_value_of(Value(p, "computed")), "bare").replace("\xa0", " ") == text


def test_plurals():
    assert [plural(noun) for noun in ("epoch", "entry", "loss", "layer", "key")] == [
        "epochs",
        "entries",
        "losses",
        "layers",
        "keys",
    ]


def test_a_wrong_format_is_named():
    with pytest.raises(FactError, match="no number format 'd'"):
        formatted(Value(0.5, "computed", how="x"), "d")
