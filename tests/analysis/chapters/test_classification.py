"""Sentences on classifiers follow their tests and baselines."""

import pytest

from analysis.chapters.classification import accuracy
from analysis.chapters.classification.rankings import compare_rankings, rankings
from analysis.chapters.classification.show import show_splits
from analysis.chapters.common import Classifier
from analysis.this_report import sentences
from analysis.this_report.reported import accuracy_pairs
from tests.analysis.chapters.conftest import CLEAR, UNCLEAR, plain, shown

GAIN, LOSS, OPEN = "raises", "lowers", "not significant"


def test_a_gain_reads_as_in_a_paper(study, classifier):
    study("zero-shot", (0.5, 0.7), (0.2, 0.0001), [(0.2, CLEAR)] * 3)
    assert plain(accuracy.describe_change(classifier)) == (
        "On study A, fine-tuning significantly raises accuracy from 50.0% (zero-shot) to 70.0% (difference +20.0 "
        "points, 95% CI +10.0 to +30.0, p < 0.001), evaluated on 100 examples and averaged over 3 seeds."
    )


@pytest.mark.parametrize(
    ("pooled", "word"),
    [((0.2, CLEAR), GAIN), ((-0.2, CLEAR), LOSS), ((0.2, UNCLEAR), OPEN), ((0.0, 1.0), OPEN)],
)
def test_a_change_follows_its_test(study, classifier, pooled, word):
    study("zero-shot", (0.5, 0.7), pooled, [pooled] * 3)
    difference, p = pooled
    sentence = accuracy.describe_change(classifier)
    assert [each for each in (GAIN, LOSS, OPEN) if each in sentence] == [word]
    values = [f"{100 * (difference + step):+.1f}".replace("-", "−") for step in (0, -0.1, 0.1)]
    assert shown(sentence) == ["50.0%", "70.0%", values[0], " to ".join(values[1:]), f"p = {p:.3f}", "100", "3"]
    brief = accuracy.describe_change_briefly(classifier)
    assert [each for each in (GAIN, LOSS, OPEN) if each in brief] == [word]
    assert shown(brief)[:2] == ["50.0%", "70.0%"]
    assert shown(brief)[-1] == "55.0%"


@pytest.mark.parametrize(
    ("seeds", "counts"),
    [
        ([(0.2, CLEAR), (-0.2, CLEAR), (0.1, UNCLEAR)], ["1", "1", "1"]),
        ([(0.2, CLEAR), (0.2, CLEAR), (0.1, UNCLEAR)], ["2", "1"]),
        ([(0.1, UNCLEAR)] * 3, ["3"]),
        ([(0.2, CLEAR)] * 3, []),
    ],
)
def test_seeds_are_counted_where_they_disagree(study, classifier, seeds, counts):
    study("untrained-head", (0.5, 0.7), (0.2, CLEAR), seeds)
    assert shown(accuracy.describe_changes([classifier]))[len(shown(accuracy.describe_change(classifier))) :] == counts
    assert "(untrained head)" in plain(accuracy.describe_changes([classifier]))


@pytest.mark.parametrize(("high", "values"), [(0.5, ["40.0%", "55.0%", "45.0%", "55.0%"]), (0.9, [])])
def test_an_interval_below_the_majority_baseline_is_reported(page, study, classifier, high, values):
    study("zero-shot", (0.4, 0.45), (0.05, UNCLEAR), [(0.05, UNCLEAR)], high=high)
    assert shown(accuracy.compare_with_majority(page, [classifier])) == values


@pytest.mark.parametrize(("before", "values"), [(0.13, ["13%"]), (0.45, ["45%", "60.0%"]), (0.61, ["61%", "60.0%"])])
def test_a_zero_shot_score_of_a_source_is_compared_with_trivial_baselines(page, freeze, before, values):
    figures = [{"figure": "sst2-dev-positive", "value": 60.0}, {"figure": "sst2-dev-examples", "value": 100.0}]
    freeze("published-baselines/figures", figures)
    freeze("published-s1/figures", [{"figure": "s1-sst2-accuracy-zero-shot", "value": before}])
    assert shown(sentences.compare_with_majority(page)) == values


def test_the_pairs_of_the_sources_are_reported_with_intervals_where_n_is_printed(page, published):
    found = accuracy_pairs(page)
    assert {value.kind for pair in found for value in pair.values} == {"reported"}
    assert {pair.name[:2] for pair in found if pair.before.low is not None} == {"S2"}


def test_rankings_are_named_and_parsed_labels_stand_apart(page, freeze, classifier):
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
    freeze("sst2-lora/scores", rows)
    found = rankings([classifier])
    assert [way.name.data for way in found] == [
        "mean per token (chosen)",
        "sum",
        "mean per character",
        "calibrated",
        "parsed from generated text",
    ]
    assert shown(compare_rankings(page, found)) == ["40.0%", "60.0%", "1", "30.0%", "7", "20"]


@pytest.mark.parametrize(("unparsed", "said"), [(0, ["20"]), (1, ["1", "20"])])
def test_texts_that_all_contain_a_label_are_no_zero(page, freeze, classifier, unparsed, said):
    common = {"run": "all", "score": "accuracy", "ties": 0, "n": 20, "value": 0.5}
    stages = {"zero-shot": 0, "zero-shot-sum": 0, "zero-shot-generated": unparsed}
    freeze("sst2-lora/scores", [{**common, "stage": stage, "unparsed": n} for stage, n in stages.items()])
    assert shown(compare_rankings(page, rankings([classifier]))) == ["50.0%", "50.0%", *said]


