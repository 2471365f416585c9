"""Sentences on answers follow the scores: compared with always abstaining, and before with after."""

import pytest

from analysis.chapters.question_answering import scores as answers
from analysis.chapters.question_answering import sentences
from analysis.this_report.sentences import compare_answers_with_s1
from tests.analysis.chapters.conftest import CLEAR, UNCLEAR, plain, shown

ABSTAINS = {"abstention": 100.0}
HIGHER, LOWER, NEITHER = "is higher than", "is lower than", "cannot be told from"


@pytest.fixture
def scores(freeze):
    """A function that freezes scores of a generating model with this F1, interval and baseline, by group and stage."""

    def freeze_scores(f1, low, high, baseline=50.0, quantities=("exact", "f1", "abstention"), group="all", **more):
        rows = [
            {
                "approach": "generative",
                "run": "all",
                "stage": stage,
                "policy": policy,
                "quantity": quantity,
                "group": group,
                "score": f"{quantity}[{group}]",
                "value": f1 + shift,
                "low": low + shift,
                "high": high + shift,
                "baseline": baseline,
                "n": 80,
                "seeds": 3,
            }
            for stage in ("zero-shot", "fine-tuned")
            for shift in [more.get(stage.replace("-", "_"), 0.0)]
            for policy in ("threshold", "always-answer")
            for quantity in quantities
        ]
        freeze("squad-lora/scores", rows)

    return freeze_scores


@pytest.mark.parametrize(
    ("f1", "low", "high", "word"), [(70, 60, 80, HIGHER), (30, 20, 40, LOWER), (55, 45, 65, NEITHER)]
)
def test_a_model_is_compared_with_always_abstaining(questions, scores, f1, low, high, word):
    scores(f1, low, high)
    sentence = sentences.compare_with_abstaining(questions)
    assert [each for each in (HIGHER, LOWER, NEITHER) if each in sentence] == [word]
    assert shown(sentence) == [f"{f1}.0", f"{f1}.0", f"{low}.0 to {high}.0", "50.0"]


def test_a_model_that_always_abstains_scores_the_baseline(questions, scores):
    scores(100, 90, 100, baseline=45)
    assert shown(sentences.compare_with_abstaining(questions)) == ["45.0"]


@pytest.mark.parametrize(("scores", "counts"), [((60, 40), ["1", "2"]), ((40, 30), ["2"])])
def test_thresholds_are_held_against_always_abstaining(questions, freeze, scores, counts):
    rows = [
        {"approach": "generative", "run": f"seed-{seed}", "validation_f1": float(f1), "validation_f1_never": 50.0}
        for seed, f1 in enumerate(scores)
    ]
    freeze("squad-lora/thresholds", rows)
    assert shown(sentences.describe_benefit_of_thresholds(questions)) == counts


@pytest.mark.parametrize(("low", "above"), [(60, True), (40, False)])
def test_the_first_page_names_what_lies_above_the_baseline(questions, scores, low, above):
    scores(70, low, 80)
    sentence = sentences.summarise(questions)
    assert shown(sentence) == ["70.0", "50.0"]
    assert plain(sentence).endswith("above this baseline for generation.") is above


@pytest.fixture
def changes(freeze, questions, scores):
    """A function: the sentence on exact match and F1 that change by this difference with this p-value."""

    def describe(difference, p, n=80, paragraphs=9):
        scores(50, 40, 60)
        common = {"approach": "generative", "run": "all", "policy": "threshold", "n": n, "paragraphs": paragraphs}
        spread = bool(difference)
        rows = [
            {
                **common,
                "quantity": quantity,
                "difference": difference,
                "low": difference - spread,
                "high": difference + spread,
                "p_holm": p,
            }
            for quantity in ("exact", "f1")
        ]
        freeze("squad-lora/tests", rows)
        return sentences.describe_changes(questions)

    return describe


def test_a_rise_reads_as_in_a_paper(changes):
    assert plain(changes(5, 0.012)) == (
        "- With generation, exact match rises significantly from 50.0 to 50.0 (95% CI of the difference +4.0 to +6.0, "
        "p = 0.012) and F1 rises significantly from 50.0 to 50.0 (95% CI of the difference +4.0 to +6.0, p = 0.012), "
        "averaged over 3 seeds and evaluated on 80 questions about 9 paragraphs."
    )


def test_a_single_question_is_one(changes):
    assert plain(changes(5, 0.012, n=1, paragraphs=1)).endswith("evaluated on 1 question about 1 paragraph.")


@pytest.mark.parametrize(
    ("difference", "p", "word"),
    [(5, CLEAR, "rises"), (-5, CLEAR, "falls"), (5, UNCLEAR, "not significant"), (0, 1.0, "stays")],
)
def test_a_change_follows_its_test(changes, difference, p, word):
    sentence = changes(difference, p)
    assert [each for each in ("rises", "falls", "not significant", "stays") if each in sentence] == [word]
    assert (f"p = {p:.3f}" in shown(sentence)) is bool(difference)


@pytest.mark.parametrize(
    ("unparsed", "declined", "said"), [(0, 0, ["90", "3"]), (0, 2, ["90", "2", "3"]), (4, 2, ["90", "4", "2", "3"])]
)
def test_generated_texts_that_all_contain_an_answer_are_no_zero(questions, freeze, unparsed, declined, said):
    row = {"approach": "generative", "run": "seed-0", "stage": "zero-shot", "n": 90, "unfinished": 3}
    freeze("squad-lora/thresholds", [{**row, "unparsed": unparsed, "declined": declined}])
    assert shown(sentences.describe_generated_texts(questions)) == said


def test_f1_without_an_answer_is_not_drawn_twice(questions, scores):
    scores(50, 40, 60)
    assert [pair.name for pair in answers.measured_pairs(questions)] == ["exact match, overall", "F1, overall"]


@pytest.mark.parametrize(("after", "word"), [(30, "rises"), (-30, "falls"), (5, "does not clearly change")])
def test_candidates_change_where_intervals_do_not_overlap(questions, scores, published, after, word):
    scores(50, 40, 60, quantities=("exact", "bleu"), group="has-answer", fine_tuned=after)
    sentence = sentences.describe_directions(questions)
    assert [sentence.count(each) for each in ("rises", "falls", "does not clearly change") if each in sentence] == [2]
    assert word in sentence
    assert shown(compare_answers_with_s1(questions)) == ["26.27", "4.97"]


def test_f1_is_told_by_whether_there_is_an_answer(questions, freeze):
    values = {("has-answer", "zero-shot"): 8, ("has-answer", "fine-tuned"): 31}
    values |= {("no-answer", "zero-shot"): 12, ("no-answer", "fine-tuned"): 64}
    common = {"approach": "generative", "run": "all", "policy": "threshold", "quantity": "f1"}
    rows = [
        {**common, "stage": stage, "group": group, "score": f"f1[{group}]", "value": float(value)}
        for (group, stage), value in values.items()
    ]
    freeze("squad-lora/scores", rows)
    assert shown(sentences.compare_groups(questions)) == ["8.0", "31.0", "12.0", "64.0"]


def test_groups_are_not_compared_where_there_is_one(questions, scores):
    scores(50, 40, 60)
    assert sentences.compare_groups(questions) == ""
