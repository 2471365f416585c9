"""Intervals and p-values: numbers until they are shown, and listed as numbers."""

import json

import pytest

from analysis.facts import FactError, MissingValue, View, interval_of, min_of, open_chapter, p_value_of
from analysis.facts.fact_log import fact_log_path, read_fact_log
from analysis.facts.formatting import formatted
from experiments.statistics.level import CONFIDENCE, LEVEL
from experiments.tables.read import read_table
from report.ledger.model import Fact, Interval, PValue

NO_BREAK = "\N{NO-BREAK SPACE}"


@pytest.fixture
def results(book, write_table) -> View:
    columns = {
        "test": "string",
        "gain": {"type": "number", "nullable": True, "meaning": "accuracy after less before"},
        "low": {
            "type": "number",
            "nullable": True,
            "lower_bound_of": "gain",
            "meaning": "lower bound of its 95 % paired bootstrap interval",
        },
        "high": {
            "type": "number",
            "nullable": True,
            "upper_bound_of": "gain",
            "meaning": "upper bound of its 95 % paired bootstrap interval",
        },
        "p_holm": {"type": "number", "meaning": "p-value by Holm's correction"},
    }
    rows = [
        {"test": "clear", "gain": 0.127, "low": 0.105, "high": 0.1486, "p_holm": 0.0002},
        {"test": "open", "gain": 0.01, "low": -0.02, "high": 0.04, "p_holm": 0.41},
        {"test": "none", "gain": None, "low": None, "high": None, "p_holm": 1.0},
    ]
    write_table(book / "experiments" / "frozen", "tests/tests", "measured", ["test"], columns, rows)
    return View(read_table("tests/tests"))


def test_an_interval_knows_its_bounds_level_and_method(results):
    interval = results.at(test="clear").interval("gain")
    assert (interval.lower.data, interval.upper.data, interval.estimate) == (0.105, 0.1486, None)
    assert (interval.level, interval.method) == (CONFIDENCE, "95 % paired bootstrap interval")
    assert interval.kind == "measured"
    assert {origin.column for origin in interval.origins} == {"low", "high"}
    assert interval.lower > 0
    assert not interval.contains(0)
    assert results.at(test="open").interval("gain").contains(0)
    assert not interval.missing


def test_intervals_are_equal_where_their_bounds_are(results):
    clear, unclear, _ = (row.interval("gain") for row in results)
    assert clear == results.at(test="clear").interval("gain")
    assert len({clear, results.at(test="clear").interval("gain")}) == 1
    assert clear != unclear
    assert clear != None  # noqa: E711


def test_an_interval_is_no_number(results):
    interval = results.at(test="clear").interval("gain", estimate=True)
    for wrong in (lambda: interval > 0, lambda: interval * 2, lambda: min_of([interval, interval])):
        with pytest.raises(FactError, match="is an interval; compare or compute with its"):
            wrong()


def test_how_intervals_read(results):
    clear, unclear, none = results.rows
    assert formatted(clear.interval("gain"), ".1%") == f"10.5%{NO_BREAK}to{NO_BREAK}14.9%"
    assert formatted(clear.interval("gain", estimate=True), ".1%") == f"12.7% (10.5%{NO_BREAK}to{NO_BREAK}14.9%)"
    assert formatted(unclear.interval("gain"), "+.2f") == f"−0.02{NO_BREAK}to{NO_BREAK}+0.04"
    assert formatted(none.interval("gain"), ".1%") == "n/a"
    assert formatted(none.interval("gain", estimate=True), ".1%") == "n/a"
    alone = interval_of(none["low"], none["high"], clear["gain"])
    assert formatted(alone, ".1%") == "12.7%"
    assert none.interval("gain").missing
    assert not alone.missing
    with pytest.raises(MissingValue):
        none.interval("gain").contains(0)


def test_a_p_value_is_compared_with_the_level(results):
    clear, unclear, none = (row.p_value() for row in results)
    assert [p.significant for p in (clear, unclear, none)] == [True, False, False]
    assert clear < LEVEL < unclear
    assert clear.correction == "Holm"
    assert min_of([unclear, clear]).significant
    with pytest.raises(FactError, match="no p-value"):
        p_value_of(results.rows[1]["gain"] * 200)


def test_a_corrected_p_value_knows_the_test_that_was_corrected(book, write_table):
    meanings = {"p_value": "p-value of the paired bootstrap", "p_holm": "by Holm's correction", "p_sign": "sign test"}
    columns = {"run": "string"} | {name: {"type": "number", "meaning": said} for name, said in meanings.items()}
    rows = [{"run": "1", "p_value": 0.01, "p_holm": 0.02, "p_sign": 0.03}]
    write_table(book / "experiments" / "frozen", "tests/runs", "measured", ["run"], columns, rows)
    row = View(read_table("tests/runs")).at(run="1")
    assert (row.p_value().test, row.p_value().correction) == (meanings["p_value"], "Holm")
    assert (row.p_value("p_sign").test, row.p_value("p_sign").correction) == ("sign test", None)


@pytest.mark.parametrize(
    ("test", "spec", "text"),
    [
        ("clear", None, f"p{NO_BREAK}<{NO_BREAK}0.001"),
        ("clear", "bare", f"<{NO_BREAK}0.001"),
        ("open", None, f"p{NO_BREAK}={NO_BREAK}0.410"),
        ("open", "bare", "0.410"),
        ("clear", ".4f", "0.0002"),
    ],
)
def test_how_p_values_read(results, test, spec, text):
    assert formatted(results.at(test=test).p_value(), spec) == text


def test_columns_without_bounds_have_no_interval(results):
    with pytest.raises(FactError, match="no columns are said to be the bounds of p_holm"):
        results.rows[0].interval("p_holm")
    with pytest.raises(FactError, match="no column 'p_bonferroni'"):
        results.rows[0].p_value("p_bonferroni")


def test_both_are_listed_as_numbers_and_marked(results, book):
    page = open_chapter("story")
    row = page.table("tests/tests").at(test="clear")
    said = page.say("{gain:.1%}, {p}", gain=row.interval("gain", estimate=True), p=row.p_value())
    assert said.count("kind-mark") == 2
    page.tabulate(
        page.table("tests/tests"),
        label="tbl-tests",
        columns={"Interval": lambda row: row.interval("gain"), "p": lambda row: row.p_value()},
        caption="All tests.",
    )
    lines = [json.loads(json.dumps(line)) for line in read_fact_log(fact_log_path(book, "quarto", "story")).facts]
    for line in lines:
        line.pop("line")
    facts = [Fact(chapter="story", **line) for line in lines]
    method = "95 % paired bootstrap interval"
    assert facts[0].value == Interval(estimate=0.127, low=0.105, high=0.1486, level=CONFIDENCE, method=method)
    assert facts[1].value == PValue(p=0.0002, test="p-value by Holm's correction", correction="Holm")
    assert [type(fact.value) for fact in facts[2:]] == [Interval, PValue] * 3
    assert facts[-2].value.low is None
