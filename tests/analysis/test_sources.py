"""Which documents there are is read off the tables: no module that any report could use names one."""

import re
from pathlib import Path

import pytest

import analysis
from analysis.sources import described, in_words, only, series, short_name
from tests.analysis.reported import TABLES, read

ROOT = Path(analysis.__file__).parent
STUDIES = Path(__file__).parents[2] / "experiments" / "studies"


def test_what_any_report_could_say_names_no_study_and_no_source():
    names = "|".join(re.escape(path.stem) for path in STUDIES.glob("*.yaml"))
    named = re.compile(rf"\b(s[0-4]|{names})\b", re.I)
    modules = [path for path in ROOT.rglob("*.py") if path.relative_to(ROOT).parts[0] != "this_report"]
    assert len(modules) > 30
    found = {str(path): named.findall(path.read_text("utf-8")) for path in modules}
    assert not {name: words for name, words in found.items() if words}


def test_a_series_differs_in_one_field_alone():
    scores = read("published-s4/figures").where(quantity=("bleu", "rouge_l"), model="phi-2")
    found = series(scores, "layer")
    assert [len(group) for group in found] == [4] * 4
    assert all(len({(row["quantity"], row["method"]) for row in group}) == 1 for group in found)


def test_only_one_row_will_do():
    figures = read("published-s3/figures")
    assert only(figures, quantity="total_parameters", method="quoted")["value"] == 1.23e9
    assert only(figures, quantity="total_parameters") is None
    assert only(figures, quantity="none") is None


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"quantity": "exact_match", "dataset": "squad"}, "exact match (SQuAD)"),
        ({"quantity": ("accuracy", "f1", "mse"), "layer": 8}, "accuracy, F1 and mean squared error (layer 8)"),
        ({"quantity": "trainable_parameters"}, "number of trainable parameters"),
    ],
)
def test_figures_in_words(cells, words):
    assert described(cells) == words


def test_what_no_list_knows_keeps_its_name():
    assert in_words("token_error_rate") == "token error rate"
    assert [in_words(name) for name in ("first-layer", "fine-tuned")] == ["first layer", "fine-tuned"]
    assert TABLES.named("claims")


@pytest.mark.parametrize(("source", "shown"), [("b12", "B12"), ("other", "other"), ("smith-2020", "smith-2020")])
def test_a_source_is_shown_as_it_is_written_but_for_a_letter_and_a_number(source, shown):
    assert short_name(source) == shown
