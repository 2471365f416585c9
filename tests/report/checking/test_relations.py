"""A word must say what a relation of its sentence says."""

import pytest

from report.checking.lexicon import find_comparatives
from report.checking.relations import broken, mixes_kinds, says, without_comparison


def relation(left, sign, right, kind="measured", other="measured", how="accuracy[a]", right_how=None):
    constant = other is None
    return {
        "sign": sign,
        "holds": True,
        "left": {"value": left, "kind": kind, "how": how},
        "right": {"value": right, "kind": other, "how": right_how or (str(right) if constant else "accuracy[b]")},
    }


MORE = relation(0.9, ">", 0.8)
LESS = relation(0.8, "<", 0.9)
CLEAR = relation(0.01, "<", 0.05, other=None, how="p_holm[a]")
UNCLEAR = relation(0.4, ">=", 0.05, other=None, how="p_holm[a]")
LARGEST = relation(0.9, "==", 0.9, right_how="largest of 4: accuracy[a]")
NONE = relation(0, "==", 0, other=None, how="number of rows")
UNDER = relation(-0.1, "<", 0, other=None, how="largest of 92: high[a]")


@pytest.mark.parametrize(
    ("sentence", "relations", "right"),
    [
        ("A is higher.", [MORE], True),
        ("A is higher.", [LESS], False),
        ("A is lower.", [LESS], True),
        ("A is lower.", [MORE], False),
        ("A is the highest.", [LARGEST], True),
        ("A is the lowest.", [LARGEST], False),
        ("A is the highest.", [MORE], False),
        ("A is the highest.", [MORE, relation(0.9, ">", 0.7, right_how="accuracy[c]")], True),
        ("A is the highest.", [relation(0.9, ">", 0.7, right_how="smallest of 4: accuracy[a]")], False),
        ("Even the smallest model is lower.", [LESS], True),
        ("A is not the highest.", [LESS], True),
        ("A is significantly higher.", [MORE], False),
        ("A is significantly higher.", [MORE, CLEAR], True),
        ("A is significantly higher.", [LESS, CLEAR], False),
        ("A is not significantly higher.", [UNCLEAR], True),
        ("A is not significantly higher.", [CLEAR], False),
        ("A is significantly higher.", [UNCLEAR, MORE], False),
        ("None of them is higher.", [NONE], True),
        ("None of them has two.", [relation(1, "==", 1, other=None)], False),
        ("In one token no feature is higher.", [relation(1, "==", 1, other=None)], False),
        ("No feature is higher.", [relation(0, "==", 0, other=None)], True),
        ("All of them have one.", [relation(1, "==", 1, other=None)], True),
        ("It is twice as much.", [MORE], False),
        ("It is twice as much.", [relation(1.7, ">", 0.8)], True),
        ("It takes half of it.", [relation(0.8, "<", 1.7)], True),
        ("It is twice as much.", [relation(2.1, ">", 2, other=None, how="ratio[a]")], True),
        ("It is tenfold.", [relation(1.7, ">", 0.8)], False),
        ("The error of A is better.", [LESS], True),
        ("The error of A is better.", [MORE], False),
        ("All of them rise.", [relation(4, "==", 4), MORE], True),
        ("All of them rise.", [MORE], False),
    ],
)
def test_each_word_needs_a_relation_of_its_direction(sentence, relations, right):
    words = list(find_comparatives(sentence))
    assert words
    assert all(says(word, relations) for word in words) == right


@pytest.mark.parametrize(
    ("sentence", "relations", "alone"),
    [
        ("A is higher.", [MORE], []),
        ("A is higher than the highest.", [MORE], ["highest"]),
        ("A is higher than the highest.", [MORE, LARGEST], []),
        ("A is higher by a smaller loss.", [MORE, LESS], []),
        ("A rises and B rises.", [MORE, relation(0.9, ">", 0.8, how="f1[a]", right_how="f1[b]")], []),
        (
            "A rises in both models, and is higher.",
            [MORE, relation(0.7, ">", 0.1, right_how="accuracy[c]")],
            ["higher"],
        ),
        ("The interval lies above both.", [MORE, relation(0.9, ">", 0.2, how="low[a]")], []),
        ("The higher interval lies above both.", [MORE, relation(0.9, ">", 0.2, how="low[a]")], ["higher"]),
        # What fits two comparisons makes room for what fits one.
        ("A is greater, and above zero.", [relation(0.9, ">", 0, other=None, how="low[a]"), MORE], []),
        ("A is lower.", [MORE], []),  # of which `says` tells
        # That none of the rows is higher, and what is compared in each, are one comparison.
        ("In none of 8 lower cases is A higher.", [NONE, LESS], ["higher"]),
        ("In none of 8 cases is A higher.", [NONE, LESS], []),
        ("A is above zero in 0 and below zero in 92.", [NONE, UNDER], []),
    ],
)
def test_words_that_have_no_comparison_of_their_own(sentence, relations, alone):
    assert [word.text for word in without_comparison(find_comparatives(sentence), relations)] == alone


def test_a_relation_must_hold_on_its_numbers():
    assert list(broken([MORE, CLEAR, LARGEST])) == []
    (problem,) = broken([relation(0.7, ">", 0.8)])
    assert "accuracy[a] > accuracy[b]" in problem
    assert list(broken([relation(None, ">", 0.8)]))


def test_kinds_that_are_mixed_are_told():
    assert mixes_kinds([MORE, CLEAR]) is None
    assert mixes_kinds([MORE, relation(0.9, ">", 0.8, "measured", "reported")])
