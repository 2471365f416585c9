"""The heading of a column on the page against the column of the frozen table below it."""

import pytest

from report.checking.headings import misheaded, words_below
from report.checking.passages import Passage, Span
from tests.report.checking.facts import fact


def below(heading: str) -> Passage:
    return Passage("table cell", "7", [Span(0, 1, "fact", "c-1")], "tbl-a", heading)


def shown(column: str, heading: str, how: str = "") -> list[str]:
    passages = [below(heading)] * 2
    return [message for _, message in misheaded(passages, {"c-1": fact(column, how)})]


@pytest.mark.parametrize(
    ("column", "heading", "found"),
    [
        ("logical_base", "Labels", 1),
        ("labels", "Labels", 0),
        ("logical_base", "Parameters of the base model", 0),
        ("logical_base", "Size", 0),
        ("logical_base", "Total", 0),
        ("@rows", "Labels", 0),
    ],
)
def test_a_heading_that_names_another_column_is_found_once(column, heading, found):
    assert len(shown(column, heading)) == found


def test_a_derivation_may_name_what_the_heading_does():
    assert not shown("logical_base", "Labels", "labels of logical_base")


def test_a_heading_has_the_words_of_what_stands_below_it():
    listed = {"c-1": fact("logical_base", "largest of 3: logical_base")}
    passages = [below("Largest model")]
    on_two_lines = Passage("table head", "Largestmodel", label="tbl-a")
    found = words_below(on_two_lines, passages, listed)
    assert {"largest", "base", "total"} <= found
    assert "better" not in found
    assert words_below(Passage("table head", "Size", label="tbl-a"), passages, listed) == set()


def test_what_only_some_rows_are_called_is_no_word_of_a_heading():
    rules = ("a later layer is worse", "the error grows with depth")
    listed = {f"c-{number}": fact("logical_base", how=f"found: {rule}") for number, rule in enumerate(rules)}
    passages = [
        Passage("table cell", "7", [Span(0, 1, "fact", name)], "tbl-a", "Found in worse states") for name in listed
    ]
    head = Passage("table head", "Found in worse states", label="tbl-a")
    assert "worse" in words_below(head, passages[:1], listed)
    assert "worse" not in words_below(head, passages, listed)
    assert "found" in words_below(head, passages, listed)
