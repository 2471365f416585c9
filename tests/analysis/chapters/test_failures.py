"""Which examples are shown is a rule, and what broken ones have in common is tested."""

import pytest

from analysis.chapters.failure_cases import examples as cases
from analysis.chapters.failure_cases import features as common_features
from analysis.chapters.failure_cases.transitions import Compared
from analysis.texts.join import ABSENT
from tests.analysis.chapters.conftest import plain


def compared(page, name: str = "sst2-lora") -> Compared:
    table = page.table(f"{name}/examples")
    return Compared(name, "SST-2, LoRA", "SST-2 with LoRA", table, table)


def test_cases_are_those_of_most_seeds_and_then_the_surest(page, examples):
    examples(
        "sst2-lora",
        {
            ("seed-0", "sure-once"): ("broken", 0.99, 5, False),
            ("seed-0", "twice"): ("broken", 0.6, 5, False),
            ("seed-1", "twice"): ("broken", 0.7, 5, False),
            ("seed-0", "twice-surer"): ("broken", 0.8, 5, False),
            ("seed-1", "twice-surer"): ("broken", 0.5, 5, False),
            ("seed-0", "unsure-once"): ("broken", 0.51, 5, False),
            ("seed-0", "kept"): ("both-right", 0.9, 5, False),
        },
    )
    found = cases.cases(compared(page))
    assert [case.row["id"].data for case in found] == ["twice-surer", "twice", "sure-once"]
    assert [(case.seeds.data, case.row["run"].data) for case in found] == [(2, "seed-0"), (2, "seed-1"), (1, "seed-0")]
    assert [case.is_first for case in found] == [True, False, False]


def test_a_case_without_its_data_says_so(page, examples):
    examples("sst2-lora", {("seed-0", "dev-1"): ("both-wrong", 0.9, 5, False)}, made_from={"sst2/dev": "0" * 64})
    shown = cases.shown(page, compared(page))
    assert ABSENT in shown
    assert "b, not a" in plain(shown)
    assert "`sst2-lora/examples` (measured)" in shown


def many(broken: range, kept: range, words) -> dict:
    rows = {("seed-0", f"b{i}"): ("broken", 0.9, words(i), i % 2 == 0) for i in broken}
    return rows | {("seed-0", f"k{i}"): ("both-right", 0.9, words(i), i % 2 == 0) for i in kept}


@pytest.fixture
def told(page, monkeypatch):
    monkeypatch.setattr(common_features, "compared", lambda page: [compared(page)])
    return lambda: (plain(common_features.told(page)), plain(common_features.not_compared(page)))


def test_a_clear_difference_is_told_with_its_direction(examples, told):
    examples("sst2-lora", many(range(100, 120), range(20), lambda i: i))
    found, missing = told()
    assert found == (
        "Of 2 comparisons, 1 shows a difference beyond chance:\n\n"
        "- On SST-2 with LoRA, broken examples are longer: 110 (105 to 114) against 10 (5 to 14) (p < 0.001)."
    )
    assert missing == "Every study is compared."


def test_no_difference_is_told_as_such(examples, told):
    examples("sst2-lora", many(range(20), range(20), lambda i: i))
    assert told()[0] == "None of the 2 comparisons tells the broken examples from the kept ones beyond chance."


def test_too_few_examples_are_not_compared(examples, told):
    examples("sst2-lora", many(range(4), range(20), lambda i: i))
    found, missing = told()
    assert found == "No study has enough broken and kept examples for a comparison."
    assert missing == "Left out for too few examples: SST-2 with LoRA."


def test_an_example_belongs_where_most_seeds_put_it(page, examples):
    rows = {
        ("seed-0", "x"): "broken",
        ("seed-1", "x"): "broken",
        ("seed-2", "x"): "both-right",
        ("seed-0", "y"): "broken",
        ("seed-1", "y"): "both-right",
        ("seed-2", "y"): "corrected",
    }
    examples("sst2-lora", {key: (correctness, 0.9, 5, False) for key, correctness in rows.items()})
    assert compared(page).most_often() == {"x": "broken"}
