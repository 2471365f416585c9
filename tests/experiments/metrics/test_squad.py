"""Answers scored as the official script scores them."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics import BLEU

from experiments.metrics.answer_tables import (
    ANSWER_SCORE_COLUMNS,
    ANSWER_TEST_COLUMNS,
    ANSWER_TRANSITION_COLUMNS,
    answer_scores,
    answer_tests,
    answer_transitions,
    overlap_scores,
)
from experiments.metrics.answers import ANSWER_COLUMNS, score_answers
from experiments.metrics.squad import (
    Question,
    abstention_rate,
    always_abstain,
    exact_match,
    metric_max_over_ground_truths,
    normalize_answer,
    official_figures,
    score_questions,
    token_f1,
)
from experiments.metrics.squad_files import read_predictions, read_questions
from experiments.tables.canonical import encode
from experiments.tables.errors import UserError
from tests import shared

texts = st.text(alphabet="ab the,.é ", max_size=20)

QUESTIONS = {"where": ("France", "France"), "when": ("10th century", "in the 10th century"), "unanswerable": ()}


def data_of(questions: dict[str, tuple[str, ...]], **more) -> dict:
    qas = [
        {"id": name, "question": "?", "answers": [{"text": text, "answer_start": 0} for text in answers], **more}
        for name, answers in questions.items()
    ]
    return {"version": "v2.0", "data": [{"title": "T", "paragraphs": [{"context": "C", "qas": qas}]}]}


@pytest.fixture
def score(tmp_path, experiments):
    """`score(predictions, data)` calls the command on two files with this content, JSON unless it is bytes."""

    def call(predictions, data, *arguments):
        paths = [tmp_path / "predictions.json", tmp_path / "data.json"]
        for path, content in zip(paths, (predictions, data), strict=True):
            path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return experiments("score", "squad", str(paths[0]), "--data", str(paths[1]), *arguments)

    return call


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The  Cat!", "cat"),
        ("a.n a an THE the", ""),
        ("theatre an-d", "theatre and"),
        ("“Zoë’s”\u00a0an\tÉté", "“zoë’s” été"),
        ("", ""),
    ],
)
def test_normalisation(text, normal):
    """Only ASCII punctuation goes, and it goes before the articles: "a.n" and "an-d" become words of their own."""
    assert normalize_answer(text) == (normal)


@given(texts, texts)
def test_scores_are_symmetric_and_bounded(one, other):
    assert token_f1(one, other) == token_f1(other, one)
    assert exact_match(one, other) == exact_match(other, one)
    assert exact_match(one, other) <= token_f1(one, other) <= 1
    assert token_f1(one, one) == exact_match(one, one) == 1


def test_f1_counts_tokens_with_their_number():
    assert token_f1("to be or not to be", "to be to be") == pytest.approx(2 * (4 / 6) * 1 / (4 / 6 + 1))
    assert metric_max_over_ground_truths(token_f1, "b c", ["x", "b", "b c d d"]) == pytest.approx(2 / 3)


def test_figures_of_a_worked_example(score):
    predictions = dict(zip(QUESTIONS, ("in france", "the 10th Century.", ""), strict=True))
    answer = score(predictions, data_of(QUESTIONS, is_impossible=False), "--json")
    assert answer.code == 0
    found = json.loads(answer.out)
    assert list(found)[:9] == [
        "exact",
        "f1",
        "total",
        "HasAns_exact",
        "HasAns_f1",
        "HasAns_total",
        "NoAns_exact",
        "NoAns_f1",
        "NoAns_total",
    ]
    assert (found["exact"], found["total"]) == (200 / 3, 3)
    assert found["f1"] == 100 * (2 * (1 / 2) / (3 / 2) + 2) / 3
    assert (found["HasAns_exact"], found["NoAns_exact"], found["NoAns_total"]) == (50, 100, 1)
    assert found["abstention_rate"] == 100 / 3
    assert found["always_abstain"]["exact"] == 100 / 3
    assert found["notes"] == []


def test_version_one_data_has_answers_only(score):
    questions = {name: answers for name, answers in QUESTIONS.items() if answers}
    found = json.loads(score(dict.fromkeys(questions, ""), data_of(questions), "--json").out)
    assert found["exact"] == found["HasAns_f1"] == 0
    assert not any(name.startswith("NoAns") for name in found)


def test_a_gold_answer_that_normalisation_empties(score):
    """It is a question with an answer, to which the empty answer is right, as officially."""
    found = json.loads(score({"q": ""}, data_of({"q": ("The", "...")}), "--json").out)
    assert (found["HasAns_exact"], found["HasAns_total"]) == (100, 1)


def test_ids_count_once_and_duplicates_are_said(score):
    data = data_of({"q": ("x",), "r": ()})
    data["data"].append(data_of({"q": ()})["data"][0])
    answer = score(b'{"q": "x", "r": "", "q": "", "other": "y"}', data)
    assert answer.code == 0
    rows = dict(line.rsplit(maxsplit=1) for line in answer.out.splitlines())
    assert (rows["total"], rows["exact"], rows["NoAns_total"]) == ("2", "100.0", "2")
    assert "ids that the data has more than once, each counted once: 1 (q)" in answer.err
    assert "questions answered more than once, of which the last answer counts: 1 (q)" in answer.err
    assert "answers to questions that the data does not have: 1 (other)" in answer.err


@pytest.mark.parametrize(
    ("predictions", "data", "message"),
    [
        ({"r": "x"}, data_of({"q": ()}), "1 of 1 questions have no answer (q)"),
        ([{"id": "q"}], data_of({"q": ()}), 'expected {"id": "answer", …}, found a list'),
        ({"q": None}, data_of({"q": ()}), 'question q: the answer is null, not a text; write "" to abstain'),
        ({"q\x1b[31m": 3}, data_of({"q": ()}), "question q\\x1b[31m: the answer is a number"),
        (b'{"q": "x"', data_of({"q": ()}), "predictions.json:1:10: not JSON"),
        (b"\xff\xfe{", data_of({"q": ()}), "byte 0 is not UTF-8"),
        (b"\x1f\x8b\x08\x00", data_of({"q": ()}), "compressed by gzip"),
        ({}, [], 'expected {"data": [articles]}, found a list'),
        ({}, {"data": []}, "there are no questions"),
        ({}, {"data": [{"paragraphs": 3}]}, "data[0] has no list called paragraphs"),
        (
            {},
            {"data": [{"paragraphs": [{"qas": [{"id": "q", "answers": {"text": []}}]}]}]},
            "data[0].paragraphs[0].qas[0] has no list called answers",
        ),
        ({}, {"data": [{"paragraphs": [{"qas": [{"id": 7, "answers": []}]}]}]}, "qas[0] has no text called id"),
    ],
)
def test_wrong_files_are_one_clear_line(score, predictions, data, message):
    answer = score(predictions, data)
    assert answer.code == 1
    assert answer.out == ""
    (line,) = answer.err.splitlines()
    assert line.startswith("error: ")
    assert message in line


def test_a_byte_order_mark_and_a_missing_file(tmp_path):
    path = tmp_path / "p.json"
    path.write_bytes(b'\xef\xbb\xbf{"q": "x"}')
    assert read_predictions(path).answers == {"q": "x"}
    with pytest.raises(UserError, match=r"gone\.json: cannot be read: No such file"):
        read_questions(tmp_path / "gone.json")


@pytest.mark.skipif(not (shared.DATA / "squad").is_dir(), reason="needs the SQuAD files beside the project")
def test_always_abstaining_scores_the_share_of_unanswerable_questions():
    path = shared.DATA / "squad" / "dev-v2.0.json"
    content = json.loads(path.read_text("utf-8"))
    qas = [qa for article in content["data"] for paragraph in article["paragraphs"] for qa in paragraph["qas"]]
    share = Fraction(sum(qa["is_impossible"] for qa in qas), len(qas))
    questions = read_questions(path)
    baseline = always_abstain(questions)
    assert baseline["exact"] == baseline["f1"] == float(100 * share)
    perfect = score_questions(questions, {q.id: (q.answers or ("",))[0] for q in questions})
    figures = official_figures(perfect)
    assert figures["exact"] == figures["HasAns_f1"] == figures["NoAns_exact"] == 100
    assert abstention_rate(perfect) == baseline["exact"]


def test_rows_of_answers_fit_their_columns_and_agree_with_the_figures():
    questions = [Question(f"q{n}", f"p{n // 4}", ("a red fox", "fox") if n % 3 else ()) for n in range(40)]
    before = {question.id: "" for question in questions}
    after = {question.id: ("red fox", "", "the wolf")[n % 3] for n, question in enumerate(questions)}
    found = {}
    for side, said in (("before", before), ("after", after)):
        answers = score_answers(questions, said)
        encode(ANSWER_COLUMNS, ("id",), answers, "answers")
        rows = [*answer_scores([answers]), *overlap_scores([answers])]
        encode(ANSWER_SCORE_COLUMNS, ("score",), rows, "scores")
        found |= {(side, row["score"]): row for row in rows}
    figures = official_figures(score_questions(questions, after))
    for group, prefix in (("all", ""), ("has-answer", "HasAns_"), ("no-answer", "NoAns_")):
        for quantity in ("exact", "f1"):
            row = found["after", f"{quantity}[{group}]"]
            assert row["value"] == pytest.approx(figures[prefix + quantity])
            assert row["n"] == figures[prefix + "total"]
            assert row["low"] <= row["value"] <= row["high"]
            assert row["baseline"] == found["before", f"{quantity}[{group}]"]["value"]
    assert found["before", "abstention[all]"]["value"] == 100
    assert found["after", "bleu[has-answer]"]["signature"].startswith("nrefs:2|")
    assert found["before", "rouge_l[has-answer]"]["value"] == 0

    sides = [[score_answers(questions, said)] for said in (before, after)]
    tests = list(answer_tests(*sides))
    encode(ANSWER_TEST_COLUMNS, ("quantity",), tests, "tests")
    exact, f1 = tests
    difference = found["after", "exact[all]"]["value"] - found["before", "exact[all]"]["value"]
    assert (
        exact["difference"]
        == pytest.approx(difference)
        == pytest.approx(100 * (exact["corrected"] - exact["broken"]) / 40)
    )
    assert (f1["corrected"], f1["p_mcnemar"]) == (None, None)
    transitions = list(answer_transitions(*sides))
    encode(ANSWER_TRANSITION_COLUMNS, ("correctness",), transitions, "transitions")
    counts = {row["correctness"]: row["count"] for row in transitions}
    assert (counts["corrected"], counts["broken"], sum(counts.values())) == (exact["corrected"], exact["broken"], 40)
    with pytest.raises(ValueError, match="the same questions"):
        list(answer_tests([score_answers(questions[:2], before)], sides[1]))


def test_several_runs_are_averaged_by_question_and_count_once():
    questions = [Question(f"q{n}", f"p{n // 3}", ("a red fox",) if n % 2 else ()) for n in range(30)]
    right = {question.id: (*question.answers, "")[0] for question in questions}
    right, silent = (score_answers(questions, said) for said in (right, dict.fromkeys(right, "")))
    alone = [
        {row["score"]: row for make in (answer_scores, overlap_scores) for row in make([run])}
        for run in (right, silent)
    ]
    for make in (answer_scores, overlap_scores):
        for row in make([right, silent]):
            one, other = (run[row["score"]] for run in alone)
            assert row["value"] == pytest.approx((one["value"] + other["value"]) / 2)
            assert row["n"] == one["n"] <= 30
    sides = [silent, silent], [right, silent]
    exact = next(answer_tests(*sides))
    assert (exact["n"], exact["corrected"], exact["broken"], exact["p_mcnemar"]) == (30, 15, 0, None)
    assert exact["difference"] == pytest.approx(25)
    counts = {row["correctness"]: row["count"] for row in answer_transitions(*sides)}
    assert counts == {"both-right": 30, "corrected": 15, "broken": 0, "both-wrong": 15}


def test_questions_about_one_paragraph_are_one_observation():
    """Whole paragraphs are drawn: a resample of a single one is always that one."""
    questions = [Question(f"q{n}", "p", ("a red fox",)) for n in range(12)]
    before = {question.id: "wolf" if n % 3 else "red fox" for n, question in enumerate(questions)}
    after = {question.id: "fox" if n % 4 else "red fox" for n, question in enumerate(questions)}
    before, after = (score_answers(questions, said) for said in (before, after))
    for make in (answer_scores, overlap_scores):
        for row in make([before]):
            assert row["low"] == pytest.approx(row["value"]) == row["high"], row["score"]
    sides = [before], [after]
    for row in answer_tests(*sides):
        assert row["low"] == pytest.approx(row["difference"]) == row["high"], row["quantity"]
    for row in answer_transitions(*sides):
        assert row["share_low"] == pytest.approx(row["share"]) == row["share_high"], row["correctness"]


def test_bleu_of_answers_is_that_of_the_corpus_and_leaves_questions_without_answer_out():
    answers = ["the red fox jumps over it", "a small wolf sleeps in the old house", ""]
    said = {"q0": "the red fox jumps over", "q1": "the small wolf sleeps in a house", "q2": "the red fox"}
    questions = [Question(f"q{n}", "p", (text,) if text else ()) for n, text in enumerate(answers)]
    row = next(row for row in overlap_scores([score_answers(questions, said)]) if row["quantity"] == "bleu")
    expected = BLEU().corpus_score([said["q0"], said["q1"]], [answers[:2]])
    assert row["value"] == pytest.approx(expected.score)
    assert (row["n"], row["group"]) == (2, "has-answer")
    assert 0 < row["value"] < 100
