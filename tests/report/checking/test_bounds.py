"""“At least” and “at most” against the values and the columns of which they are said."""

import pytest

from report.checking.bounds import ends_turned_round, meanings_of, turned_round
from report.checking.passages import Passage, Span
from report.ledger.model import Fact
from tests.report.checking.facts import fact


def point(how: str, column: str = "logical_base") -> Fact:
    return fact(column, how, "point", "fig-a")


@pytest.mark.parametrize(
    ("before", "how", "count"),
    [
        ("at least ", "smallest of 3: p_holm", 0),
        ("at most ", "largest of 3: p_holm", 0),
        ("at most ", "smallest of 3: p_holm", 1),
        ("At least ", "largest of 3: p_holm", 1),
        ("at least ", "logical_base[phi-2, total]", 0),
        ("at most about ", "smallest of 3: p_holm", 0),
        ("at most\n", "smallest of 3: p_holm", 1),
    ],
)
def test_before_a_value_it_says_how_the_value_comes_from_its_table(before, how, count):
    passage = Passage("prose", f"It is {before}7.", [Span(6 + len(before), 7 + len(before), "fact", "c-1")])
    assert len(list(turned_round(passage, {"c-1": point(how)}, ""))) == count


def test_at_most_the_smallest_is_right_where_something_is_compared_with_it():
    passage = Passage("prose", "Its loss is at most 7.", [Span(20, 21, "fact", "c-1")])
    others = point("smallest of 3: loss")
    relation = {"sign": "<=", "left": {"how": "loss[a]"}, "right": {"how": others.how}}
    assert len(list(turned_round(passage, {"c-1": others}, ""))) == 1
    assert list(turned_round(passage, {"c-1": others}, "", [relation])) == []


@pytest.mark.parametrize(
    ("text", "meaning", "count"),
    [
        ("repeated at least three times in a row", "a text that stands three times in a row or more", 0),
        ("repeated at most three times in a row", "a text that stands three times in a row or more", 1),
        ("of at most 200 characters", "of at least 200 characters", 1),
        ("of at least 200 characters", "of 200 characters or fewer", 1),
        ("of at least 200 characters", "of at least 200 characters", 0),
        ("of at most two words", "nothing of the kind", 0),
        ("at least three words, at most three words", "at least three words. at most three words", 0),
        ("shows at least one of the models", "at most one of the answers", 0),
        ("not at least 200 characters", "200 characters or fewer", 0),
        ("at most 2.5 points", "at least 2.5 points", 1),
    ],
)
def test_in_a_caption_it_says_what_the_columns_mean(text, meaning, count):
    assert len(list(turned_round(Passage("caption", text), {}, meaning))) == count


def test_the_meanings_are_those_of_the_columns_that_a_figure_shows():
    found = meanings_of([point("x"), point("x", "labels")])
    assert found.count(". ") == 1
    assert "outputs" in found


@pytest.mark.parametrize(
    ("columns", "between", "count"),
    [
        (("low", "high"), " to ", 0),
        (("high", "low"), " to ", 1),
        (("low", "low"), "–", 1),
        (("low", "high"), ", against ", 0),
        (("high", "low"), ", against ", 0),
        (("value", "high"), " to ", 0),
    ],
)
def test_the_ends_of_an_interval_are_the_bounds_of_one_quantity(columns, between, count):
    def end(column: str) -> Fact:
        (origin,) = point(column).origins
        at = origin.model_copy(update={"table": "layer-probe-movies/comparisons", "column": column})
        return point(column).model_copy(update={"origins": (at,)})

    second = 1 + len(between)
    passage = Passage("prose", f"7{between}7", [Span(0, 1, "fact", "c-1"), Span(second, second + 1, "fact", "c-2")])
    assert len(list(ends_turned_round(passage, dict(zip(("c-1", "c-2"), map(end, columns), strict=True))))) == count
