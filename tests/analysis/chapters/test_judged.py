"""Judges are told by their agreement with labels first, and their marks against floors."""

import shutil

import pytest

from analysis.chapters.early_exit import judge_sentences as judged_sentences
from analysis.chapters.early_exit import judges as judged
from tests.analysis.chapters import exit_tables
from tests.analysis.chapters.conftest import plain
from tests.analysis.reported import FROZEN

FLAT = {1: (0.2, 0.1, 0.3), 5: (0.2, 0.1, 0.3)}


@pytest.mark.parametrize(
    ("kappa", "unparsed", "said"),
    [
        ((0.5, 0.3, 0.7), 0, "small agrees with our labels beyond chance, with a kappa of 0.50 (0.30 to 0.70)"),
        ((0.1, -0.1, 0.3), 0, "small cannot be told from guessing, with a kappa of 0.10 (−0.10 to 0.30)"),
        ((-0.5, -0.7, -0.3), 0, "small agrees with our labels less than chance would"),
        ((None, None, None), 0, "small marks all examples alike, so that it agrees with nothing but chance"),
        ((0.0, 0.0, 0.0), 50, "small gives no verdict that can be read"),
    ],
)
def test_a_judge_is_told_by_its_agreement(page, freeze, kappa, unparsed, said):
    exit_tables.judge(freeze, FLAT, kappa, unparsed=unparsed)
    told = plain(judged_sentences.agreement(page)).replace("*", "")
    assert said in told
    orders = "it says right of 60% with the answer first and of 40% with the reference first."
    assert (orders in told) is (unparsed < 50)


def test_a_judge_without_order_is_not_told_to_have_one(page, freeze):
    exit_tables.judge(freeze, FLAT, order=False)
    assert "order" not in plain(judged_sentences.agreement(page))


@pytest.mark.parametrize(
    ("marked", "said"),
    [
        ({1: (0.0, 0.0, 0.1), 5: (0.0, 0.0, 0.1)}, "small marks no answer of any exit right."),
        (FLAT, "no exit is surely above both."),
        ({1: (0.2, 0.1, 0.3), 5: (0.6, 0.5, 0.7)}, "2 of 4 exits are surely above both."),
    ],
)
def test_marks_are_held_against_what_nothing_and_the_prompt_get(page, freeze, marked, said):
    exit_tables.judge(freeze, marked)
    assert said in plain(judged_sentences.marks(page)).replace("*", "")


@pytest.mark.parametrize(
    ("marked", "said"),
    [
        (FLAT, "In none of 2 cases"),
        ({1: (0.2, 0.1, 0.3), 5: (0.6, 0.5, 0.7)}, "In 2 of 2 cases"),
        ({1: (0.6, 0.5, 0.7), 5: (0.2, 0.1, 0.3)}, "In none of 2 cases"),
    ],
)
def test_depth_counts_where_intervals_stand_apart(page, freeze, marked, said):
    exit_tables.judge(freeze, marked)
    assert plain(judged_sentences.depth(page)).startswith(said)


@pytest.mark.parametrize(("kappa", "warned"), [((0.1, -0.1, 0.3), True), ((0.5, 0.3, 0.7), False)])
def test_a_rise_that_rests_on_an_unproven_judge_says_so(page, freeze, kappa, warned):
    exit_tables.judge(freeze, {1: (0.0, 0.0, 0.1), 5: (0.3, 0.2, 0.4)}, kappa)
    assert ("small, which is not shown to agree with our labels." in plain(judged_sentences.depth(page))) is warned


@pytest.mark.parametrize(
    ("kappa", "said"),
    [
        ((0.5, 0.3, 0.7), "small does not accept 3 of 23 right answers, and accepts 7 of 27 wrong ones."),
        ((0.1, -0.1, 0.3), "The marks of small are no evidence about answers, since it is not shown to agree with our"),
    ],
)
def test_what_a_judge_cannot_say_follows_its_agreement(page, freeze, kappa, said):
    exit_tables.judge(freeze, FLAT, kappa)
    assert plain(judged_sentences.limits(page)).replace("*", "").startswith(said)


def test_s4s_judge_stands_apart_as_reported(page, freeze):
    exit_tables.judge(freeze, FLAT)
    shutil.copytree(FROZEN / "published-s4", page._project / "experiments" / "frozen" / "published-s4")
    assert [panel.reported for panel in judged.panels_of(page)] == [False, True]
    assert [point.y.data for point in judged.panels_of(page)[-1].curves[0].points] == [0, 0, 0, 30]
    assert "0 at layer 8^(r), 0 at layer 16^(r), 0 at layer 24^(r) and 30% at layer 32^(r)." in plain(
        judged_sentences.s4(page)
    )


@pytest.mark.parametrize(
    ("kappa", "said"),
    [
        ((0.5, 0.3, 0.7), "Of 1 judge of these answers, 1 agrees with our own labels beyond chance: small."),
        ((0.1, -0.1, 0.3), "Of 1 judge of these answers, 0 agree with our own labels beyond chance."),
    ],
)
def test_the_first_page_counts_the_judges_to_believe(page, freeze, kappa, said):
    exit_tables.judge(freeze, FLAT, kappa)
    assert plain(judged_sentences.in_short(page)) == said


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        ({}, "All judges ran on this machine, so none of them cost money."),
        ({"money": 1.234, "currency": "EUR"}, "small asked judge.example 12 times, 2 of them again, for 1.23 EUR."),
        ({}, "for a sum that is not known, as the study has no prices."),
        ({"uncounted": 3}, "for a sum that is not known, as 3 answers do not say how many tokens they took."),
    ],
)
def test_what_judges_cost_is_told_as_far_as_it_is_known(page, freeze, cost, said):
    there = {"host": "judge.example", "calls": 12, "retries": 2} if "machine" not in said else {}
    exit_tables.judge(freeze, FLAT, cost={**there, **cost})
    assert plain(judged_sentences.money(page)).replace("*", "").endswith(said)
