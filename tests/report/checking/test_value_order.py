"""Two shown values stand in a sentence as its word says."""

import re

import pytest

from report.checking.lexicon import find_comparatives
from report.checking.passages import Passage, Span
from report.checking.value_order import values_turned_round
from tests.report.checking.facts import fact

VALUES = {"A": 66.7, "B": 79.4}


def turned(text: str, sides: str = "BA") -> list[str]:
    """The words of a sentence, in which A and B are values, that say another order of them."""
    spans = [Span(found.start(), found.end(), "fact", found[0]) for found in re.finditer("[AB]", text)]
    listed = {name: fact("score", how=f"score[{name}]").model_copy(update={"value": VALUES[name]}) for name in VALUES}
    left, right = ({"how": f"score[{name}]", "value": VALUES[name], "kind": "measured"} for name in sides)
    claim = Span(0, len(text), "claim", "c-1")
    passage = Passage("prose", text, [*spans, claim])
    relations = [{"sign": ">", "holds": True, "left": left, "right": right}]
    found = values_turned_round(passage, claim, find_comparatives(text), listed, relations)
    return [text[start:end] for start, end, _ in found]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("before it is higher (A) than after (B).", "higher"),
        ("after it is lower (B) than before (A).", "lower"),
        ("the score falls significantly from A to B.", "falls"),
        ("the score rises from B to A.", "rises"),
        ("a score of A is higher than one of B.", "higher"),
        ("a share of A is more than B.", "more than"),
    ],
)
def test_values_the_other_way_round_are_told(text, word):
    assert turned(text) == [word]
    exchanged = text.translate(str.maketrans("AB", "BA"))
    assert turned(exchanged) == []


@pytest.mark.parametrize(
    "text",
    [
        "before it is not higher (A) than after (B).",
        "before it is better (A) than after (B).",
        "it rises, to A from B.",
        "at A, it is higher than at B.",
        "it is A and B; the latter is higher.",
    ],
)
def test_what_is_not_certain_is_let_pass(text):
    assert turned(text) == []


def test_values_that_the_sentence_does_not_compare_are_let_pass():
    assert turned("before it is higher (A) than after (B).", "AA") == []
