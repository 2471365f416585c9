"""A text of a table is shown as it is, whatever it says."""

import pytest

from report.checking.values import added_words, misrounded
from report.ledger.model import Fact, Interval
from tests.report.checking.facts import fact


def shown(text: str, value: str | int | None) -> Fact:
    return fact("label").model_copy(update={"text": text, "value": value})


@pytest.mark.parametrize(("text", "value"), [("n/a", "n/a"), ("n/a", None), ("b", "b")])
def test_a_text_that_reads_as_a_missing_value_is_one_like_others(text, value):
    assert list(misrounded([shown(text, value)])) == []


@pytest.mark.parametrize(("text", "value"), [("n/a", "b"), ("n/a", 7), ("b", None)])
def test_a_value_that_is_shown_as_missing_is_told(text, value):
    [(_, problem)] = misrounded([shown(text, value)])
    assert problem.startswith(f"reads {text}")


@pytest.mark.parametrize(
    ("text", "estimate", "bounds", "right"),
    [
        ("n/a", None, (None, None), True),
        ("0.2", 0.2, (None, None), True),
        ("0.1 to 0.3", None, (0.1, 0.3), True),
        ("n/a", None, (0.1, 0.3), False),
        ("n/a", 0.2, (None, None), False),
        ("0.3", None, (None, None), False),
    ],
)
def test_an_interval_without_bounds_and_estimate_is_a_missing_value(text, estimate, bounds, right):
    low, high = bounds
    value = Interval(estimate=estimate, low=low, high=high, level=0.95, method="")
    assert (list(misrounded([fact("label").model_copy(update={"text": text, "value": value})])) == []) == right


@pytest.mark.parametrize("stored", ["csv", "parquet"])
def test_a_cell_of_a_table_in_either_format_is_found_by_its_key(tmp_path, monkeypatch, write_table, stored):
    monkeypatch.setenv("COLOPHON_FROZEN", str(tmp_path))
    rows = [{"model": name, "n": n, "said": f"{name} {n}", "score": n + 5} for name in ("a", "b") for n in range(3)]
    columns = {"model": "string", "n": "integer", "said": "string", "score": "integer"}
    write_table(tmp_path, "study/answers", "measured", ["model", "n"], columns, rows, stored=stored)

    def of_cell(value: str | int, column: str, **row: object) -> Fact:
        behind = {"table": "study/answers", "row": row, "column": column}
        said = {"how": f"{column}[{', '.join(map(str, row.values()))}]"}
        origins = (fact(column).origins[0].model_copy(update=behind),)
        return shown(str(value), value).model_copy(update={"origins": origins, **said})

    def problems(value: str | int, column: str, **row: object) -> list[str]:
        return [why for _, why in misrounded([of_cell(value, column, **row)])]

    assert problems("b 2", "said", model="b", n=2) == problems(7, "score", model="b", n=2) == []
    [text], [number] = problems("b 3", "said", model="b", n=2), problems(8, "score", model="b", n=2)
    assert "b 2" in text
    assert "has 7 there" in number
    for gone in (problems(7, "score", model="b", n=3), problems(7, "was", model="b", n=2), problems(7, "score", n="x")):
        assert ["no longer in study/answers" in why for why in gone] == [True]
    right = [of_cell(n + 5, "score", model=name, n=n) for name in ("a", "b") for n in range(3)]
    wrong = [of_cell(9, "score", model="a", n=1), of_cell(9, "score", model="a", n="x")]
    assert [each for each, _ in misrounded([*right[:3], *wrong, *right[3:]])] == wrong


@pytest.fixture
def named(tmp_path, monkeypatch, write_table):
    """A function that makes a text of the cell `way` of a table with the rows sum and all-mean."""
    monkeypatch.setenv("COLOPHON_FROZEN", str(tmp_path))
    rows = [{"way": way, "better": None if way == "sum" else "the lower"} for way in ("sum", "all-mean")]
    columns = {"way": "string", "better": {"type": "string", "nullable": True}}
    write_table(tmp_path, "study/ways", "measured", ["way"], columns, rows)

    def of_cells(text: str, column: str = "way", *ways: str, how: str = "way") -> Fact:
        origin = fact(column).origins[0]
        behind = [
            origin.model_copy(update={"table": "study/ways", "row": {"way": way}, "column": column})
            for way in ways or ("all-mean",)
        ]
        return shown(text, text).model_copy(update={"origins": tuple(behind), "how": how})

    return of_cells


@pytest.mark.parametrize("text", ["mean of all", "All of the mean", "summed", "Mean per token"])
def test_words_that_a_cell_or_its_row_says_are_not_added_to_it(named, text):
    assert added_words([named(text)]) == {}
    assert added_words([named(text, "better")]) == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sum per better token", {"better"}),
        ("significantly lower", {"significantly", "lower"}),
        ("all are highest", {"highest"}),
        ("less than a sum", {"less than"}),
    ],
)
def test_words_that_compare_and_stand_in_no_cell_behind_a_name_are_added(named, text, words):
    name = named(text)
    assert added_words([name]) == {name.id: words}


def test_a_text_of_several_cells_says_what_any_of_them_says(named):
    assert added_words([named("all of the sums, mean", "way", "sum", "all-mean")]) == {}
    assert added_words([named("all of the sums", "way", "sum")]) != {}
    assert added_words([named("the lower one", "better", "all-mean")]) == {}


def test_an_empty_cell_may_be_called_none(named):
    assert added_words([named("none", "better", "sum")]) == {}
    assert added_words([named("none", "better")]) != {}


def test_what_is_no_name_of_cells_has_no_words_added(named):
    number = shown("7", 7).model_copy(update={"text": "better"})
    setting = named("it rises from sum to mean", how="named in parameters[a]")
    assert added_words([number, setting, named("none", "@provenance.cost.energy_source")]) == {}
