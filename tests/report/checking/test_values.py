"""A text of a table is shown as it is, whatever it says."""

import pytest

from report.checking.values import misrounded
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
