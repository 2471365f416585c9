"""Words that follow the numbers."""

import pytest

from analysis.facts import Markdown, MixedKinds
from analysis.sentences import compared, noun, series, verb, whether


def test_nouns_and_verbs_agree_with_counts(counts):
    assert [noun(number, "table") for number in (0, 1, 2)] == ["tables", "table", "tables"]
    assert noun(2, "index", "indices") == "indices"
    assert verb(counts.where(model="phi", part="mlp").count(), "is", "are") == "is"


def test_lists_end_in_and():
    assert [series(parts) for parts in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert series(["a*", Markdown("*b*")], "or") == "a&#42; or *b*"


def test_comparisons_choose_words(counts, scores):
    small, large = (counts.at(model="llama", part=part)["parameters"] for part in ("embedding", "mlp"))
    assert [compared(small, large), compared(large, small), compared(small, small)] == ["below", "above", "equal to"]
    assert whether(small < large, "grows") == "grows"
    assert whether(large < small, "grows", "shrinks") == "shrinks"
    with pytest.raises(MixedKinds):
        compared(small.as_unit(None), scores.rows[0]["score"])
