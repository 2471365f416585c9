"""Which examples are shown is a rule, and what broken ones have in common is tested."""

from dataclasses import replace

import pytest

from analysis.chapters.failure_cases import transitions
from analysis.chapters.failure_cases.examples import cases, show_first_cases, tabulate_cases
from analysis.chapters.failure_cases.features import comparisons, describe_differences, list_left_out
from analysis.chapters.failure_cases.transitions import Compared
from analysis.texts.join import ABSENT
from experiments.tables.terms import Correctness
from tests.analysis.chapters.conftest import plain, shown

LABELS = {"both-right": "000", "broken": "001", "corrected": "010", "both-wrong": "011"}
SPAN = "positive"


@pytest.fixture
def compared(page, freeze):
    """A function that freezes examples and gives their study: `compared({("seed-0", "dev-1"): ("broken", 0.9, 12)})`.

    A cell holds the class, the probability of what is predicted after, the words, and whether there is a negation.
    """

    def freeze_examples(found, counts=None, **more) -> Compared:
        rows = [
            {
                "run": run,
                "id": example,
                "correctness": correctness,
                "after_positive": p,
                "after_negative": p,
                "words": words,
                "negation": bool(rest and rest[0]),
                **dict(
                    zip(
                        ("gold", "before", "after"),
                        (("positive", "negative")[int(label)] for label in LABELS[correctness]),
                        strict=True,
                    )
                ),
            }
            for (run, example), (correctness, p, words, *rest) in found.items()
        ]
        freeze("sst2-lora/examples", rows, **more)
        counts = counts or dict.fromkeys(Correctness, 0)
        total = sum(counts.values())
        freeze(
            "sst2-lora/transitions",
            [{"run": "all", "correctness": name, "count": count, "n": total} for name, count in counts.items()],
        )
        return Compared(
            page, "a", "Study A", "study A", page.table("sst2-lora/examples"), page.table("sst2-lora/transitions")
        )

    return freeze_examples


def test_cases_are_those_of_most_seeds_and_then_the_most_confident(compared):
    found = cases(
        compared(
            {
                ("seed-0", "sure-once"): ("broken", 0.99, 5),
                ("seed-0", "twice"): ("broken", 0.6, 5),
                ("seed-1", "twice"): ("broken", 0.7, 5),
                ("seed-0", "twice-surer"): ("broken", 0.8, 5),
                ("seed-1", "twice-surer"): ("broken", 0.5, 5),
                ("seed-0", "unsure-once"): ("broken", 0.51, 5),
                ("seed-0", "kept"): ("both-right", 0.9, 5),
            }
        )
    )
    assert [case.row["id"].data for case in found] == ["twice-surer", "twice", "sure-once"]
    assert [(case.seeds.data, case.row["run"].data) for case in found] == [(2, "seed-0"), (2, "seed-1"), (1, "seed-0")]
    assert [case.is_first for case in found] == [True, False, False]


def test_of_each_data_set_the_study_with_the_most_classes_is_shown(page, compared):
    rows = {("seed-0", "dev-1"): ("both-wrong", 0.9, 5), ("seed-0", "dev-2"): ("broken", 0.9, 5)}
    both = compared(rows, made_from={"sst2/dev": "0" * 64})
    one = replace(both, label="b", title="Study B", examples=both.examples.where(correctness="broken"))
    table = show_first_cases(page, [one, both, replace(both, label="c", title="Study C")])
    assert [name for name in ("Study A", "Study B", "Study C") if name in table] == ["Study A"]


def test_a_case_without_its_data_says_so(compared):
    study = compared({("seed-0", "dev-1"): ("both-wrong", 0.9, 5)}, made_from={"sst2/dev": "0" * 64})
    table = tabulate_cases(study)
    assert ABSENT in table
    assert "negative, not positive" in plain(table)
    assert "`sst2-lora/examples` (measured)" in table


def many(broken: range, kept: range, words) -> dict:
    rows = {("seed-0", f"b{i}"): ("broken", 0.9, words(i), i % 2 == 0) for i in broken}
    return rows | {("seed-0", f"k{i}"): ("both-right", 0.9, words(i), i % 2 == 0) for i in kept}


