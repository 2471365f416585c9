"""Studies of data sets that are larger than memory choose the same examples as of those that fit."""

import pytest

from experiments.answering import questions
from experiments.data.splits import digest
from experiments.exits import instructions
from experiments.finetuning import parts
from experiments.probing import examples
from experiments.study_files import load_study


def _of_finetuning(settings):
    found = parts.read_parts(settings)
    return found.examples, found.left_out, found.unlabelled, found.data


def _of_questions(settings):
    found = questions.choose(settings)
    return found.named(), found.left_out, found.rules, found.digests


def _of_instructions(settings):
    found = instructions.choose(settings)
    return found.named(), found.left_out, found.rules, found.digests


def _of_probing(settings):
    found = examples.choose(settings, 0)
    return {"all": found.examples}, found.texts, found.steps, found.digests


@pytest.mark.parametrize(
    ("study", "choose"),
    [
        ("sst2-lora", _of_finetuning),
        ("snli-qlora", _of_finetuning),
        ("squad-lora", _of_questions),
        ("early-exit-alpaca", _of_instructions),
        ("layer-probe-movies", _of_probing),
    ],
)
def test_the_same_examples_are_chosen(study, choose, monkeypatch):
    settings = load_study(study).at("smoke").chosen
    chosen, *more = choose(settings)
    monkeypatch.setattr("experiments.data.load.IN_MEMORY", 0)
    streamed, *same = choose(settings)
    assert same == more
    assert {part: digest(found) for part, found in streamed.items()} == {p: digest(f) for p, f in chosen.items()}
