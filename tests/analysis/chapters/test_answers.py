"""Sentences on answers follow the scores: against silence, and before against after."""

import pytest

from analysis.chapters.question_answering import scores as answers
from analysis.chapters.question_answering import sentences as answer_sentences
from tests.analysis.chapters.conftest import NUMBER, plain

TEXT = ("approach", "run", "stage", "policy", "score", "quantity", "group")


@pytest.fixture
def scores(freeze):
    """A function that freezes scores of a generating model with this F1, interval and baseline."""

    def freeze_scores(f1: float, low: float, high: float, silent: float = 50.0) -> None:
        rows = [
            {
                "approach": "generative",
                "run": "all",
                "stage": stage,
                "policy": policy,
                "quantity": quantity,
                "group": "all",
                "score": f"{quantity}[all]",
                "value": f1,
                "low": low,
                "high": high,
                "baseline": silent,
                "n": 80,
                "seeds": 3,
            }
            for stage in ("zero-shot", "fine-tuned")
            for policy in ("threshold", "always-answer")
            for quantity in ("exact", "f1", "abstention")
        ]
        columns = {
            **dict.fromkeys(TEXT, "string"),
            **dict.fromkeys(("value", "low", "high", "baseline"), NUMBER),
            "n": "integer",
            "seeds": "integer",
        }
        freeze("squad-lora/scores", list(TEXT[:5]), columns, rows)

    return freeze_scores


@pytest.mark.parametrize(
    ("f1", "low", "high", "how"),
    [
        (70, 60, 80, "is surely better than saying nothing, which scores 50.0."),
        (30, 20, 40, "is surely worse than saying nothing, which scores 50.0."),
        (55, 45, 65, "cannot be told from saying nothing, which scores 50.0."),
    ],
)
def test_a_model_is_held_against_silence(page, scores, f1, low, high, how):
    scores(f1, low, high)
    assert plain(answer_sentences.against_silence(page)).endswith(how)


def test_a_model_that_never_answers_is_told_as_silent(page, scores):
    scores(100, 90, 100, silent=45)
    assert plain(answer_sentences.against_silence(page)).endswith("and scores what silence scores, 45.0.")


@pytest.mark.parametrize(
    ("difference", "p", "how"),
    [(5, 0.01, "exact match rises from"), (-5, 0.01, "exact match falls from"), (5, 0.2, "which may be chance")],
)
def test_rise_fall_and_chance(page, scores, freeze, difference, p, how):
    scores(50, 40, 60)
    rows = [
        {
            "approach": "generative",
            "run": "all",
            "policy": "threshold",
            "quantity": quantity,
            "n": 80,
            "paragraphs": 9,
            "difference": difference,
            "low": difference - 1,
            "high": difference + 1,
            "p_holm": p,
        }
        for quantity in ("exact", "f1")
    ]
    columns = {
        **dict.fromkeys(("approach", "run", "policy", "quantity"), "string"),
        "n": "integer",
        "paragraphs": "integer",
        **dict.fromkeys(("difference", "low", "high", "p_holm"), NUMBER),
    }
    freeze("squad-lora/tests", ["approach", "run", "policy", "quantity"], columns, rows)
    told = plain(answer_sentences.changes(page))
    assert how in told
    assert "in the mean of 3 seeds over 80 questions about 9 paragraphs." in told


def test_f1_without_an_answer_is_not_drawn_twice(page, freeze, scores):
    scores(50, 40, 60)
    assert [pair.name for pair in answers.measured_pairs(page)] == ["exact match, all", "F1, all"]
