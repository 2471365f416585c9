"""The best spans against a search through all of them, and the threshold against a search through all thresholds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.answering.extractive import rank_spans
from experiments.answering.reading import ALWAYS, NEVER, Candidate, choose_threshold
from experiments.answering.reading import given as given_answers
from experiments.answering.windows import Window
from experiments.metrics.squad import Question, official_figures, score_question, score_questions

CONTEXT = "a bc def g hi jkl m"
OFFSETS = ((0, 1), (2, 4), (5, 8), (9, 10), (11, 13), (14, 17), (18, 19))
logits = st.integers(-8, 8)


def window(first: int, last: int) -> Window:
    """A question of two tokens, then the words from `first` to `last` of the paragraph."""
    offsets = OFFSETS[first:last]
    return Window((1,) * (len(offsets) + 4), None, 0, 3, offsets)


@st.composite
def windows_with_logits(draw):
    parts = [window(0, 4), window(2, 6), window(5, 7)]
    return [
        (
            part,
            *(
                np.array(draw(st.lists(logits, min_size=len(part.ids), max_size=len(part.ids))), dtype=np.float32)
                for _ in range(2)
            ),
        )
        for part in parts
    ]


@given(windows_with_logits(), st.integers(1, 4), st.integers(1, 60))
def test_the_best_spans_are_those_of_a_full_search(windows, longest, best):
    scores: dict[tuple[int, int], float] = {}
    for part, starts, ends in windows:
        for i, (start, _) in enumerate(part.offsets):
            for j, (_, end) in enumerate(part.offsets):
                if i <= j < i + longest:
                    score = float(starts[3 + i] + ends[3 + j])
                    scores[start, end] = max(score, scores.get((start, end), -np.inf))
    found = rank_spans(windows, CONTEXT, best, longest)
    assert found.null == min(float(starts[0] + ends[0]) for _, starts, ends in windows)
    expected = sorted(scores.values(), reverse=True)[: len(found.spans)]
    assert [span.score for span in found.spans] == expected
    assert all(scores[span.start, span.end] == span.score for span in found.spans)
    assert found.spans[0].score == max(scores.values())
    assert len(found.spans) <= best


def test_spans_without_a_visible_character_do_not_count():
    blank = Window((1, 1, 1), None, 0, 1, ((0, 0),))
    assert rank_spans([(blank, np.zeros(3), np.zeros(3))], " ", 5, 5).spans == ()


def test_a_window_without_a_word_of_the_paragraph():
    empty = Window((1, 1), None, 0, 1, ())
    assert rank_spans([(empty, np.ones(2), np.ones(2))], "", 5, 5) == ((), 2.0)


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
        return official_figures(score_questions(questions, given_answers(candidates, threshold)))["f1"]

    chosen = chosen_for(questions, candidates)
    assert chosen.f1 == pytest.approx(f1(chosen.value))
    assert chosen.always_f1 == pytest.approx(f1(ALWAYS))
    assert chosen.never_f1 == pytest.approx(f1(NEVER))
    every = {threshold: f1(threshold) for threshold in (*np.arange(-4.5, 4), NEVER)}
    assert chosen.f1 == pytest.approx(max(every.values()))
    as_good = [threshold for threshold, value in every.items() if value > chosen.f1 - 1e-9]
    answered = [sum(map(bool, given_answers(candidates, threshold).values())) for threshold in (*as_good, chosen.value)]
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
