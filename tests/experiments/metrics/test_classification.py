"""Scores of classifiers, held to scikit-learn; and the tables of before and after."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from experiments.metrics import classification_tables
from experiments.metrics.classification import all_scores, bootstrap_intervals, confusion, majority_counts
from experiments.metrics.classification_tables import (
    SCORES,
    TESTS,
    TRANSITIONS,
    mcnemar_row,
    score_rows,
    transition_rows,
)
from experiments.metrics.correctness import Compared
from experiments.statistics.proportions import wilson
from experiments.tables.canonical import decode, encode
from experiments.tables.sidecar import check_columns
from experiments.tables.terms import Correctness

LABELS = ["negative", "neutral", "positive"]
labels = st.sampled_from(LABELS)
pairs = st.lists(st.tuples(labels, labels | st.none()), min_size=1, max_size=60)
predictions = st.lists(st.tuples(labels, labels | st.none(), labels | st.none()), min_size=1, max_size=30)


@given(pairs)
def test_scores_are_scikit_learns(found):
    gold, predicted = zip(*found, strict=True)
    written = [label or "unparsed" for label in predicted]
    scores = all_scores(confusion(gold, predicted, LABELS), LABELS)
    assert scores["accuracy", None] == pytest.approx(accuracy_score(gold, written))
    for average, suffix in (("macro", None), (None, LABELS)):
        theirs = precision_recall_fscore_support(gold, written, labels=LABELS, average=average, zero_division=0)
        for name, expected in zip(("precision", "recall", "f1"), theirs, strict=False):
            if suffix is None:
                assert scores[f"macro_{name}", None] == pytest.approx(expected)
            else:
                assert [scores[name, label] for label in LABELS] == pytest.approx(list(expected))


def test_bootstrap_intervals_agree_with_a_resampling_of_the_examples():
    rng = np.random.default_rng(5)
    gold = rng.integers(3, size=200)
    predicted = np.where(rng.random(200) < 0.7, gold, rng.integers(3, size=200))
    found = bootstrap_intervals(confusion(gold.tolist(), predicted.tolist(), range(3)), ["0", "1", "2"])
    resampled = []
    for _ in range(500):
        drawn = rng.integers(200, size=200)
        counts = confusion(gold[drawn].tolist(), predicted[drawn].tolist(), range(3))
        resampled.append(all_scores(counts, ["0", "1", "2"])["macro_f1", None])
    assert found["macro_f1", None] == pytest.approx(tuple(np.quantile(resampled, [0.025, 0.975])), abs=0.015)


def test_the_majority_guess():
    counts = confusion(["a", "b", "b", "b"], ["b", "a", "a", "a"], ["a", "b"])
    guess = all_scores(majority_counts(counts), ["a", "b"])
    assert guess["accuracy", None] == 0.75
    assert guess["macro_recall", None] == 0.5
    assert guess["f1", "b"] == pytest.approx(2 * 0.75 / 1.75)


def test_an_unknown_label_is_refused():
    with pytest.raises(ValueError, match="'maybe' is none of the labels"):
        confusion(["negative"], ["maybe"], LABELS)


@given(predictions)
def test_tables_agree_with_each_other_and_fit_their_columns(found):
    gold, before, after = zip(*found, strict=True)
    compared = Compared.of(gold, before, after)
    scores = {side: list(score_rows(confusion(gold, side, LABELS), LABELS)) for side in (before, after)}
    transitions, test = list(transition_rows(compared)), mcnemar_row(compared)
    for columns, key, rows in (
        (TRANSITIONS, ("correctness",), transitions),
        (SCORES, ("score",), scores[after]),
        (TESTS, ("test",), [test]),
    ):
        check_columns(columns, key)
        data = encode(columns, key, rows, "a table")
        assert len(decode(data, columns, key, "a table")) == len(rows)

    counts = {row["correctness"]: row["count"] for row in transitions}
    assert tuple(counts) == tuple(Correctness)
    classes = compared.classes().tolist()
    assert classes == [Correctness.of(one == true, two == true) for true, one, two in found]
    assert all(counts[correctness] == classes.count(correctness) for correctness in Correctness)
    n = len(found)
    right = {side: round(rows[0]["value"] * n) for side, rows in scores.items()}
    assert right[before] == counts["both-right"] + counts["broken"]
    assert right[after] == counts["both-right"] + counts["corrected"]
    assert (test["corrected"], test["broken"]) == (counts["corrected"], counts["broken"])
    assert test["difference"] == pytest.approx((right[after] - right[before]) / n)
    for side, rows in scores.items():
        assert {row["unparsed"] for row in rows} == {side.count(None)}
        for row in rows:
            of_one = n == 1 and (row["quantity"].startswith("macro_") or row["quantity"] == "f1")  # nothing to resample
            assert (row["low"] is None) == (row["interval"] is None) == (row["n"] == 0 or of_one)
            if row["interval"] == "wilson":
                assert row["low"] <= row["value"] <= row["high"]


def sixty() -> tuple[list[str], list[str], list[str]]:
    """Gold labels and predictions before and after, of which 40 are right twice, 8 corrected and 2 broken."""
    kinds = {"aa": 40, "ba": 8, "ab": 2, "bb": 10}
    sides = [kind for kind, count in kinds.items() for _ in range(count)]
    return ["a"] * 60, [kind[0] for kind in sides], [kind[1] for kind in sides]


def test_tables_of_a_worked_example():
    gold, before, after = sixty()
    compared = Compared.of(gold, before, after)
    assert [row["count"] for row in transition_rows(compared)] == [40, 8, 2, 10]
    test = mcnemar_row(compared)
    assert (test["corrected"], test["broken"]) == (8, 2)
    assert test["p_value"] == 2 * (1 + 10 + 45) / 2**10
    assert test["difference"] == pytest.approx(0.1)
    assert test["low"] < 0.1 < test["high"]
    accuracy = next(iter(score_rows(confusion(gold, after, ["a", "b"]), ["a", "b"])))
    assert (accuracy["score"], accuracy["value"]) == ("accuracy", 0.8)
    assert (accuracy["low"], accuracy["high"]) == wilson(48, 60)
    assert (accuracy["n"], accuracy["baseline"]) == (60, 1.0)


def test_very_many_examples_get_the_interval_of_the_same_distribution(monkeypatch):
    compared = Compared.of(*sixty())
    one = mcnemar_row(compared)
    monkeypatch.setattr(classification_tables, "MOST_RESAMPLED", 10)
    other = mcnemar_row(compared)
    for bound in ("low", "high"):
        assert other[bound] == pytest.approx(one[bound], abs=0.03)
    assert {**other, "low": None, "high": None} == {**one, "low": None, "high": None}


def test_the_seed_moves_bootstrap_intervals_only():
    rng = np.random.default_rng(1)
    gold, before, after = ([LABELS[k] for k in rng.integers(3, size=100)] for _ in range(3))
    counts, compared = confusion(gold, after, LABELS), Compared.of(gold, before, after)
    one, other = (list(score_rows(counts, LABELS, seed)) for seed in (0, 1))
    assert list(score_rows(counts, LABELS, 0)) == one
    assert {a["interval"] for a, b in zip(one, other, strict=True) if a != b} == {"bootstrap"}
    assert mcnemar_row(compared, 0)["low"] != mcnemar_row(compared, 1)["low"]


def test_no_examples_make_no_tables():
    with pytest.raises(ValueError, match="cannot be compared"):
        Compared.of([], [], [])
