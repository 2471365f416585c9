"""From scores to predictions."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.scoring.decision import TIE, decide

scores = st.lists(st.floats(-1e4, 0), min_size=1, max_size=6)


@given(scores)
def test_probabilities_are_a_distribution_that_keeps_the_order(values):
    decision = decide(values)
    assert sum(decision.probabilities) == pytest.approx(1)
    assert max(values) - values[decision.choice] < TIE
    ranked = sorted(range(len(values)), key=values.__getitem__)
    assert [decision.probabilities[place] for place in ranked] == sorted(decision.probabilities)


@given(scores, st.floats(-1e4, 1e4))
def test_a_constant_on_all_scores_changes_no_probability(values, constant):
    moved = decide([value + constant for value in values])
    assert moved.probabilities == pytest.approx(decide(values).probabilities, abs=1e-6)


def test_probabilities_of_log_likelihoods_are_their_shares():
    assert decide([math.log(0.3), math.log(0.1)]).probabilities == pytest.approx((0.75, 0.25))
    assert decide([0.5, 0.4], scale=20).probabilities == pytest.approx((1 / (1 + math.exp(-2)), 1 / (1 + math.exp(2))))


def test_ties_are_counted_and_go_to_the_first_label():
    decision = decide([-2.0, -1.0, -1.0 + TIE / 2, -1.1])
    assert (decision.choice, decision.tied, decision.is_tie) == (1, 2, True)
    assert not decide([-1.0, -2.0]).is_tie
    assert decide([-math.inf, -math.inf]).probabilities == (0.5, 0.5)


@pytest.mark.parametrize("values", [[], [0.0, math.nan]])
def test_no_decision_without_numbers(values):
    with pytest.raises(ValueError, match="scores"):
        decide(values)
