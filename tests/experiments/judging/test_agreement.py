"""Kappa against scikit-learn and the textbook, and the rule by which two verdicts become a mark."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.judging.judge import MatchingJudge, read_verdict
from experiments.judging.labelled import labelled_examples
from experiments.judging.prompts import NO_ORDER, Pair, question
from experiments.judging.shapes import AGREEMENT
from experiments.judging.study import Matching
from experiments.judging.verdicts import LABELS, MARKS, mark
from experiments.statistics.agreement import estimate_kappa, kappa
from experiments.tables.errors import UserError

LABEL, MARK = st.sampled_from(["right", "wrong"]), st.sampled_from(MARKS)


@given(st.lists(st.tuples(LABEL, MARK), min_size=1, max_size=40))
def test_kappa_is_that_of_scikit_learn(pairs):
    metrics = pytest.importorskip("sklearn.metrics")
    counts = np.array([[pairs.count((label, given)) for given in MARKS] for label in ("right", "wrong")])
    labels, marks = zip(*pairs, strict=True)
    if len(set(labels) | set(marks)) == 1:
        assert math.isnan(kappa(counts))
    else:
        assert kappa(counts) == pytest.approx(metrics.cohen_kappa_score(labels, marks, labels=MARKS))


def test_kappa_of_the_textbook():
    # Cohen's 2 x 2 example as https://en.wikipedia.org/wiki/Cohen%27s_kappa works it out: 0.4
    assert kappa(np.array([[20, 5, 0], [10, 15, 0]])) == pytest.approx(0.4)
    assert kappa(np.array([[5, 0, 0], [0, 5, 0]])) == 1
    assert kappa(np.array([[5, 5, 0], [5, 5, 0]])) == 0


def test_the_interval_holds_the_value_and_is_narrower_with_more_examples():
    labels = ["right", "right", "wrong", "wrong", "wrong"] * 8
    marks = ["right", "wrong", "wrong", "wrong", "undecided"] * 8
    few, many = estimate_kappa(labels, marks, LABELS, MARKS, 0), estimate_kappa(labels * 9, marks * 9, LABELS, MARKS, 0)
    assert few.value == many.value
    for each in (few, many):
        assert each.low < each.value < each.high
    assert many.high - many.low < (few.high - few.low) / 2
    assert estimate_kappa(labels, marks, LABELS, MARKS, 0) == few


def test_where_all_labels_are_alike_there_is_no_kappa():
    assert estimate_kappa(["right"] * 3, ["right", "wrong", "right"], LABELS, MARKS, 0).value is None
    assert estimate_kappa([], [], LABELS, MARKS, 0).value is None


@given(st.lists(st.tuples(LABEL, MARK), max_size=6))
def test_there_is_a_kappa_just_where_the_examples_have_both_labels_as_its_meaning_says(pairs):
    labels, marks = [label for label, _ in pairs], [given for _, given in pairs]
    assert (estimate_kappa(labels, marks, LABELS, MARKS, 0).value is None) == (set(labels) != {"right", "wrong"})
    [meaning] = [column.meaning for column in AGREEMENT if column.name == "kappa"]
    assert meaning.endswith("none where the examples do not have both labels")


def test_undecided_marks_cost_agreement():
    labels = ["right", "wrong"] * 10
    assert estimate_kappa(labels, labels, LABELS, MARKS, 0).value == 1
    assert estimate_kappa(labels, ["undecided", *labels[1:]], LABELS, MARKS, 0).value < 1


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["right", "right"], "right"),
        (["wrong", "wrong"], "wrong"),
        (["right"], "right"),
        (["right", "wrong"], "inconsistent"),
        (["wrong", "right"], "inconsistent"),
        (["right", "unparsed"], "unparsed"),
        (["unparsed", "unparsed"], "unparsed"),
    ],
)
def test_what_holds_in_one_order_alone_does_not_hold(verdicts, expected):
    assert mark(verdicts) == expected


@given(st.text())
def test_only_the_word_is_a_verdict(text):
    letters = text.strip().rstrip("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~").strip().casefold()
    assert read_verdict(text) in (letters, "unparsed")


@pytest.mark.parametrize(
    ("kind", "reference", "answer", "expected"),
    [
        ("exact", "A horse.", " A horse.\n", "right"),
        ("exact", "A horse.", "a horse", "wrong"),
        ("normalised", "A horse.", "the HORSE", "right"),
        ("normalised", "A horse.", "a mouse", "wrong"),
        ("normalised", "A.", "", "wrong"),
        ("normalised", "...", "!", "wrong"),
    ],
)
def test_matching_judges_compare(kind, reference, answer, expected):
    asked = question("{material}", Pair("i", "", reference, answer), NO_ORDER)
    [[verdict]] = MatchingJudge(Matching(kind=kind, name="m")).verdicts([asked])
    assert verdict.verdict == expected


def test_labelled_examples_are_balanced_and_varied():
    examples = labelled_examples()
    assert len(examples) >= 48
    right = sum(example.label == "right" for example in examples)
    assert 0.4 <= right / len(examples) <= 0.6
    categories = {example.category for example in examples}
    assert {"paraphrase", "wrong-fact", "truncated", "empty", "verbose", "hostile", "markup", "echo"} <= categories
    assert len({(example.instruction, example.answer) for example in examples}) == len(examples)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("- {id: a, category: b, label: maybe, instruction: c, reference: d, answer: e}", "Input should be 'right' or"),
        ("- {id: a, category: b, label: right, instruction: c, reference: '', answer: e}", "at least 1 character"),
        ("- [", "cannot be read"),
        ("- &x {id: a, category: b, label: right, instruction: c, reference: d, answer: e}\n- *x", "a stands twice"),
    ],
)
def test_bad_labelled_examples_are_one_line(tmp_path, content, message):
    path = tmp_path / "labelled.yaml"
    path.write_text(content, "utf-8")
    with pytest.raises(UserError, match=message) as end:
        labelled_examples(path)
    assert "\n" not in str(end.value)
