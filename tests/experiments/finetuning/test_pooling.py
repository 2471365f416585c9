"""Pooling over seeds, and the features of examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.data.examples import Pair, Sentence
from experiments.finetuning.features import is_negated, overlap, words
from experiments.finetuning.pooling import pooled_score_rows, pooled_test_row, pooled_transition_rows
from experiments.metrics.classification import confusion
from experiments.metrics.classification_tables import score_rows
from experiments.metrics.correctness import Compared

LABELS = ("a", "b", "c")
label = st.sampled_from(LABELS)


@given(st.lists(st.tuples(label, label), min_size=1, max_size=40))
def test_one_run_pooled_has_the_scores_of_that_run(pairs):
    gold, predicted = zip(*pairs, strict=True)
    alone = {row["score"]: row for row in score_rows(confusion(gold, predicted, LABELS), LABELS)}
    for row in pooled_score_rows(gold, [predicted], LABELS):
        for cell in ("value", "n", "baseline", "quantity", "label"):
            assert row[cell] == pytest.approx(alone[row["score"]][cell]), (row["score"], cell)


@given(st.lists(st.tuples(label, label, label), min_size=1, max_size=30))
def test_the_pooled_value_is_the_mean_and_lies_in_its_interval_of_accuracy(rows):
    gold, one, two = zip(*rows, strict=True)
    pooled = {row["score"]: row for row in pooled_score_rows(gold, [one, two], LABELS)}
    runs = [
        {row["score"]: row["value"] for row in score_rows(confusion(gold, run, LABELS), LABELS)} for run in (one, two)
    ]
    for name, row in pooled.items():
        assert row["value"] == pytest.approx((runs[0][name] + runs[1][name]) / 2)
    assert pooled["accuracy"]["low"] <= pooled["accuracy"]["value"] <= pooled["accuracy"]["high"]


def test_the_same_run_thrice_is_no_more_evidence_than_once():
    gold, predicted = ["a", "b"] * 20, ["a", "a", "b", "b"] * 10
    once, thrice = (list(pooled_score_rows(gold, [predicted] * times, LABELS)) for times in (1, 3))
    for one, three in zip(once, thrice, strict=True):
        assert three == {
            **one,
            "value": pytest.approx(one["value"]),
            "low": pytest.approx(one["low"]),
            "high": pytest.approx(one["high"]),
        }
    run = Compared.of(gold, ["a"] * len(gold), predicted)
    one, three = pooled_test_row([run]), pooled_test_row([run] * 3)
    for cell in ("difference", "low", "high", "p_value"):
        assert three[cell] == pytest.approx(one[cell])
    assert (three["corrected"], three["n"]) == (3 * one["corrected"], one["n"])
    shares = [[row["share"] for row in pooled_transition_rows(runs)] for runs in ([run], [run] * 3)]
    assert shares[0] == pytest.approx(shares[1])
    assert sum(shares[0]) == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("this is not good", True),
        ("it is n't good", True),
        ("it isn't good", True),
        ("it isn’t good", True),
        ("Nothing happens", True),
        ("a notable knot", False),
        ("nice and new", False),
        ("", False),
    ],
)
def test_negations(text, expected):
    assert is_negated(text) == expected


def test_overlap_is_the_share_of_the_second_text():
    pair = Pair("1", "A man plays a guitar.", "The man plays music", "neutral")
    assert overlap(pair) == 0.5
    assert overlap(Sentence("1", "a b", "positive")) is None
    assert words(pair.premise) == ["a", "man", "plays", "a", "guitar"]
