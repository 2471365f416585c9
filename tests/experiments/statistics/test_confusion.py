"""Scores that a confusion matrix gives, and those that none gives."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.statistics.confusion import Bounds, harmonic_mean, macro_recalls, two_classes_give, weighted_mean


def near(value, half=0.005):
    return Bounds(value - half, value + half)


def scores_of(right_first, first, right_second, second):
    """Precision, recall and F1 of both classes, by their definitions."""
    found = {}
    for label, right, size, other in (
        (0, right_first, first, second - right_second),
        (1, right_second, second, first - right_first),
    ):
        precision = right / (right + other) if right + other else 0.0
        recall = right / size
        found |= {("precision", label): precision, ("recall", label): recall}
        found["f1", label] = harmonic_mean(precision, recall)
    return found


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_the_scores_of_a_confusion_matrix_are_possible(data):
    first, second = data.draw(st.integers(1, 30)), data.draw(st.integers(1, 30))
    right_first, right_second = data.draw(st.integers(0, first)), data.draw(st.integers(0, second))
    found = scores_of(right_first, first, right_second, second)
    whole = {("accuracy", None): (right_first + right_second) / (first + second)}
    whole |= {(f"macro_{name}", None): (found[name, 0] + found[name, 1]) / 2 for name in ("precision", "recall", "f1")}
    of_one = {(name, None): value for (name, label), value in found.items() if label == 1}
    for scores in (found | whole, of_one | whole):
        assert two_classes_give((first, second), {name: near(value) for name, value in scores.items()})


@pytest.mark.parametrize(
    ("supports", "scores"),
    [
        ((50, 50), {("accuracy", None): near(0.90), ("macro_f1", None): near(0.80)}),
        ((90, 10), {("accuracy", None): near(0.90), ("balanced_accuracy", None): near(0.99)}),
        ((10, 10), {("recall", 0): near(0.55)}),
        ((10, 10), {("precision", None): near(0.3), ("recall", None): near(0.3), ("f1", None): near(0.45)}),
    ],
)
def test_what_no_counts_give_is_found(supports, scores):
    assert not two_classes_give(supports, scores)


def test_too_many_matrices_and_unknown_scores_are_refused():
    with pytest.raises(ValueError, match="too many"):
        two_classes_give((10_000, 10_000), {})
    with pytest.raises(ValueError, match="bleu is no score"):
        two_classes_give((1, 1), {("bleu", None): near(0.5)})


def test_the_range_of_macro_recalls():
    assert macro_recalls((90, 10), 90) == pytest.approx((0.5, (1 + 80 / 90) / 2))
    assert macro_recalls((5, 5, 5), 15) == (1, 1)
    with pytest.raises(ValueError, match="right answers"):
        macro_recalls((5, 5), 11)


def test_a_weighted_mean_of_bounds():
    assert weighted_mean([Bounds(0, 1), Bounds(1, 2)], [1, 3]) == (0.75, 1.75)
    with pytest.raises(ValueError, match="nothing"):
        weighted_mean([Bounds(0, 1)], [0])
