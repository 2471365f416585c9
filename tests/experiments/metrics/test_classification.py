"""Scores of classifiers, held to scikit-learn; and the tables of before and after."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from experiments.metrics.classification import all_scores, bootstrap_intervals, confusion, majority_counts
from experiments.metrics.classification_tables import CORRECTNESS, SHAPES, Example, classification_tables
from experiments.statistics.proportions import wilson
from experiments.tables.canonical import decode, encode
from experiments.tables.sidecar import check_columns

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
    examples = [Example(f"e{number}", *labels) for number, labels in enumerate(found)]
    tables = classification_tables(examples, LABELS)
    assert set(tables) == set(SHAPES)
    for name, shape in SHAPES.items():
        check_columns(shape.columns, shape.key)
        data = encode(shape.columns, shape.key, tables[name], name)
        assert len(decode(data, shape.columns, shape.key, name)) == len(tables[name])

    counts = {row["correctness"]: row["count"] for row in tables["transitions"]}
    assert tuple(counts) == CORRECTNESS
    for correctness in CORRECTNESS:
        assert counts[correctness] == sum(row["correctness"] == correctness for row in tables["examples"])
    scores = {(row["side"], row["score"]): row for row in tables["scores"]}
    n = len(examples)
    right_before = round(scores["before", "accuracy"]["value"] * n)
    right_after = round(scores["after", "accuracy"]["value"] * n)
    assert right_before == counts["both-right"] + counts["broken"]
    assert right_after == counts["both-right"] + counts["corrected"]
    (test,) = tables["tests"]
    assert (test["corrected"], test["broken"]) == (counts["corrected"], counts["broken"])
    assert test["difference"] == pytest.approx((right_after - right_before) / n)
    for side in ("before", "after"):
        listed = sum(row["count"] for row in tables["confusion"] if row["side"] == side)
        assert listed + scores[side, "accuracy"]["unparsed"] == n
    for row in tables["scores"]:
        assert (row["low"] is None) == (row["n"] == 0)
        if row["interval"] == "wilson":
            assert row["low"] <= row["value"] <= row["high"]


def test_tables_of_a_worked_example():
    kinds = {"both-right": ("a", "a"), "corrected": ("b", "a"), "broken": ("a", "b"), "both-wrong": ("b", "b")}
    times = {"both-right": 40, "corrected": 8, "broken": 2, "both-wrong": 10}
    sides = [kinds[kind] for kind, count in times.items() for _ in range(count)]
    examples = [Example(str(number), "a", *side) for number, side in enumerate(sides)]
    tables = classification_tables(examples, ["a", "b"])
    assert {row["correctness"]: row["count"] for row in tables["transitions"]} == times
    (test,) = tables["tests"]
    assert (test["corrected"], test["broken"]) == (8, 2)
    assert test["p_value"] == 2 * (1 + 10 + 45) / 2**10
    assert test["difference"] == pytest.approx(0.1)
    assert test["low"] < 0.1 < test["high"]
    after = next(row for row in tables["scores"] if (row["side"], row["score"]) == ("after", "accuracy"))
    assert after["value"] == 0.8
    assert (after["low"], after["high"]) == wilson(48, 60)
    assert (after["n"], after["baseline"]) == (60, 1.0)


def test_the_seed_moves_bootstrap_intervals_only():
    rng = np.random.default_rng(1)
    examples = [Example(str(number), *(LABELS[k] for k in rng.integers(3, size=3))) for number in range(100)]
    one, other = classification_tables(examples, LABELS, 0), classification_tables(examples, LABELS, 1)
    assert classification_tables(examples, LABELS, 0) == one
    moved = {a["interval"] for a, b in zip(one["scores"], other["scores"], strict=True) if a != b}
    assert moved == {"bootstrap"}
    assert one["transitions"] == other["transitions"]


def test_no_examples_make_no_tables():
    with pytest.raises(ValueError, match="no examples"):
        classification_tables([], LABELS)
