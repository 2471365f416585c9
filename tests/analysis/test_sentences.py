"""Words that follow the numbers."""

from analysis.facts import Markdown
from analysis.sentences import noun, series, verb, whether


def test_nouns_and_verbs_agree_with_counts(counts):
    assert [noun(number, "table") for number in (0, 1, 2)] == ["tables", "table", "tables"]
    assert noun(2, "index", "indices") == "indices"
    assert verb(counts.where(model="phi", part="mlp").count(), "is", "are") == "is"


def test_lists_end_in_and():
    assert [series(parts) for parts in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert series(["a*", Markdown("*b*")], "or") == "a&#42; or *b*"


def test_a_phrase_is_chosen_by_a_condition():
    assert [whether(condition, "grows", "shrinks") for condition in (True, False)] == ["grows", "shrinks"]
    assert whether(False, "grows") == ""
