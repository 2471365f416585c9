"""A "no" or "not" that is dropped from an accepted sentence, or put into one, is told."""

import pytest

from report.checking.columns import Compared
from report.checking.negations import denied_anew
from report.checking.passages import Passage, Span
from report.checking.sentences import digests_of


def told(before: list[Passage], now: list[Passage]) -> list[str]:
    """The words at which sentences say now what they denied before, or the other way round."""
    record = {words: list(place.columns) for words, place in digests_of(before, {}).items()}
    return [passage.text[start:end] for passage, start, end, _ in denied_anew(now, record, {})]


@pytest.mark.parametrize(
    ("with_denial", "without", "dropped", "put_in"),
    [
        ("It is. No text is generated, so all is well.", "It is. Text is generated, so all is well.", "Text", "No"),
        ("Here no answer is parsed.", "Here answer is parsed.", "answer", "no"),
        ("The head is not trained.", "The head is trained.", "trained.", "not"),
        ("It is so, not as it was, here.", "It is so, as it was, here.", "as", "not"),
        ("No GPU is used", "GPU is used", "GPU", "No"),
        ("It runs without a head.", "It runs with a head.", "with", "without"),
        ("Depth cannot tell.", "Depth can tell.", "can", "cannot"),
        ("It does not rise.", "It rises.", "rises.", "does not rise"),
        ("Models do not answer.", "Models answer.", "answer.", "do not answer"),
    ],
)
@pytest.mark.parametrize("place", ["prose", "caption", "heading", "alternative text", "footnote"])
def test_a_denial_that_is_dropped_or_put_in_is_told(with_denial, without, dropped, put_in, place):
    one, other = [Passage(place, with_denial)], [Passage(place, without)]
    assert told(one, other) == [dropped]
    assert told(other, one) == [put_in]
    assert told(one, one) == told(other, other) == []


def test_a_sentence_that_is_new_may_deny_what_another_one_says():
    says, denies = Passage("caption", "Scores with a head."), Passage("caption", "Scores without a head.")
    assert told([says], [says, denies]) == []
    assert told([says], [Passage("caption", "Scores without a new head.")]) == []
    assert told([], [denies]) == []


def test_a_value_may_change_in_a_sentence_from_which_a_denial_is_dropped():
    def passage(text: str, value: str) -> Passage:
        start = text.index(value)
        return Passage("prose", text, [Span(start, start + len(value), "fact", "c-1")])

    assert told([passage("Of 12 rows no row is empty.", "12")], [passage("Of 13 rows row is empty.", "13")]) == ["row"]
    assert told([passage("It has no 12 rows.", "12")], [passage("It has 13 rows.", "13")]) == ["13"]


@pytest.mark.parametrize("place", ["table cell", "output"])
def test_what_comes_out_of_tables_and_programs_may_change(place):
    assert told([Passage(place, "It is not so.")], [Passage(place, "It is so.")]) == []


@pytest.mark.parametrize(("sign", "count"), [(">=", 1), ("<", 0)])
def test_a_tested_sentence_may_deny_what_it_said_where_its_comparison_is_another_one(sign, count):
    def passage(text: str) -> Passage:
        return Passage("prose", text, [Span(0, len(text), "claim", "a-1")])

    before = digests_of([passage("It is not told apart.")], {"a-1": Compared("p_value", ">=")})
    record = {words: list(place.columns) for words, place in before.items()}
    found = list(denied_anew([passage("It is told apart.")], record, {"a-1": Compared("p_value", sign)}))
    assert len(found) == count
