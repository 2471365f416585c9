"""The official SQuAD scripts where they differ, worked out by hand from what they say."""

import json

import pytest

from experiments.metrics.squad import Question, score_questions
from experiments.metrics.squad_versions import apply_threshold, best_figures, find_rule, first_figures

QUESTIONS = [
    Question("a", "p1", ("the cat",)),
    Question("b", "p1", ("a", "an old dog")),  # "a" normalises to nothing
    Question("c", "p2", ()),
    Question("d", "p2", ()),
]
ANSWERS = {"a": "cat", "b": "old", "c": "", "d": "a bird"}
NO_ANSWER = {"a": 0.1, "b": 0.6, "c": 0.9, "d": 0.4}


def test_the_first_rule_scores_what_is_missing_as_zero_and_keeps_empty_gold_answers():
    figures = first_figures(QUESTIONS[:2], {"a": "cat"})
    assert figures == {"exact_match": 50.0, "f1": 50.0}
    # An answer without a word equals the gold answer "a", but has no word in common with it.
    assert first_figures(QUESTIONS[:2], {"a": "cat", "b": "the"}) == {"exact_match": 100.0, "f1": 50.0}
    # By v2.0 the gold answer "a" does not count at all.
    assert score_questions(QUESTIONS[1:2], {"b": "the"})[0].exact == 0
    with pytest.raises(ValueError, match="the question c has no answer"):
        first_figures(QUESTIONS, ANSWERS)


def test_above_the_threshold_a_question_counts_as_unanswered():
    scored = score_questions(QUESTIONS, ANSWERS)
    assert [one.exact for one in scored] == [1, 0, 1, 0]
    assert [one.exact for one in apply_threshold(scored, NO_ANSWER, 0.3)] == [1, 0, 1, 1]
    assert apply_threshold(scored, NO_ANSWER) == scored


def test_the_best_threshold_answers_the_likely_questions_alone():
    """Nothing answered: c and d are right, 2. Up to a: 3. Up to d: d is lost, 2. Up to b: F1 of b is 2/3, 2.67."""
    scored = score_questions(QUESTIONS, ANSWERS)
    figures = best_figures(scored, NO_ANSWER, ANSWERS)
    assert figures == {"best_exact": 75.0, "best_exact_thresh": 0.1, "best_f1": 75.0, "best_f1_thresh": 0.1}
    never = best_figures(scored, {**NO_ANSWER, "a": 0.95}, ANSWERS)
    assert never["best_exact"] == 50.0
    assert never["best_exact_thresh"] == 0.0


@pytest.mark.parametrize(
    ("version", "answers", "rule"),
    [("1.1", [["x"]], "1.1"), ("v2.0", [["x"]], "2.0"), (None, [["x"], []], "2.0"), (None, [["x"]], "1.1")],
)
def test_the_rule_is_that_of_the_data(tmp_path, version, answers, rule):
    asked = [{"id": str(i), "answers": [{"text": text} for text in texts]} for i, texts in enumerate(answers)]
    content = {"data": [{"paragraphs": [{"qas": asked}]}]} | ({"version": version} if version else {})
    path = tmp_path / "data.json"
    path.write_text(json.dumps(content), "utf-8")
    assert find_rule(path) == rule
