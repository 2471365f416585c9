"""Claims as a study states them: what is tested must be there, and must not point another way than what is said."""

import json
from pathlib import Path

import pytest

from experiments.published import system
from experiments.published.claims import stated_directions
from experiments.study_files import load_study
from experiments.tables.claims import read_test
from experiments.tables.errors import UserError

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


def claim(statement="So it is.", **test):
    test = {"predicate": "rises", "of": {"quantity": "accuracy"}, "along": "method"} | test
    return "  - " + json.dumps({"claim": "two", "statement": statement, "place": "page 2"} | test)


def test_a_row_holds_the_test_apart_from_the_statement(load):
    study = load(claim(steps=["zero-shot", "fine-tuned"], note="A note."))
    rows = next(result.rows for result in system.run(study, None) if result.name == "claims")
    row = dict(rows[1])
    test = read_test(row["predicate"], row.pop("parameters"))
    assert row == {
        "claim": "two",
        "source": "doc",
        "statement": "So it is.",
        "place": "page 2",
        "note": "A note.",
        "predicate": "rises",
    }
    assert (test.of.quantity, test.along, test.steps) == ("accuracy", "method", ("zero-shot", "fine-tuned"))


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


def test_words_within_other_words_tell_no_direction():
    assert stated_directions("The surprise of the moreover waterfall, and of its flower.") == set()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"of": {"quantity": "acuracy"}}, "no figure of this study has quantity acuracy"),
        ({"of": {"quantity": "accuracy", "printed": False}}, "there are figures with quantity accuracy"),
        ({"predicate": "soars"}, "soars"),
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
