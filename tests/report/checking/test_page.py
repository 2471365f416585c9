"""A word that compares in the name of a cell is looked at like one in prose."""

import pytest

from report.checking.allowed import Allowed, phrases
from report.checking.page import Book, Tally, check_passage
from report.checking.passages import Passage, Span

NAME = "a better sum"


def told(passage: Passage, book: Book) -> list[tuple[str, str]]:
    """What is wrong in a passage: rule and word."""
    return [
        (found.rule, found.passage.text[found.start : found.end]) for found in check_passage(passage, book, Tally())
    ]


def named(before: str = "", after: str = "", place: str = "table cell", *spans: Span) -> Passage:
    """A passage in which the name stands between these texts."""
    start = len(before)
    return Passage(place, before + NAME + after, [Span(start, start + len(NAME), "fact", "c-1"), *spans])


@pytest.mark.parametrize("passage", [named(), named("By ", ", as it is.", "prose"), named(place="caption")])
def test_a_word_in_the_name_of_a_cell_that_no_table_says_is_told(passage):
    assert told(passage, Book({}, {}, [], added={"c-1": {"better"}})) == [("unbound-comparative", "better")]


@pytest.mark.parametrize("added", [{}, {"c-2": {"better"}}, {"c-1": {"worse"}}])
def test_a_word_that_the_cell_itself_says_is_not(added):
    assert told(named(), Book({}, {}, [], added=added)) == []


def test_a_name_may_be_allowed_like_any_phrase():
    entry = Allowed("a name", phrases(["a better sum"]))
    assert told(named(), Book({}, {}, [entry], added={"c-1": {"better"}})) == []
    assert entry.used


@pytest.mark.parametrize(("sign", "rules"), [(">", []), ("<", ["word-against-relation"])])
def test_a_name_in_a_tested_sentence_must_be_what_that_rests_on(sign, rules):
    left, right = ({"value": value, "kind": "measured", "how": how} for value, how in ((2, "a"), (1, "b")))
    if sign == "<":
        left, right = right, left
    claim = {"relations": [{"sign": sign, "holds": True, "left": left, "right": right}]}
    passage = named("It is ", ".", "prose", Span(0, len(NAME) + 7, "claim", "c-claim"))
    book = Book({"c-claim": claim}, {}, [], added={"c-1": {"better"}})
    assert [rule for rule, _ in told(passage, book)] == rules


def test_the_numbers_of_a_cell_with_such_a_name_are_counted_once():
    tally = Tally()
    passage = Passage("table cell", "better 12", [Span(0, 9, "fact", "c-1")])
    assert len(list(check_passage(passage, Book({}, {}, [], added={"c-1": {"better"}}), tally))) == 1
    assert (tally.numbers, tally.bound, tally.comparatives) == (1, 1, 1)
