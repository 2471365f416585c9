"""What is shown of adopted predictions: the sides by their names, and what of the files was no label."""

import re

import pytest

from analysis.chapters.adopted import show as adopted
from analysis.chapters.common import Study, interval_in_points
from analysis.facts.formatting import formatted
from experiments.adopting.adopted import LEFT_OUT_COLUMNS
from experiments.adopting.derived import TEST_COLUMNS
from experiments.adopting.questions import ANSWER_SCORES, THRESHOLD
from tests.analysis.chapters.conftest import plain


@pytest.fixture
def adopt(book, page, write_table):
    """`adopt(table, key, columns, rows)` freezes a table of the study that it gives."""

    def freeze(table: str, key: list[str], columns, rows: list[dict]) -> Study:
        described = {each.name: each.model_dump(exclude={"name"}, exclude_none=True) for each in columns}
        write_table(book / "experiments" / "frozen", f"mine/{table}", "reported", key, described, rows)
        return Study(page, "mine", "Mine")

    return freeze


def score(side: str, quantity: str, value: float) -> dict:
    """A score of all questions."""
    return {
        "side": side,
        "score": f"{quantity}[all]",
        "quantity": quantity,
        "group": "all",
        "value": value,
        "low": value - 5,
        "high": value + 5,
        "n": 100,
        "paragraphs": 40,
        "baseline": 20.0,
        "signature": None,
    }


@pytest.mark.parametrize(
    ("sides", "told"),
    [
        (
            {"base": (50.0, 60.0), "tuned": (70.0, 75.5)},
            "Mine, tuned exact match from 50.0 to 70.0 (always abstaining 20.0); Mine, tuned F1 from 60.0 to 75.5 "
            "(always abstaining 20.0).",
        ),
        (
            {"base": (50.0, 60.0)},
            "Mine, base exact match 50.0 (always abstaining 20.0); Mine, base F1 60.0 (always abstaining 20.0).",
        ),
    ],
)
def test_adopted_answers_read_as_in_a_paper(page, adopt, sides, told):
    rows = [
        score(side, quantity, value)
        for side, values in sides.items()
        for quantity, value in zip(("exact", "f1"), values, strict=True)
    ]
    figure = adopted.show_answers(page, [adopt("scores", ["side", "score"], ANSWER_SCORES, rows)])
    [alternative] = re.findall(r'fig-alt="([^"]*)"', figure)
    assert plain(alternative).endswith(f"predictions made elsewhere (reported): {told}")


def test_cells_that_are_no_label_are_listed_by_study(page, adopt):
    rows = [{"what": "gold", "cell": "-", "count": 3}, {"what": "prediction", "cell": "maybe", "count": 1234}]
    told = plain(adopted.show_left_out(page, [adopt("left-out", ["what", "cell"], LEFT_OUT_COLUMNS, rows)]))
    assert told.count("Mine") == 1
    assert "maybe" in told
    assert "1,234" in told
    assert "(empty or -)" in told
    assert adopted.show_left_out(page, []) == ""


@pytest.mark.parametrize("has_no_answer", [False, True])
def test_best_scores_stand_with_their_thresholds(page, adopt, has_no_answer):
    rows = [score("predicted", quantity, 50.0) for quantity in ("exact", "f1")]
    columns = ANSWER_SCORES
    if has_no_answer:
        best = [score("predicted", f"best_{name}", value) for name, value in (("exact", 61.0), ("f1", 72.0))]
        of_best = [{**row, "low": None, "high": None, "threshold": 0.125} for row in best]
        rows, columns = [*({**row, "threshold": None} for row in rows), *of_best], (*ANSWER_SCORES, THRESHOLD)
    told = plain(adopted.show_answer_scores(page, [adopt("scores", ["side", "score"], columns, rows)]))
    assert "50.0 (45.0 to 55.0)" in told
    assert [text in told for text in ("61.0", "72.0", "0.125")] == [has_no_answer] * 3


def test_scores_of_one_paragraph_stand_without_an_interval(page, adopt):
    rows = [{**score("predicted", quantity, 50.0), "low": None, "high": None} for quantity in ("exact", "f1")]
    study = adopt("scores", ["side", "score"], ANSWER_SCORES, rows)
    told = plain(adopted.show_answer_scores(page, [study]))
    assert "50.0" in told
    assert "(" not in told.partition("50.0")[2].split("|")[0]
    assert "exact match 50.0" in adopted.show_answers(page, [study])


@pytest.mark.parametrize(("bounds", "told"), [((None, None), "n/a"), ((-0.5, 0.25), "−50.0 to +25.0")])
def test_a_difference_of_one_example_has_no_interval(adopt, bounds, told):
    low, high = bounds
    row = {"before": "a", "after": "b", "test": "mcnemar-exact", "n": 1, "corrected": 0, "broken": 1}
    row |= {"difference": -1.0, "low": low, "high": high, "p_value": 1.0, "p_holm": 1.0}
    [test] = adopt("tests", ["before", "after", "test"], TEST_COLUMNS, [row]).table("tests").rows
    interval = interval_in_points(test, "difference")
    assert "".join(formatted(interval, "+.1f").split()) == "".join(told.split())
