"""Claims as a study states them: what is tested must be there, and must not point another way than what is said."""

import json
from pathlib import Path

import pytest

from experiments.published import system
from experiments.published.claims import QUOTE_WORDS
from experiments.published.directions import stated_directions
from experiments.study_files import load_study
from experiments.tables.claims import TESTS, names_of, read_test
from experiments.tables.errors import UserError

NOTHING = object()
UNSAID = {"of": NOTHING, "along": NOTHING}

STUDY = """\
study: a-document
system: published
title: A document
sources:
  doc: {title: A document, place: whole text}
figures:
  - {figure: before, quantity: accuracy, method: zero-shot, printed: "13%", printed_unit: percent, place: page 1}
  - {figure: after, quantity: accuracy, method: fine-tuned, printed: "95%", printed_unit: percent, place: page 1}
claims:
  - {claim: one, statement: So it is., place: page 1, predicate: rises, of: {quantity: accuracy}, along: method}
"""


@pytest.fixture
def load(tmp_path):
    def load_(claim, study=STUDY):
        (tmp_path / "a-document.yaml").write_text(f"{study}{claim}\n")
        return load_study("a-document", tmp_path)

    return load_


def test_the_claim_in_the_manual_is_one(load):
    manual = (Path(__file__).parents[3] / "CONTRIBUTING.md").read_text("utf-8")
    shown = manual.partition("## Add a claim")[2].partition("claims:\n")[2].partition("```")[0]
    figures = STUDY.replace("method:", "dataset: sst2, method:")
    assert load(shown, figures).claims[1].predicate == "rises"


def test_the_manual_has_every_word_with_its_rules_for_rounding_missing_figures_and_n():
    manual = (Path(__file__).parents[3] / "CONTRIBUTING.md").read_text("utf-8")
    lines = manual.partition("| predicate | what it is told")[2].partition("\n\n")[0].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert all(len(row) == 6 and all(row) for row in rows)
    words = {word.strip("` ") for row in rows for word in row[0].split(",")}
    assert words == {name for test in TESTS for name in names_of(test)} | {"module.function"}


def claim(statement="So it is.", **test):
    test = {"predicate": "rises", "of": {"quantity": "accuracy"}, "along": "method"} | test
    test = {key: value for key, value in test.items() if value is not NOTHING}
    return "  - " + json.dumps({"claim": "two", "statement": statement, "place": "page 2"} | test)


def test_a_row_holds_the_test_apart_from_the_statement(load):
    study = load(claim(steps=["zero-shot", "fine-tuned"], note="A note.", quote="so\n   it is"))
    rows = next(result.rows for result in system.run(study, None) if result.name == "claims")
    row = dict(rows[1])
    test = read_test(row["predicate"], row.pop("parameters"))
    assert row == {
        "claim": "two",
        "source": "doc",
        "statement": "So it is.",
        "quote": "so it is",
        "place": "page 2",
        "note": "A note.",
        "predicate": "rises",
    }
    assert rows[0]["quote"] is None
    assert (test.of.quantity, test.along, test.steps) == ("accuracy", "method", ("zero-shot", "fine-tuned"))


@pytest.mark.parametrize(
    ("quote", "message"), [("", "empty"), (" \n ", "empty"), ("word " * (QUOTE_WORDS + 1), f"{QUOTE_WORDS + 1} words")]
)
def test_a_quotation_that_is_empty_or_long_is_refused(load, quote, message):
    assert load(claim(quote="word " * QUOTE_WORDS)).claims[1].quote.count("word") == QUOTE_WORDS
    with pytest.raises(UserError, match=rf"a-document\.yaml:11: claims\.1.*quote.*{message}"):
        load(claim(quote=quote))


@pytest.mark.parametrize(
    ("statement", "predicate", "fits"),
    [
        ("The accuracy rises.", "rises", True),
        ("The accuracy falls.", "rises", False),
        ("The accuracy rises.", "falls", False),
        ("Fine-tuning lowers the accuracy.", "falls", True),
        ("The accuracy does not rise.", "rises", False),
        ("The accuracy never falls.", "rises", True),
        ("The accuracy falls and then rises.", "falls", True),
        ("The accuracy is good.", "falls", True),
    ],
)
def test_a_statement_that_points_another_way_than_its_test_is_refused(load, statement, predicate, fits):
    if fits:
        load(claim(statement, predicate=predicate))
    else:
        with pytest.raises(UserError, match=r"a-document\.yaml:11: claims\.1.*the predicate \w+ tests whether it goes"):
            load(claim(statement, predicate=predicate))


