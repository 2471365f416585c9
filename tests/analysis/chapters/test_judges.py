"""Sentences on judges follow their agreement with labels first, then their marks."""

import pytest

from analysis.chapters.early_exit import judge_sentences as sentences
from analysis.chapters.early_exit import judges
from analysis.this_report.reported import judged_panel
from analysis.this_report.sentences import describe_judge_of_s4
from tests.analysis.chapters import exit_tables
from tests.analysis.chapters.conftest import plain, shown

FLAT = {1: (0.2, 0.1, 0.3), 5: (0.2, 0.1, 0.3)}
RISING = {1: (0.2, 0.1, 0.3), 5: (0.6, 0.5, 0.7)}
AGREES, OPEN = (0.5, 0.3, 0.7), (0.1, -0.1, 0.3)
ORDER = ["10%", "0%", "60%", "40%"]


def test_a_judge_reads_as_in_a_paper(judging, freeze):
    exit_tables.judge(freeze, FLAT, AGREES)
    assert plain(sentences.describe_agreement(judging)) == (
        "- Judge small agrees with our labels significantly better than chance, with a kappa of 0.50 (95% CI 0.30 to "
        "0.70); 62% of 50 examples are marked as labelled. Its verdict changes with the order on 10% of them, and is "
        "unparsed in one order or both on 0%. Each order by itself, it accepts 60% with the answer first and 40% with "
        "the reference first."
    )


@pytest.mark.parametrize(
    ("kappa", "unparsed", "word", "values"),
    [
        (AGREES, 0, "better than chance", ["0.50", "0.30 to 0.70"]),
        (OPEN, 0, "does not differ significantly", ["0.10", "−0.10 to 0.30"]),
        ((-0.5, -0.7, -0.3), 0, "less than chance", ["−0.50", "−0.70 to −0.30"]),
        ((None, None, None), 0, "marks the examples alike", []),
        ((0.0, 0.0, 0.0), 0, "marks the examples alike", []),
        ((0.0, 0.0, 0.0), 50, "no verdict", []),
    ],
)
def test_agreement_is_compared_with_chance(judging, freeze, kappa, unparsed, word, values):
    exit_tables.judge(freeze, FLAT, kappa, unparsed=unparsed)
    sentence = sentences.describe_agreement(judging)
    assert word in sentence
    assert shown(sentence) == ["small", *values, "62%", "50", *(ORDER if unparsed < 50 else [])]


def test_a_judge_without_order_has_none_in_its_sentence(judging, freeze):
    exit_tables.judge(freeze, FLAT, AGREES, order=False)
    assert shown(sentences.describe_agreement(judging)) == ["small", "0.50", "0.30 to 0.70", "62%", "50"]


@pytest.mark.parametrize(
    ("marked", "values"),
    [
        ({1: (0.0, 0.0, 0.1), 5: (0.0, 0.0, 0.1)}, []),
        (FLAT, ["20.0%", "0.0%", "10.0%", "4"]),
        (RISING, ["20.0%", "60.0%", "0.0%", "10.0%", "2", "4"]),
    ],
)
def test_accepted_shares_are_compared_with_trivial_answers(judging, freeze, marked, values):
    exit_tables.judge(freeze, marked)
    assert shown(sentences.describe_accepted_shares(judging)) == ["small", *values]


@pytest.mark.parametrize(
    ("marked", "values"),
    [(FLAT, ["2"]), (RISING, ["2", "2", "small"]), ({1: RISING[5], 5: RISING[1]}, ["2"])],
)
def test_depth_counts_where_intervals_do_not_overlap(judging, freeze, marked, values):
    exit_tables.judge(freeze, marked)
    assert shown(sentences.describe_effect_of_depth(judging)) == values


@pytest.mark.parametrize(("kappa", "warned"), [(OPEN, True), (AGREES, False)])
def test_a_rise_by_an_unproven_judge_is_marked(judging, freeze, kappa, warned):
    exit_tables.judge(freeze, RISING, kappa)
    assert ("no evidence" in sentences.describe_effect_of_depth(judging)) is warned


@pytest.mark.parametrize(
    ("kappa", "values", "why"),
    [
        (AGREES, ["small", "3", "23", "7", "27"], ""),
        (OPEN, ["small"], "is not significantly better"),
        ((None, None, None), ["small"], "no kappa"),
    ],
)
def test_errors_are_shown_of_judges_that_agree(judging, freeze, kappa, values, why):
    exit_tables.judge(freeze, FLAT, kappa)
    assert shown(sentences.describe_limits(judging)) == values
    assert why in sentences.describe_limits(judging)


@pytest.mark.parametrize(
    ("kappa", "values"), [(AGREES, ["1", "1", "small"]), (OPEN, ["1"]), ((None, None, None), ["1"])]
)
def test_the_first_page_counts_the_judges_that_agree(judging, freeze, kappa, values):
    exit_tables.judge(freeze, FLAT, kappa)
    assert shown(sentences.summarise(judging)) == values


def test_the_judge_of_s4_stands_apart_as_reported(page, judging, freeze, published):
    exit_tables.judge(freeze, FLAT)
    assert [panel.reported for panel in (*judges.panels_of(judging), judged_panel(page))] == [False, True]
    assert [point.y.data for point in judged_panel(page).curves[0].points] == [0, 0, 0, 30]
    assert shown(describe_judge_of_s4(page)) == ["0", "8", "0", "16", "0", "24", "30%", "32"]


@pytest.mark.parametrize(
    ("cost", "values"),
    [
        (None, []),
        ({"money": 1.234, "currency": "EUR"}, ["small", "12", "judge.example", "2", "1.23", "EUR"]),
        ({}, ["small", "12", "judge.example", "2"]),
        ({"uncounted": 3}, ["small", "12", "judge.example", "2", "3"]),
    ],
)
def test_prices_are_shown_as_far_as_they_are_known(page, judging, freeze, cost, values):
    asked = {} if cost is None else {"host": "judge.example", "calls": 12, "retries": 2, **cost}
    exit_tables.judge(freeze, FLAT, cost=asked)
    assert shown(sentences.describe_prices(page, [judging])) == values
