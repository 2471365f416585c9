"""Sentences on zero-shot and fine-tuned follow the tests, whatever these say."""

import pytest

from analysis.chapters.common import CLASSIFIERS, Classifier, interval, p_value
from analysis.chapters.zero_shot import accuracy as zero_shot
from analysis.chapters.zero_shot.rankings import ways, ways_differ
from analysis.facts import open_chapter
from tests.analysis.chapters.conftest import NUMBER, plain

CLEAR, UNCLEAR = 0.001, 0.4


@pytest.mark.parametrize(
    ("pooled", "expected"),
    [
        (
            (0.2, CLEAR),
            "On SST-2 with LoRA, fine-tuning gains 20.0 points of accuracy against the zero-shot "
            "classifier: from 50.0% to 70.0% of 100 examples, in the mean of 3 seeds. The 95% interval of "
            "the difference reaches from +10.0 to +30.0 points (p = 0.001).",
        ),
        ((-0.2, CLEAR), "On SST-2 with LoRA, fine-tuning loses 20.0 points of accuracy against"),
        ((0.2, UNCLEAR), "On SST-2 with LoRA, fine-tuning changes the accuracy by +20.0 points, which may be chance,"),
        ((0.0, CLEAR), "On SST-2 with LoRA, fine-tuning changes the accuracy by +0.0 points, which may be chance,"),
    ],
)
def test_gain_loss_and_what_cannot_be_told(page, study, pooled, expected):
    study("sst2-lora", "zero-shot", (0.5, 0.7), pooled, [pooled] * 3)
    assert plain(zero_shot.change(Classifier(page, "sst2-lora"))).startswith(expected)


def test_seeds_that_disagree_are_counted(page, study):
    for name in CLASSIFIERS:
        study(name, "zero-shot", (0.5, 0.7), (0.2, CLEAR), [(0.2, CLEAR), (-0.2, CLEAR), (0.1, UNCLEAR)])
    counted = "Of the seeds by themselves, 1 gain, 1 lose and 1 cannot be told from chance."
    assert plain(zero_shot.changes(page)).count(counted) == len(CLASSIFIERS)


def test_seeds_that_agree_are_told_in_one(page, study):
    for name in CLASSIFIERS:
        study(name, "untrained-head", (0.5, 0.7), (0.2, CLEAR), [(0.2, CLEAR)] * 3)
    assert plain(zero_shot.changes(page)).count("Each seed by itself says the same.") == len(CLASSIFIERS)
    assert "against the untrained head" in plain(zero_shot.changes(page))


@pytest.mark.parametrize(
    ("high", "begins"),
    [(0.5, "Surely below the majority baseline are the zero-shot"), (0.9, "No stage of ours scores surely below")],
)
def test_a_score_surely_below_the_majority_raises_an_alarm(page, study, high, begins):
    for name in CLASSIFIERS:
        study(name, "zero-shot", (0.4, 0.45), (0.05, UNCLEAR), [(0.05, UNCLEAR)], high=high)
    assert plain(zero_shot.below_a_guess(page)).startswith(begins)


@pytest.mark.parametrize(
    ("before", "beside"),
    [
        (0.13, "13%^(r) that S1 calls zero-shot is less than always giving the same answer scores, whichever it is"),
        (0.45, "45%^(r) that S1 calls zero-shot is less than always naming the most frequent label scores, 60.0%^(r)"),
        (0.61, "61%^(r) that S1 calls zero-shot stands beside the 60.0%^(r) of always naming the most frequent"),
    ],
)
def test_the_zero_shot_score_of_s1_is_held_against_what_guessing_scores(page, freeze, before, beside):
    columns = {"figure": "string", "value": NUMBER}
    figures = [{"figure": "sst2-dev-positive", "value": 60.0}, {"figure": "sst2-dev-examples", "value": 100.0}]
    freeze("published-baselines/figures", ["figure"], columns, figures, kind="reported")
    s1 = [{"figure": "s1-sst2-accuracy-zero-shot", "value": before}]
    freeze("published-s1/figures", ["figure"], columns, s1, kind="reported")
    assert beside in plain(zero_shot.reported_pitfalls(page))


def test_p_values_and_intervals_read_well(page, study):
    study("sst2-lora", "zero-shot", (0.5, 0.7), (-0.05, 0.0001), [(0.2, 0.25)])
    pooled, seed = (page.table("sst2-lora/tests").at(run=run) for run in ("all", "seed-0"))
    assert p_value(pooled["p_holm"]).data.replace("\xa0", " ") == "p < 0.001"
    assert p_value(seed["p_holm"]).data.replace("\xa0", " ") == "p = 0.250"
    assert interval(pooled["low"], pooled["high"], "+.2f").data.replace("\xa0", " ") == "−0.15 to +0.05"


@pytest.mark.parametrize(
    ("pooled", "begins"),
    [
        ((0.2, CLEAR), "On SST-2 with LoRA, fine-tuning gains 20.0^(m) points of accuracy against the zero-shot"),
        ((-0.2, CLEAR), "On SST-2 with LoRA, fine-tuning loses 20.0^(m) points of accuracy"),
        ((0.2, UNCLEAR), "On SST-2 with LoRA, it cannot be told from chance whether fine-tuning does better than the"),
    ],
)
def test_the_first_page_says_it_in_short_and_marks_what_is_measured(book, study, pooled, begins):
    study("sst2-lora", "zero-shot", (0.5, 0.7), pooled, [pooled])
    told = zero_shot.change_in_short(Classifier(open_chapter("story"), "sst2-lora"))
    assert plain(told).startswith(begins)


def test_ways_of_ranking_are_named_and_generated_text_is_told_apart(page, study, freeze):
    for name in CLASSIFIERS:
        study(name, "zero-shot", (0.4, 0.45), (0.05, UNCLEAR), [(0.05, UNCLEAR)])
    stages = {
        "zero-shot": (0.5, 1, 0),
        "zero-shot-sum": (0.45, 0, 0),
        "zero-shot-per-character": (0.4, 0, 0),
        "zero-shot-calibrated": (0.6, 0, 0),
        "zero-shot-generated": (0.3, None, 7),
    }
    rows = [
        {"run": "all", "stage": stage, "score": "accuracy", "value": value, "ties": ties, "unparsed": unparsed, "n": 20}
        for stage, (value, ties, unparsed) in stages.items()
    ]
    columns = {
        **dict.fromkeys(("run", "stage", "score"), "string"),
        "value": NUMBER,
        "n": "integer",
        "ties": {"type": "integer", "nullable": True},
        "unparsed": "integer",
    }
    freeze("sst2-decoder/scores", ["run", "stage", "score"], columns, rows)
    names = ["mean per token (chosen)", "sum", "mean per character", "calibrated", "read out of generated text"]
    assert [way.name.data for way in ways(page)] == names
    assert plain(ways_differ(page)) == (
        "How the words are ranked moves the accuracy between 40.0% and 60.0%; 1 example tied. Read out of generated "
        "text, the label is right for 30.0%: 7 of 20 texts hold no label, and count as wrong."
    )
