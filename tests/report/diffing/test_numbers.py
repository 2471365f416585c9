"""Numbers of tables and pages: what counts as changed, and when it moved beyond its interval."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.diffing.model import Number
from report.diffing.numbers import LONG, Found, Tables, compare_numbers, judge
from report.ledger.model import Build, Fact, Origin, SiteFacts

COLUMNS = {
    "name": "string",
    "score": "number",
    "low": {"type": "number", "lower_bound_of": "score", "nullable": True},
    "high": {"type": "number", "upper_bound_of": "score", "nullable": True},
    "n": {"type": "integer", "n_of": "score"},
    "seconds": {"type": "number", "volatile": True},
}
ROW = {"name": "a", "score": 0.5, "low": 0.4, "high": 0.6, "n": 10, "seconds": 1.0}
BUILD = Build(version="1", tag=None, commit=None, modified=False, date=None, tables="0")


@pytest.fixture
def compared(write_table, tmp_path: Path):
    """A function that compares two tables by their rows (and columns), with the facts of pages where some are given."""

    def compare(old: list[dict], new: list[dict], facts=None, columns: tuple = (COLUMNS, COLUMNS)) -> Found:
        tables, digests = [], []
        for name, rows, fields in (("old", old, columns[0]), ("new", new, columns[1])):
            write_table(tmp_path / name, "study/scores", "measured", ["name"], fields, rows)
            tables.append(Tables(tmp_path / name))
            digests.append({"study/scores": tables[-1].sidecar("study/scores").digests.table})
        return compare_numbers(*tables, tuple(digests), facts)

    return compare


def judged(numbers: list[Number]) -> dict[str, str]:
    return {number.how: number.judgement for number in numbers}


def fact(how: str, value: float | str, column: str = "score", chapter: str = "one", form: str = "inline") -> Fact:
    origin = Origin(table="study/scores", row={"name": "a"}, column=column, digest="0", kind="measured")
    return Fact(
        id=f"{chapter}-1",
        chapter=chapter,
        form=form,
        label=None,
        text=f"{value:.0%}" if isinstance(value, float) else str(value),
        value=value,
        unit=None,
        kind="measured",
        how=how,
        origins=(origin,),
    )


def site(*facts: Fact) -> SiteFacts:
    return SiteFacts(engine="press", build=BUILD, tables={}, facts=facts, claims=())


@pytest.mark.parametrize(
    ("now", "judgement"),
    [(0.61, "beyond"), (0.39, "beyond"), (0.6, "within"), (0.4, "within"), (0.55, "within")],
)
def test_a_number_is_judged_by_the_interval_that_it_had(compared, now: float, judgement: str):
    moved = ROW | {"score": now, "low": now - 0.1, "high": now + 0.1}
    found = compared([ROW], [moved])
    assert judged(found.numbers) == {"score[a]": judgement}
    assert found.numbers[0].interval_before == (0.4, 0.6)


def test_counts_times_and_intervals_are_told_as_such(compared):
    found = compared([ROW], [ROW | {"n": 11, "seconds": 2.0, "low": 0.3}])
    assert judged(found.numbers) == {"n[a]": "no interval", "score[a]": "interval", "seconds[a]": "volatile"}
    missing = compared([ROW | {"low": None, "high": None}], [ROW | {"low": None, "high": None, "score": 0.9}])
    assert judged(missing.numbers) == {"score[a]": "no interval"}


def test_rows_and_columns_that_came_or_went_are_counted(compared):
    fewer = {name: said for name, said in COLUMNS.items() if name != "seconds"}
    old = [ROW, ROW | {"name": "b"}]
    new = [{name: ROW[name] for name in fewer}]
    (table,) = compared(old, new, columns=(COLUMNS, fewer)).tables
    assert (table.rows_before, table.rows_after, table.rows_removed, table.rows_added) == (2, 1, 1, 0)
    assert (table.columns_removed, table.cells) == (("seconds",), 0)


def test_of_a_long_table_only_what_tells_most_is_listed(compared):
    old = [ROW | {"name": f"a{each}"} for each in range(LONG + 1)]
    new = [row | {"score": 0.5001} for row in old[:-1]] + [old[-1] | {"score": 0.9}]
    found = compared(old, new)
    assert judged(found.numbers) == {f"score[a{LONG}]": "beyond"}
    assert found.tables[0].unlisted == LONG


def test_a_shown_number_reads_as_shown_and_names_its_chapters(compared):
    facts = [site(fact("score[a]", value), fact("score[a]", value, chapter="two")) for value in (0.5, 0.9)]
    found = compared([ROW], [ROW | {"score": 0.9}], tuple(facts))
    (number,) = found.numbers
    assert (number.before, number.after, number.chapters) == ("50%", "90%", ("one", "two"))


def test_the_points_of_a_figure_are_told_with_their_estimate(compared):
    facts = [
        site(fact("score[a]", value), fact("low[a]", value - 0.1, column="low", form="point")) for value in (0.5, 0.7)
    ]
    found = compared([ROW], [ROW | {"score": 0.7, "low": 0.6, "high": 0.8}], tuple(facts))
    assert judged(found.numbers) == {"score[a]": "beyond"}


def test_a_number_printed_otherwise_has_not_changed(compared):
    once = site(fact("score[a]", 0.5))
    twice = site(fact("score[a]", 0.5).model_copy(update={"text": "0.5"}), fact("score[a]", 0.5))
    other = site(fact("score[a]", 0.5).model_copy(update={"text": "0.50"}))
    assert compared([ROW], [ROW], (once, twice)).numbers == []
    assert judged(compared([ROW], [ROW], (once, other)).numbers) == {"score[a]": "as shown"}


def test_names_of_rows_and_texts_are_no_numbers(compared):
    texts = [
        site(fact("name[a]", f"a{each}", column="name"), fact("note[a]", word)) for each, word in ((1, "x"), (2, "y"))
    ]
    assert compared([ROW], [ROW], tuple(texts)).numbers == []
    printed = [site(fact("printed[a]", text)) for text in ("~7B", "~8B")]
    assert judged(compared([ROW], [ROW], tuple(printed)).numbers) == {"printed[a]": "no interval"}


VALUES = st.one_of(st.floats(0, 1), st.integers(2, 5), st.sampled_from(["1%", "2%"]))
FACTS = st.dictionaries(st.sampled_from([f"value[{name}]" for name in "abcd"]), VALUES)


@given(FACTS, FACTS)
def test_shown_numbers_compare_alike_in_both_directions(one: dict, other: dict):
    sites = [site(*(fact(how, value) for how, value in facts.items())) for facts in (one, other)]

    def moves(*facts: SiteFacts) -> set[tuple]:
        numbers = compare_numbers(None, None, ({}, {}), facts).numbers
        return {(each.how, each.before, each.after, each.value_before, each.value_after) for each in numbers}

    there, back = moves(*sites), moves(*reversed(sites))
    assert there == {(how, old, new, was, now) for how, new, old, now, was in back}
    assert {each[0] for each in there} == {how for how in {*one, *other} if one.get(how) != other.get(how)}
    assert moves(sites[0], sites[0]) == set()


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1))
def test_only_what_lies_outside_of_its_bounds_is_beyond_them(value: float, one: float, other: float):
    low, high = sorted((one, other))
    old = (low + high) / 2
    judgement = judge(old, value, (low, high))
    assert (judgement == "beyond") == (value != old and not low <= value <= high)