def test_one_ranking_is_none(study, classifier):
    study("zero-shot", (0.4, 0.45), (0.05, UNCLEAR), [(0.05, UNCLEAR)])
    assert rankings([classifier]) == []


@pytest.mark.parametrize("counted", [True, False])
def test_rows_without_a_gold_label_are_shown_where_a_study_counts_them(book, page, classifier, write_table, counted):
    columns = dict.fromkeys(("part", "rule"), "string") | dict.fromkeys(
        ("n", "left_out", "truncated", "longest"), "integer"
    )
    row = {"part": "test", "rule": "the whole split", "n": 13, "left_out": 0, "truncated": 2, "longest": 32}
    if counted:
        columns, row = columns | {"unlabelled": "integer"}, row | {"unlabelled": 4}
    write_table(book / "experiments" / "frozen", "sst2-lora/splits", "measured", ["part"], columns, [row])
    found = show_splits(page, [classifier])
    assert ("No label" in found) is counted
    assert shown(found)[2:] == ["13", "0", *(["4"] if counted else []), "2", "32"]


@pytest.mark.parametrize(
    ("counts", "said"),
    [((4, 4, 2), ["4", "train", "validation", "2", "test"]), ((0, 0, 1), ["1", "test"]), ((0, 0, 0), [])],
)
def test_rows_without_a_gold_label_are_told_once_for_each_split(book, page, classifier, write_table, counts, said):
    columns = {"part": "string", "split": "string", "unlabelled": "integer", "left_out": "integer"}
    rows = [
        {"part": part, "split": split, "unlabelled": n, "left_out": 0}
        for part, split, n in zip(("train", "validation", "test"), ("train", "train", "dev"), counts, strict=True)
    ]
    write_table(book / "experiments" / "frozen", "sst2-lora/splits", "measured", ["part"], columns, rows)
    sentence = accuracy.describe_left_out(page, [classifier])
    assert "No example was left out" in plain(sentence)
    assert shown(sentence) == said
    assert ("gold" in sentence) is any(counts)


def test_nothing_is_said_of_gold_labels_where_a_study_does_not_count_them(book, page, classifier, write_table):
    columns = {"part": "string", "split": "string", "left_out": "integer"}
    row = {"part": "test", "split": "dev", "left_out": 3}
    write_table(book / "experiments" / "frozen", "sst2-lora/splits", "measured", ["part"], columns, [row])
    assert shown(accuracy.describe_left_out(page, [classifier])) == ["3"]


@pytest.mark.parametrize(("values", "said"), [((0.25, 0.5), ["25.0%", "50.0%"]), ((0.33333, 0.33334), ["33.3%"])])
def test_heads_that_score_alike_are_no_range(page, freeze, classifier, values, said):
    common = {"stage": "untrained-head", "score": "accuracy", "low": 0.1, "high": 0.9, "baseline": 0.5, "n": 30}
    freeze("sst2-lora/scores", [{**common, "run": f"seed-{i}", "value": value} for i, value in enumerate(values)])
    sentence = accuracy.describe_untrained_heads(page, [classifier])
    assert shown(sentence) == said
    assert ("ranges from" in sentence) is (len(said) == 2)


def test_ranges_of_untrained_heads_are_parted_by_more_than_commas(page, freeze):
    common = {"stage": "untrained-head", "score": "accuracy", "low": 0.1, "high": 0.9, "baseline": 0.5, "n": 30}
    found = []
    for name, values in (("sst2-lora", (0.25, 0.5)), ("sst2-head", (0.3, 0.6)), ("snli-qlora", (0.4, 0.4))):
        freeze(f"{name}/scores", [{**common, "run": f"seed-{i}", "value": value} for i, value in enumerate(values)])
        found.append(Classifier(page, name, name, name))
    assert plain(accuracy.describe_untrained_heads(page, found)) == (
        "Over the seeds, the accuracy of untrained heads ranges from 25.0% to 50.0% on sst2-lora; from 30.0% to 60.0% "
        "on sst2-head; it is 40.0% on snli-qlora."
    )


def test_rankings_that_score_alike_are_no_range(page, freeze, classifier):
    common = {"run": "all", "score": "accuracy", "ties": 0, "unparsed": 0, "n": 20, "value": 0.5}
    freeze("sst2-lora/scores", [{**common, "stage": stage} for stage in ("zero-shot", "zero-shot-sum")])
    assert shown(compare_rankings(page, rankings([classifier]))) == ["50.0%"]


def test_a_single_example_is_one(study, classifier, freeze):
    study("zero-shot", (0.5, 0.7), (0.2, 0.0001), [(0.2, CLEAR)] * 3)
    freeze(
        "sst2-lora/tests",
        [{"run": "all", "n": 1, "difference": 0.2, "low": 0.1, "high": 0.3, "p_holm": 0.01, "corrected": 1}],
    )
    assert "evaluated on 1 example and averaged" in plain(accuracy.describe_change(classifier))
