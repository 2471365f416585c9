"""The answers that chapters open with, and the discussion, follow the tests of all studies."""

import pytest

from analysis.audit import audit
from analysis.chapters import openings
from analysis.chapters.common import Classifier, Study
from analysis.chapters.discussion import show as discussion
from analysis.claims import evaluate
from analysis.facts import Markdown
from analysis.this_report.trials import try_on_ours
from tests.analysis.chapters.conftest import CLEAR, UNCLEAR, plain, shown
from tests.analysis.chapters.probe_tables import Probes


@pytest.fixture
def studies(page, classifier, study) -> list[Classifier]:
    """Two comparisons of one study with a gain."""
    study("zero-shot", (0.5, 0.7), (0.2, CLEAR), [(0.2, CLEAR), (0.2, UNCLEAR)])
    return [classifier, Classifier(page, "sst2-lora", "Study B", "study B")]


def test_a_start_reads_as_in_a_paper(page, classifier, study):
    study("zero-shot", (0.5, 0.7), (0.2, CLEAR), [])
    assert plain(discussion.compare_zero_shot_with_majority(page, [classifier])) == (
        "Before fine-tuning, the zero-shot accuracy lies above the majority baseline, with its whole interval, in 0 of "
        "1 comparison."
    )


def test_the_answer_counts_outcomes_and_names_the_largest_gain(page, studies):
    answer = openings.answer_on_accuracy(page, studies)
    assert "significantly raises accuracy in" in answer
    assert "lowers" not in answer
    assert shown(answer) == ["2", "2", "20.0", "50.0%", "70.0%"]
    assert plain(answer).endswith("(study A).")


def test_one_study_is_described_by_itself_and_none_by_nothing(page, studies):
    assert shown(openings.answer_on_accuracy(page, studies[:1]))[:2] == ["50.0%", "70.0%"]
    assert openings.answer_on_accuracy(page, []) == ""


def test_a_loss_and_an_open_difference_are_counted_too(page, classifier, study):
    study("zero-shot", (0.5, 0.4), (-0.1, CLEAR), [])
    both = [classifier, classifier]
    assert "lowers accuracy in" in openings.answer_on_accuracy(page, both)
    assert shown(openings.answer_on_accuracy(page, both)) == ["2", "2"]


def test_seeds_that_decide_otherwise_are_named(page, studies):
    assert shown(discussion.list_disagreeing_seeds(page, studies[:1])) == ["1", "1"]
    assert "(study A)" in plain(discussion.list_disagreeing_seeds(page, studies[:1]))


def test_the_answers_of_several_studies_name_them(page):
    one, other = Study(page, "a", "Study A"), Study(page, "b", "Study B")
    told = openings.answer_for_each([one, other], lambda study: Markdown(f"It is {study.name}."))
    assert [line for line in told.splitlines() if line] == [
        "**Answer, Study A.** It is a.",
        "**Answer, Study B.** It is b.",
    ]
    assert openings.answer_for_each([one], lambda study: Markdown("It is.")) == "**Answer.** It is.\n"


def test_seeds_that_agree_are_said_to(page, classifier, study):
    study("zero-shot", (0.5, 0.7), (0.2, CLEAR), [(0.2, CLEAR)])
    assert shown(discussion.list_disagreeing_seeds(page, [classifier])) == []


@pytest.mark.parametrize(("start", "counts"), [("zero-shot", ["0", "1"]), ("untrained-head", [])])
def test_zero_shot_alone_is_compared_with_the_majority(page, classifier, study, start, counts):
    study(start, (0.5, 0.7), (0.2, CLEAR), [])
    assert shown(discussion.compare_zero_shot_with_majority(page, [classifier])) == counts


def test_the_best_layer_is_looked_for_in_each_curve(probing, freeze):
    Probes(scores={("small", "mean", "certificate", 2): 0.7, ("small", "mean", "rating", 1): 0.7}).freeze(freeze)
    assert shown(discussion.locate_best_layers(probing)) == ["1", "4", "0", "4"]
    *_, first, second, third, last = discussion.count_anomalies(probing).splitlines()
    assert "0 of 24 tests" in plain(first)
    assert all(item.startswith("- ") for item in (first, second, third, last))


def test_gains_stand_in_a_figure(page, studies):
    assert "{#fig-gains}" in discussion.show_gains(page, studies)
    assert discussion.show_gains(page, []) == ""


def test_every_source_has_its_claims_and_doubts(page, published, counts):
    verdicts, findings = evaluate(page), audit(page)
    told = plain(discussion.describe_each_source(page, verdicts, findings, [])).replace("\\", "")
    items = told.splitlines()
    assert [item[2:4] for item in items] == ["S0", "S1", "S2", "S3", "S4"]
    for verdict in verdicts:
        here = next(item for item in items if item[2:4].lower() == verdict.source)
        assert (str(verdict.statement.data).rstrip(".") in here) is (verdict.outcome != "unverifiable")


def test_trials_on_our_models_are_counted_with_their_source(page, published, counts, freeze):
    Probes().freeze(freeze)
    tried = try_on_ours(page.table, "s0")
    told = discussion.describe_each_source(page, evaluate(page, "s0"), [], tried)
    *outcomes, whole = [int(each) for each in shown(told)[-4:]]
    assert sum(outcomes) == whole == sum(len(each.trials) for each in tried)
