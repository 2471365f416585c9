"""Rows that stand the other way round than they were accepted are told; which rows there are is no matter."""

from collections.abc import Sequence

import pytest

from report.checking.orders import exchanged, orders_of
from report.checking.passages import Passage, Span
from report.ledger.model import Fact
from tests.report.checking.facts import fact


def listed(rows: Sequence[dict[str, str]], form: str = "point") -> dict[str, Fact]:
    found = {}
    for number, row in enumerate(rows):
        shown = fact("accuracy", form=form)
        origins = (shown.origins[0].model_copy(update={"row": row}),)
        found[f"c-{number}"] = shown.model_copy(update={"id": f"c-{number}", "origins": origins})
    return found


def drawn(*stages: str, models: Sequence[str] = ("a", "a")) -> dict:
    """The orders in a figure in which each model has a point for each stage."""
    rows = [{"model": model, "stage": stage} for model in dict.fromkeys(models) for stage in stages]
    marks = [
        {"axes": "axes-1", "name": row["model"], "role": "point", "places": [[f"c-{number}", None]]}
        for number, row in enumerate(rows)
    ]
    return orders_of([], listed(rows), [{"label": "fig-a", "marks": marks}])


def tabled(*stages: str, rows: int = 2) -> dict:
    """The orders in a table with a column for each stage and a row for each model."""
    cells = [{"model": f"m{row}", "stage": stage} for row in range(rows) for stage in stages]
    passages = [
        Passage("table cell", "7", [Span(0, 1, "fact", f"c-{number}")], "tbl-a", f"Column {number % len(stages)}")
        for number in range(len(cells))
    ]
    return orders_of(passages, listed(cells, "cell"), [])


def told(now: dict, before: dict) -> list[str]:
    return [label for label, _ in exchanged(now, {words: list(place.columns) for words, place in before.items()})]


@pytest.mark.parametrize(("shown", "label"), [(drawn, "fig-a"), (tabled, "tbl-a")])
def test_before_and_after_that_are_exchanged_are_told(shown, label):
    accepted = shown("before", "after")
    assert told(shown("before", "after"), accepted) == []
    assert told(shown("after", "before"), accepted) == [label]
    assert told(shown("after", "before"), {}) == []


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (drawn("after", "before"), drawn("before", "after", "later")),
        (drawn("after", "later"), drawn("before", "after")),
        (drawn("before", "after", models=("b", "a")), drawn("before", "after")),
        (tabled("after", "before", rows=1), tabled("before", "after", rows=1)),
        (tabled("after", "later"), tabled("before", "after")),
    ],
)
def test_other_rows_are_no_matter(now, before):
    assert told(now, before) == []
