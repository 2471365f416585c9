"""The threshold against a search through all thresholds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.answering.reading import ALWAYS, NEVER, Candidate, choose_threshold, give_answers
from experiments.metrics.squad import Question, official_figures, score_question, score_questions

questions_with_candidates = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.one_of(st.none(), st.integers(-3, 3))), min_size=1, max_size=12
).map(
    lambda rows: (
        [Question(f"q{n}", "p", ("fox",) if answerable else ()) for n, (answerable, _, _) in enumerate(rows)],
        [
            Candidate(f"q{n}", "" if margin is None else "fox" if right else "hen", margin)
            for n, (_, right, margin) in enumerate(rows)
        ],
    )
)


def chosen_for(questions, candidates):
    """The threshold for these questions, their answers scored by the official rule."""
    answering = [score_question(q, c.answer(ALWAYS)).f1 for q, c in zip(questions, candidates, strict=True)]
    abstaining = [score_question(question, "").f1 for question in questions]
    return choose_threshold([candidate.margin for candidate in candidates], answering, abstaining)


@given(questions_with_candidates)
def test_no_threshold_is_better_than_the_one_chosen(drawn):
    questions, candidates = drawn

    def f1(threshold: float) -> float:
        return official_figures(score_questions(questions, give_answers(candidates, threshold)))["f1"]

    chosen = chosen_for(questions, candidates)
    assert chosen.f1 == pytest.approx(f1(chosen.value))
    assert chosen.always_f1 == pytest.approx(f1(ALWAYS))
    assert chosen.never_f1 == pytest.approx(f1(NEVER))
    every = {threshold: f1(threshold) for threshold in (*np.arange(-4.5, 4), NEVER)}
    assert chosen.f1 == pytest.approx(max(every.values()))
    as_good = [threshold for threshold, value in every.items() if value > chosen.f1 - 1e-9]
    answered = [sum(map(bool, give_answers(candidates, threshold).values())) for threshold in (*as_good, chosen.value)]
    assert min(answered) == answered[-1], "a higher threshold does as well"


def test_an_answer_must_be_worth_giving():
    """As in the official script: where silence does as well, silence."""
    asked = [Question("q", "p", ("fox",)), Question("r", "p", ())]
    wrong = [Candidate("q", "hen", 2.0), Candidate("r", "hen", 1.0)]
    right = [Candidate("q", "fox", 2.0), Candidate("r", "hen", 1.0)]
    assert (chosen_for(asked, wrong).value, chosen_for(asked, right).value) == (NEVER, 1.0)
    assert chosen_for(asked[:1], right[:1]).value == ALWAYS


def test_a_threshold_needs_questions():
    with pytest.raises(ValueError, match="needs questions"):
        choose_threshold([], [], [])