@pytest.mark.parametrize(
    ("statement", "better", "fits"),
    [
        ("Fine-tuning has the highest accuracy.", "higher", True),
        ("Fine-tuning has the lowest accuracy.", "higher", False),
        ("Fine-tuning has the highest accuracy.", "lower", False),
    ],
)
def test_a_superlative_that_points_another_way_is_refused(load, statement, better, fits):
    test = {"predicate": "best", "left": {"quantity": "accuracy", "method": "fine-tuned"}, "better": better}
    text = "  - " + json.dumps(
        {"claim": "two", "statement": statement, "place": "page 2", "among": {"quantity": "accuracy"}} | test
    )
    if fits:
        load(text)
    else:
        with pytest.raises(UserError, match=r"a-document\.yaml:11: .*the predicate best takes the"):
            load(text)


def test_what_improves_falls_where_lower_is_better():
    assert stated_directions("Fine-tuning improves the loss.", lower_is_better=True) == {"down"}
    assert stated_directions("Fine-tuning improves the accuracy.") == {"up"}
    assert stated_directions("The tuned model is worse than the base.") == {"down"}
    assert stated_directions("The tuned model outperforms the base.") == {"up"}


def test_a_fault_within_a_claim_is_told_with_the_line_of_its_key(load):
    text = """\
  - claim: two
    statement: So it is.
    place: page 2
    predicate: greater
    left: {quantity: accuracy, method: fine-tuned}
    right:
      quantity: accuracy
      method: zero-shoot
"""
    with pytest.raises(UserError, match=r"a-document\.yaml:16: claims\.1\.right: .*did you mean zero-shot\?"):
        load(text)


def test_a_claim_that_is_only_quoted_is_stated_in_those_words(load):
    found = load(claim(statement=None, quote="it clearly helps")).claims[1]
    assert found.statement == found.quote == "it clearly helps"
    with pytest.raises(UserError, match=r"claims\.1\.statement"):
        load(claim(statement=None))


def test_a_figure_without_a_counterpart_is_told(load):
    more = (
        '  - {figure: dev, quantity: accuracy, method: fine-tuned, split: dev, printed: "90%", printed_unit: percent, '
    )
    test = {"predicate": "greater", "left": {"quantity": "accuracy", "method": "fine-tuned"}}
    test |= {"right": {"quantity": "accuracy", "method": "zero-shot"}}
    with pytest.raises(UserError, match=r"claims\.1\.right: no figures to compare dev with"):
        load(claim(**test, **UNSAID), STUDY.replace("claims:", f"{more}place: page 1}}\nclaims:"))


def test_figures_in_different_units_are_not_compared(load):
    steps = '  - {figure: steps, quantity: steps, printed: "5", printed_unit: count, place: page 1}\nclaims:'
    test = {"predicate": "greater", "left": {"quantity": "accuracy"}, "right": {"quantity": "steps"}}
    text = json.dumps({"claim": "two", "statement": "So it is.", "place": "page 2"} | test)
    with pytest.raises(UserError, match="compares figures in fraction with figures in count"):
        load(f"  - {text}", STUDY.replace("claims:", steps))


def test_words_within_other_words_tell_no_direction():
    assert stated_directions("The surprise of the moreover waterfall, and of its flower.") == set()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"of": {"quantity": "acuracy"}}, "no figure of this study has quantity acuracy"),
        ({"of": {"quantity": "accuracy", "printed": False}}, "there are figures with quantity accuracy"),
        ({"predicate": "rise"}, r"predicate: rise is no predicate \(did you mean rises\?\)"),
        ({"predicate": "soars"}, "predicate: soars is no predicate.*; known: greater"),
        ({"predicate": None}, "known: greater"),
        ({"predicate": "nowhere.doubles"}, "predicate: there is no module nowhere: write the function doubles in"),
        ({"of": {"quantity": "acuracy"}}, r"did you mean accuracy\?"),
        ({"steps": ["zero-shot", "fine-tunde"]}, r"claims.1.steps: no figures beside .* \(did you mean fine-tuned\?\)"),
        (
            {"predicate": "equal", "left": {"quantity": "accuracy"}, "right": {"value": 1}} | UNSAID,
            r"claims.1.left: chooses 2 figures \(before, after\), where one is meant",
        ),
        (
            {"predicate": "all-of", "parts": [{"predicate": "rizes"}, {"predicate": "falls"}]},
            r"predicate: rizes.*rises\?",
        ),
        ({"along": "time"}, "along"),
        ({"tolerance": 1}, "there is no such key"),
        ({"predicate": "label-of-case", "group": "g", "case": 1, "label": {"quantity": "accuracy"}}, ""),
    ],
)
def test_a_claim_on_what_is_not_there_is_told_with_file_and_line(load, wrong, message):
    if wrong.get("predicate") == "label-of-case":
        text = "  - " + json.dumps({"claim": "two", "statement": "So.", "place": "page 2"} | wrong)
        message = "there is no case 1 of g in this study"
    else:
        text = claim(**wrong)
    with pytest.raises(UserError, match=rf"a-document\.yaml:11: .*{message}"):
        load(text)


