"""A name that differs from a known one in a digit is told, and no other name."""

import pytest

from report.checking.allowed import well_known
from report.checking.misnamed import Names

NAMES = Names(
    ["Llama-3.2-1B", "Llama-3.2-3B", "phi-2", "smollm2-135m-instruct", "S1", "gemma-2-2b", "12"], well_known()
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("S1 evaluates Llama-3.3-1B on it.", ["Llama-3.2-1B"]),
        ("the scores of llama 3.4 1b", ["Llama-3.2-1B"]),
        ("(smollm2-136m-instruct)", ["smollm2-135m-instruct"]),
        ("Phi-7 and Phi-9.", ["phi-2", "phi-2"]),
    ],
)
def test_another_digit_is_told_with_the_name_that_may_be_meant(text, meant):
    assert [known for _, _, known in NAMES.misnamed(text)] == meant


@pytest.mark.parametrize(
    "text",
    [
        "Llama-3.2-1B, Llama-3.2-3B, Phi-2 and Llama 3.2 1B.",
        "GPT-4, Phi-3, Gemma-2-9B and Llama-3.3-70B.",
        "S5 and F2, at layer 3 of 12",
        "in phi-2.5-mini and my-phi-3",
        "",
    ],
)
def test_known_well_known_and_other_names_are_not(text):
    assert list(NAMES.misnamed(text)) == []


def test_a_project_without_names_has_no_finding():
    assert list(Names([]).misnamed("Llama-3.3-1B")) == []