def test_a_significant_difference_is_shown_with_its_direction(page, compared):
    study = compared(many(range(100, 120), range(20), lambda i: i))
    assert plain(describe_differences(page, comparisons([study]))) == (
        "Of 2 comparisons, 1 is significant:\n\n- On study A, broken examples are longer: 110 (105 to 114) against "
        "10 (5 to 14) (medians with quartiles; p < 0.001)."
    )
    assert not shown(list_left_out([study]))


@pytest.mark.parametrize(("broken", "word"), [(100, "longer"), (-100, "shorter")])
@pytest.mark.parametrize("outlier", [0, 1_000_000])  # of the kept examples, whose mean is then the greater
def test_the_direction_of_a_difference_is_that_of_the_medians_shown(compared, broken, word, outlier):
    rows = many(range(broken, broken + 20), range(20), lambda i: i + 100 + (outlier if i == 19 else 0))
    found, _ = comparisons([compared(rows)])
    assert (found.p.significant, word in found.difference.words) == (True, True)
    [_, relation] = found.difference.rests_on
    medians = [group.summary("words").estimate for group in (found.broken, found.kept)]
    assert [relation.left, relation.right] == medians


def test_shares_have_confidence_intervals_and_medians_quartiles(compared):
    words, negation = comparisons([compared(many(range(20), range(20), lambda i: i))])
    assert (words.broken.summary("words").level, negation.broken.summary("negation").level) == (None, 0.95)
    assert words.broken.summary("words").lower.data == pytest.approx(4.75)
    assert (words.p.correction, words.p.test[:4], negation.p.test[:6]) == ("Holm", "Mann", "Fisher")


def test_no_significant_difference_shows_how_many_were_tested(page, compared):
    study = compared(many(range(20), range(20), lambda i: i))
    assert shown(describe_differences(page, comparisons([study]))) == ["2"]


def test_too_few_examples_are_not_compared(page, compared):
    study = compared(many(range(4), range(20), lambda i: i))
    assert comparisons([study]) == []
    assert not shown(describe_differences(page, []))
    assert "study A" in list_left_out([study])


def test_an_example_belongs_where_most_seeds_put_it(compared):
    rows = {
        ("seed-0", "x"): "broken",
        ("seed-1", "x"): "broken",
        ("seed-2", "x"): "both-right",
        ("seed-0", "y"): "broken",
        ("seed-1", "y"): "both-right",
        ("seed-2", "y"): "corrected",
    }
    study = compared({key: (correctness, 0.9, 5) for key, correctness in rows.items()})
    assert study.majority_classes() == {"x": "broken"}


def test_broken_and_corrected_predictions_read_as_in_a_paper(compared):
    counts = dict(zip(Correctness, (10, 3, 6, 1), strict=True))
    study = compared({("seed-0", "x"): ("broken", 0.9, 5)}, counts)
    assert plain(transitions.describe_transitions([study])) == (
        "- On study A, fine-tuning breaks 6 of 16 right predictions (38%) and corrects 3 of 4 wrong ones (75%); it "
        "breaks more than it corrects."
    )


@pytest.mark.parametrize(
    ("counts", "values", "more"),
    [
        ((10, 3, 6, 1), ["6", "16", "38%", "3", "4", "75%"], True),
        ((10, 6, 3, 1), ["3", "13", "23%", "6", "7", "86%"], False),
        ((10, 0, 0, 10), ["20"], False),
        ((0, 5, 0, 5), ["5", "10", "50%"], False),
        ((5, 0, 5, 0), ["5", "10", "50%"], True),
    ],
)
def test_transitions_are_described_by_their_counts(compared, counts, values, more):
    study = compared({("seed-0", "x"): ("broken", 0.9, 5)}, dict(zip(Correctness, counts, strict=True)))
    sentence = transitions.describe_transitions([study])
    assert shown(sentence) == values
    assert ("more than it corrects" in sentence) is more
