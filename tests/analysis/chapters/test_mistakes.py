"""What is said of a mistake follows its figures: where it does not show, the text says so."""

import re

import pytest

from analysis.chapters import studies
from analysis.chapters.mistakes import show as mistakes
from analysis.this_report.sentences import compare_zero_shot_prompts
from experiments.mistakes.tables import COUNTS, MISTAKES
from experiments.tables.columns import text
from tests.analysis.chapters.conftest import CLEAR, UNCLEAR, plain, shown


@pytest.fixture
def made(book, page, write_table):
    """`made(rows)`: a study whose tables of mistakes hold these rows, cells that are left out missing or 0.

    So many `seeds` were trained, and of the counts those of the mistakes `counted` are there.
    """

    def make(*rows: dict, seeds: int = 1, counted: tuple[str, ...] = COUNTED):
        counts = [
            {"mistake": "packed-weights", "quantity": "total", "by": "numel()", "printed": 60.0, "honest": 100.0},
            {"mistake": "head-counted-twice", "quantity": "total", "by": "PEFT", "printed": 112.0, "honest": 110.0},
            {
                "mistake": "packed-weights-and-head",
                "quantity": "trainable-share",
                "by": "numel()",
                "printed": 0.2,
                "honest": 0.1,
            },
        ]
        for name, key, columns, found in (
            ("mistakes", ["mistake", "case", "quantity"], MISTAKES, rows),
            ("miscounts", ["mistake", "quantity"], COUNTS, [row for row in counts if row["mistake"] in counted]),
            (
                "predictions",
                ["run", "stage", "id"],
                PREDICTED,
                [
                    {"run": f"seed-{seed}", "stage": stage, "id": str(example)}
                    for seed in range(seeds)
                    for stage in ("untrained-head", "fine-tuned")
                    for example in range(2)
                ],
            ),
        ):
            described = {each.name: each.model_dump(exclude={"name"}, exclude_none=True) for each in columns}
            blank = {
                each.name: None if each.nullable else {"string": "", "integer": 1}.get(each.type, 0.0)
                for each in columns
            }
            frozen = book / "experiments" / "frozen"
            write_table(frozen, f"mistakes/{name}", "measured", key, described, [{**blank, **row} for row in found])
        [study] = studies.mistakes(page)
        return study

    return make


COUNTED = ("packed-weights", "head-counted-twice", "packed-weights-and-head")
PREDICTED = [text(name, f"the {name}") for name in ("run", "stage", "id")]


def score(mistake: str, case: str, printed: float, honest: float, quantity: str = "accuracy", **more) -> dict:
    sides = {
        f"{name}{end}": value + by for name, value in (("printed", printed), ("honest", honest)) for end, by in ENDS
    }
    return {"mistake": mistake, "case": case, "quantity": quantity, "model": "small", "baseline": 0.5, **sides, **more}


ENDS = (("", 0.0), ("_low", -0.05), ("_high", 0.05))
TESTED = {"test": "paired-bootstrap", "low": 0.0, "high": 0.0}


def test_scores_are_counted_by_what_their_mistake_does_to_them(made):
    rows = [
        score("wrong-labels", "generated answers", 0.2, 0.8, p_value=CLEAR, difference=0.6, **TESTED),
        score("random-head", "new heads", 0.5, 0.6, p_value=UNCLEAR, difference=0.1, **TESTED),
        score("always-abstaining", "all questions", 0.4, 0.0, "exact"),
        score("constant-first-state", "certificate", 0.5, 0.5),
    ]
    assert shown(mistakes.summarise(made(*rows))) == ["4", "2", "1", "1", "2"]


def test_mistakes_that_change_no_score_are_told_as_such(made):
    assert shown(mistakes.summarise(made(score("wrong-labels", "generated answers", 0.5, 0.5)))) == []


def test_a_mistake_reads_as_in_a_paper(made):
    study = made(score("wrong-labels", "generated answers", 0.13, 0.8))
    assert plain(mistakes.describe_wrong_labels(study)) == (
        "Each answer of small was read as the label after the one that it names: for the generated answers, accuracy "
        "is 13.0% (95% CI 8.0% to 18.0%) instead of 80.0% (n = 1). The most frequent label alone would be right in "
        "50.0%: the accuracy with the mistake is significantly lower than what needs no model."
    )


@pytest.mark.parametrize(("printed", "shows"), [(0.13, True), (0.48, False)])
def test_misread_labels_are_held_against_the_most_frequent_one(made, printed, shows):
    said = plain(mistakes.describe_wrong_labels(made(score("wrong-labels", "generated answers", printed, 0.8))))
    assert ("is significantly lower" in said) == shows
    assert ("is not significantly lower" in said) != shows


@pytest.mark.parametrize(
    ("baseline", "words"),
    [(0.4, "significantly higher than"), (0.6, "significantly lower than"), (0.5, "not significantly higher or lower")],
)
def test_a_new_head_is_held_against_the_most_frequent_label(made, baseline, words):
    row = score("random-head", "new heads", 0.5, 0.8, difference=0.3, p_value=CLEAR, baseline=baseline, **TESTED)
    sentence = mistakes.describe_random_head(made({**row, "least": 0.4, "most": 0.6, "runs": 4}))
    assert words in plain(sentence)
    assert f"{baseline:.1%}" in shown(sentence)


