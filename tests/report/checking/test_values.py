"""A text of a table is shown as it is, whatever it says."""

import pytest

from report.checking.values import misrounded
from report.ledger.model import Fact
from tests.report.checking.facts import fact


def shown(text: str, value: str | int | None) -> Fact:
    return fact("label").model_copy(update={"text": text, "value": value})


@pytest.mark.parametrize(("text", "value"), [("n/a", "n/a"), ("n/a", None), ("b", "b")])
def test_a_text_that_reads_as_a_missing_value_is_one_like_others(text, value):
    assert list(misrounded([shown(text, value)])) == []


@pytest.mark.parametrize(("text", "value"), [("n/a", "b"), ("n/a", 7), ("b", None)])
def test_a_value_that_is_shown_as_missing_is_told(text, value):
    [(_, problem)] = misrounded([shown(text, value)])
    assert problem.startswith(f"reads {text}")
