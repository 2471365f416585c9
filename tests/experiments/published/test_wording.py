"""The words of a claim against its test: a contradiction is refused with file and line, also before freezing again."""

import json

import pytest

from experiments.study_files import load_study
from experiments.tables.errors import UserError

STUDY = """\
study: a-document
system: published
title: A document
sources:
  doc: {title: A document, place: whole text}
figures:
  - {figure: n-all, quantity: total_parameters, printed: "1200", printed_unit: count, place: p}
  - {figure: n-some, quantity: trainable_parameters, printed: "300", printed_unit: count, place: p}
grids:
  - figure: "{model}-{quantity}-{method}"
    shared: {quantity: accuracy, printed_unit: percent, place: p, model: llama-7b}
    rows: quantity
    columns: {method: [zero-shot, fine-tuned]}
    printed:
      accuracy: ["13.5%", "95.5%"]
      f1: ["26.44%", "5.36%"]
  - figure: "{model}-{quantity}-{method}"
    shared: {quantity: accuracy, printed_unit: percent, place: p, model: mistral-7b}
    rows: quantity
    columns: {method: [zero-shot, fine-tuned]}
    printed: {accuracy: ["40.5%", "50.5%"]}
claims:
"""

SERIES = {"of": {"quantity": "accuracy"}, "along": "method", "steps": ["zero-shot", "fine-tuned"]}
BACK = SERIES | {"steps": ["fine-tuned", "zero-shot"]}
TUNED, BASE = ({"quantity": "accuracy", "model": "llama-7b", "method": name} for name in ("fine-tuned", "zero-shot"))
SIDES, TURNED = {"left": TUNED, "right": BASE}, {"left": BASE, "right": TUNED}
FALLING = SERIES | {"of": {"quantity": "f1"}}

TOLD_WELL = [
    ("rises", "Fine-tuning raises the accuracy.", None, SERIES),
    ("rises", "The fine-tuned model is better than the zero-shot one.", None, SERIES),
    ("rises", "It goes up from zero-shot to fine-tuned.", None, SERIES),
    ("rises", "So it is.", "an accuracy of 95.5% after, and 13.5% before", SERIES),
    ("falls", "Fine-tuning lowers F1.", "there is a decrease", FALLING),
    ("monotone", "The accuracy moves one way.", None, SERIES),
    ("greater", "Fine-tuning is better than zero-shot.", None, SIDES),
    ("less", "Zero-shot is worse than fine-tuned.", None, TURNED),
    ("equal", "The accuracy stays the same.", None, SIDES),
    ("difference-significant", "Fine-tuning is significantly better.", None, SIDES),
    ("within", "Both agree approximately.", None, SIDES | {"tolerance": 0.1}),
    ("within", "The fine-tuned accuracy agrees with the other.", None, SIDES | {"tolerance": 0.1}),
]

CONTRADICTED = [
    ("greater", "Fine-tuning is better than zero-shot.", None, {"left": TUNED, "right": TUNED}),
    ("within", "The fine-tuned accuracy agrees with the other.", None, TURNED | {"tolerance": 0.1}),
    ("falls", "Fine-tuning raises the accuracy.", None, SERIES),
    ("rises", "So it is.", "there is a clear decrease in accuracy", SERIES),
    ("monotone", "The accuracy rises.", None, SERIES),
    ("rises", "The accuracy stays the same.", None, SERIES),
    ("rises", "Fine-tuning raises the accuracy.", None, BACK),
    ("rises", "The fine-tuned model is better than the zero-shot one.", None, BACK),
    ("rises", "It goes up from zero-shot to fine-tuned.", None, BACK),
    ("less", "Fine-tuning is better than zero-shot.", None, SIDES),
    ("greater", "Fine-tuning is better than zero-shot.", None, TURNED),
    ("equal", "Fine-tuning is better than zero-shot.", None, SIDES),
    ("greater", "Both are the same.", None, SIDES),
    ("greater", "Fine-tuning is significantly better.", None, SIDES),
    ("equal", "Both agree approximately.", None, SIDES),
    ("rises", "Only the last step counts.", None, SERIES),
    ("rises", "Fine-tuning raises F1.", None, SERIES),
    ("rises", "Fine-tuning raises Mistral.", None, SERIES | {"of": {"quantity": "accuracy", "model": "llama-7b"}}),
    ("rises", "So it is.", "F1 falls from 26.44% to 5.36%", SERIES),
    ("rises", "So it is.", "with 1200 parameters in all", SERIES),
]


def write(folder, predicate, statement, quote, test):
    claim = {"claim": "one", "statement": statement, "quote": quote, "place": "p", "predicate": predicate} | test
    shown = json.dumps({key: value for key, value in claim.items() if value is not None})
    (folder / "a-document.yaml").write_text(f"{STUDY}  - {shown}\n", "utf-8")


@pytest.mark.parametrize(("predicate", "statement", "quote", "test"), TOLD_WELL)
def test_words_that_fit_the_test_are_let_pass(tmp_path, predicate, statement, quote, test):
    write(tmp_path, predicate, statement, quote, test)
    assert load_study("a-document", tmp_path).claims[0].predicate == predicate


@pytest.mark.parametrize(("predicate", "statement", "quote", "test"), CONTRADICTED)
def test_words_that_say_another_thing_are_refused_with_their_line(tmp_path, predicate, statement, quote, test):
    write(tmp_path, predicate, statement, quote, test)
    with pytest.raises(UserError, match=rf"a-document.yaml:{STUDY.count(chr(10)) + 1}: claims.0.(statement|quote): "):
        load_study("a-document", tmp_path)