@pytest.mark.parametrize(
    ("difference", "p", "word"), [(0.3, CLEAR, "lowers"), (-0.3, CLEAR, "raises"), (0.3, UNCLEAR, "does not show")]
)
@pytest.mark.parametrize(
    ("mistake", "describe"),
    [
        ("random-head", mistakes.describe_random_head),
        ("adapter-without-head", mistakes.describe_adapter_without_head),
    ],
)
def test_a_new_head_is_told_by_its_test(made, mistake, describe, difference, p, word):
    row = score(mistake, "new heads", 0.5, 0.5 + difference, difference=difference, p_value=p, **TESTED)
    sentence = describe(made({**row, "least": 0.4, "most": 0.6, "runs": 4}))
    assert word in sentence
    assert {"50.0%", "40.0%", "60.0%", f"{0.5 + difference:.1%}"} <= set(shown(sentence))


def test_abstentions_are_wholly_right_or_wrong(made):
    rows = [score("always-abstaining", "all questions", 0.4, 0.0, quantity) for quantity in ("exact", "f1")]
    sentence = mistakes.describe_abstaining(made(*rows))
    assert "the two are equal" in sentence
    assert shown(sentence)[:2] == ["40.0%", "40.0%"]


@pytest.mark.parametrize(
    ("nothing", "said"), [(0.6, "no more than an empty answer"), (0.4, "most of the score"), (0.1, "20% of the score")]
)
def test_a_score_with_the_prompt_is_held_against_an_empty_answer(made, nothing, said):
    rows = [
        score("prompt-scored", case, printed, 0.0, "bleu")
        for case, printed in (("answers", 0.5), ("no answers", nothing))
    ]
    sentence = mistakes.describe_prompt_scored(made(*rows))
    assert said in plain(sentence)
    assert len(shown(sentence)) >= 6


@pytest.mark.parametrize(("distinct", "constant"), [(1, True), (7, False)])
def test_a_first_layer_is_called_constant_where_it_is(made, distinct, constant):
    row = score("constant-first-state", "certificate", 0.5, 0.7, distinct=distinct)
    sentence = mistakes.describe_constant_state(made(row))
    assert ("can only name" in sentence) == constant
    assert ("no information" in sentence) == constant


@pytest.mark.parametrize("seeds", [1, 3])
def test_an_accuracy_that_is_a_mean_over_seeds_is_called_one(made, seeds):
    row = score("adapter-without-head", "new heads", 0.5, 0.8, difference=0.3, p_value=CLEAR, **TESTED)
    misread = [
        score("wrong-labels", "generated answers", 0.2, 0.4, runs=1),
        score("wrong-labels", "fine-tuned classifier", 0.1, 0.8, runs=seeds),
    ]
    study = made({**row, "least": 0.4, "most": 0.6, "runs": 4 * seeds}, *misread, seeds=seeds)
    for describe in (mistakes.describe_adapter_without_head, mistakes.describe_wrong_labels):
        said = describe(study)
        assert plain(said).count("on average over 3 seeds") == (seeds == 3)
        assert ("3" in shown(said)) == (seeds == 3), "the number is bound"


def test_mistakes_that_were_not_made_are_not_told(made):
    study = made(score("wrong-labels", "generated answers", 0.2, 0.8), counted=())
    for describe in (
        mistakes.describe_random_head,
        mistakes.describe_adapter_without_head,
        mistakes.describe_abstaining,
        mistakes.describe_prompt_scored,
        mistakes.describe_constant_state,
        mistakes.describe_packed,
        mistakes.describe_head_twice,
        lambda study: compare_zero_shot_prompts(study, "another"),
    ):
        assert describe(study) == ""


def test_labels_that_were_not_misread_are_not_told(made):
    assert mistakes.describe_wrong_labels(made(score("random-head", "new heads", 0.5, 0.6))) == ""


@pytest.mark.parametrize(
    ("scored", "counted", "labels"),
    [
        (True, COUNTED, {"fig-mistakes", "tbl-mistakes", "tbl-miscounts"}),
        (True, (), {"fig-mistakes", "tbl-mistakes"}),
        (False, COUNTED, {"tbl-miscounts"}),
    ],
)
def test_floats_are_shown_and_referred_to_where_their_mistakes_were_made(made, scored, counted, labels):
    rows = [score("wrong-labels", "generated answers", 0.2, 0.8)] if scored else []
    study = made(*rows, counted=counted)
    assert set(re.findall(r"@([\w-]+)", mistakes.refer_to_floats([study]))) == labels
    assert set(re.findall(r"#((?:fig|tbl)-[\w-]+)", mistakes.show_mistakes(study))) == labels
    assert bool(shown(mistakes.summarise(study))) == scored


@pytest.mark.parametrize(
    ("counted", "numbers"),
    [
        (("head-counted-twice",), ["112", "110", "2"]),
        (("packed-weights-and-head",), ["20.00%", "10.00%"]),
        (("packed-weights",), []),
    ],
)
def test_a_head_counted_twice_is_told_with_packed_weights_and_without(made, counted, numbers):
    assert shown(mistakes.describe_head_twice(made(counted=counted))) == numbers


def test_the_figure_and_the_tables_hold_every_mistake(made):
    study = made(
        score("wrong-labels", "generated answers", 0.2, 0.8, p_value=CLEAR, difference=0.6, **TESTED),
        score("always-abstaining", "all questions", 0.4, 0.0, "exact"),
    )
    floats = plain(mistakes.show_mistakes(study))
    assert "Labels misread: generated answers, accuracy from 0.20 to 0.80" in floats
    assert "Abstaining on each question: all questions, exact match from 0.40 to 0.00" in floats
    assert "10.00%" in floats
    assert "60%" in plain(mistakes.describe_packed(study))
    assert shown(mistakes.describe_head_twice(study)) == ["112", "110", "2", "20.00%", "10.00%"]