CELL = {"table": "counts/all", "row": {"component": "total"}, "column": "n", "words": "the exact count"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"table": "nosuch/scores", "at": {"run": "all"}, "column": "value"},
        {key: CELL[key] for key in ("table", "column")},
        CELL | {"rows": {}},
        CELL | {"table": "counts"},
    ],
)
def test_a_cell_that_is_none_is_one_line_with_the_keys_that_it_has(load, wrong):
    sides = {"predicate": "greater", "left": {"quantity": "accuracy"}, "of": NOTHING, "along": NOTHING}
    load(claim(**sides, right=CELL))
    with pytest.raises(UserError) as error:
        load(claim(**sides, right=wrong))
    [line] = str(error.value).splitlines()
    assert "a-document.yaml:11: claims.1.right: " in line
    assert all(f"{key} (" in line for key in CELL)


@pytest.mark.parametrize("column", ["value", "nosuch"])
def test_a_cell_of_the_transcription_itself_is_refused_with_its_line(load, column):
    cell = CELL | {"table": "a-document/figures", "row": {"figure": "before"}, "column": column}
    of = {"quantity": "accuracy", "method": "fine-tuned"}
    line = r"a-document\.yaml:11: claims\.1\.right\.table: a-document/figures is this study itself[^\n]*$"
    with pytest.raises(UserError, match=line):
        load(claim(predicate="greater", left=of, right=cell, **UNSAID))
    other = cell | {"table": "another/figures"}
    assert load(claim(predicate="greater", left=of, right=other, **UNSAID))


def test_the_manual_has_the_keys_of_a_cell():
    manual = (Path(__file__).parents[3] / "CONTRIBUTING.md").read_text("utf-8")
    table = manual.partition("| key of a cell |")[2].partition("\n\n")[0]
    assert {line.split("`")[1] for line in table.splitlines()[2:]} == set(CELL)


@pytest.mark.parametrize(
    ("written", "share"), [("1%", 0.01), ("2.5 %", 0.025), ("0,5%", 0.005), ("0.1", 0.1), (0.2, 0.2)]
)
def test_a_share_may_be_written_as_a_percentage(load, written, share):
    before, after = ({"quantity": "accuracy", "method": name} for name in ("zero-shot", "fine-tuned"))
    within = {"predicate": "within", "left": before, "right": after, "tolerance": written}
    below = {"predicate": "share-below", "part": before, "whole": after, "below": written}
    assert load(claim(**UNSAID, **within)).claims[1].tolerance == share
    assert load(claim(**UNSAID, **below)).claims[1].below == share
    with pytest.raises(UserError, match=r"a-document\.yaml:11: claims\.1\.below: must be a number such as 0.01, or a"):
        load(claim(**UNSAID, **below | {"below": "a little"}))


@pytest.mark.parametrize("predicate", ["at-chance", "difference-significant"])
@pytest.mark.parametrize("written", [0.95, "95%", 0.5])
def test_a_confidence_in_the_place_of_a_level_is_refused_with_its_line(load, predicate, written):
    before, after = ({"quantity": "accuracy", "method": name} for name in ("zero-shot", "fine-tuned"))
    sides = (
        {"of": before, "classes": 2} if predicate == "at-chance" else {"left": after, "right": before, "of": NOTHING}
    )
    test = {"predicate": predicate, "along": NOTHING, **sides}
    assert load(claim(**test, level=0.01)).claims[1].level == 0.01
    with pytest.raises(UserError, match=r"a-document\.yaml:11: claims\.1\.level: [^\n]*write 0\.05 for 95%, not "):
        load(claim(**test, level=written))
