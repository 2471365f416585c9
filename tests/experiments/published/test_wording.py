"""The words of a claim against its test: a contradiction is refused with file and line, also before freezing again."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


TUNED_IS_BETTER = [
    "Fine-tuning is more accurate than zero-shot.",
    "Fine-tuning is not less accurate than zero-shot.",
    "Fine-tuning is never worse than zero-shot.",
    "Fine-tuning does not lose against zero-shot.",
    "The accuracy of fine-tuning is not smaller than that of zero-shot.",
    "Fine-tuning is not only cheaper but also better than zero-shot.",
    "Fine-tuning does not hurt.",
    "Fine-tuning is nowhere near as bad as zero-shot.",
    "Fine-tuning makes fewer errors than zero-shot.",
    "Fine-tuning lowers the error rate.",
    "Zero-shot is less accurate than fine-tuning.",
    "Zero-shot is not as accurate as fine-tuning.",
    "Zero-shot does not match fine-tuning.",
    "Zero-shot fails to beat fine-tuning.",
    "Zero-shot is outperformed by fine-tuning.",
    "Zero-shot trails fine-tuning.",
    "Zero-shot makes more errors than fine-tuning.",
    "No method beats fine-tuning.",
    "Nothing is better than fine-tuning.",
    "Without fine-tuning the accuracy is lower.",
    "Compared with zero-shot, fine-tuning is better.",
    "The accuracy is higher with fine-tuning than with zero-shot.",
    "Fine-tuning is the best method.",
    "Zero-shot reaches 13.5%, fine-tuning is better.",
    "While zero-shot is weak, fine-tuning is much stronger.",
    "Zero-shot does not come close to fine-tuning.",
    "None of the methods is more accurate than fine-tuning.",
    "Zero-shot has the lowest accuracy.",
    "Fine-tuning, run five times, is better than zero-shot.",
    "Fine-tuning, with twice the data, beats zero-shot.",
]
TUNED_IS_WORSE = [
    "Fine-tuning is less accurate than zero-shot.",
    "Fine-tuning is much less accurate than zero-shot.",
    "Fine-tuning is inferior to zero-shot.",
    "Fine-tuning is poorer than zero-shot.",
    "Fine-tuning loses against zero-shot.",
    "Fine-tuning loses accuracy.",
    "Fine-tuning lags behind zero-shot.",
    "Fine-tuning trails zero-shot.",
    "Fine-tuning falls short of zero-shot.",
    "Fine-tuning comes second to zero-shot.",
    "Fine-tuning is no match for zero-shot.",
    "Fine-tuning is only the runner-up.",
    "Fine-tuning is not more accurate than zero-shot.",
    "Fine-tuning is no better than zero-shot.",
    "Fine-tuning never beats zero-shot.",
    "Fine-tuning hardly beats zero-shot.",
    "Fine-tuning doesn't outperform zero-shot.",
    "Fine-tuning fails to beat zero-shot.",
    "Fine-tuning is not as accurate as zero-shot.",
    "Fine-tuning does not reach the accuracy of zero-shot.",
    "Fine-tuning is outperformed by zero-shot.",
    "Fine-tuning makes more errors than zero-shot.",
    "Fine-tuning is wrong more often than zero-shot.",
    "Fine-tuning has a higher error rate than zero-shot.",
    "Fine-tuning has fewer correct answers than zero-shot.",
    "The accuracy of fine-tuning is smaller than that of zero-shot.",
    "The accuracy is lower with fine-tuning than with zero-shot.",
    "Compared with zero-shot, fine-tuning is less accurate.",
    "Fine-tuning does not come close to zero-shot.",
    "Fine-tuning does not help.",
    "Fine-tuning is left behind by zero-shot.",
    "Fine-tuning is nowhere near zero-shot.",
    "Fine-tuning misses more cases than zero-shot.",
    "Zero-shot is the best method.",
    "Zero-shot has the highest accuracy.",
    "The best accuracy is that of zero-shot.",
    "Fine-tuning is the least accurate method.",
    "Fine-tuning ranks last.",
    "Zero-shot is at least as good as fine-tuning.",
    "Zero-shot is not worse than fine-tuning.",
    "Zero-shot makes fewer errors than fine-tuning.",
    "No method beats zero-shot.",
]
ALIKE = [
    "Fine-tuning and zero-shot are equally accurate.",
    "Fine-tuning is as accurate as zero-shot.",
    "Fine-tuning is on par with zero-shot.",
    "Fine-tuning performs as well as zero-shot.",
    "Fine-tuning and zero-shot tie.",
    "There is no difference between fine-tuning and zero-shot.",
    "Fine-tuning and zero-shot do not differ.",
]
AMOUNTS = [
    ("Fine-tuning is {} more accurate than zero-shot.", ["82 points", "82.0 points", "82 percentage points", "607%"]),
    ("Fine-tuning is {} points more accurate.", ["about 80", "more than 80", "at least 82", "less than 90"]),
    ("Fine-tuning is {} as accurate as zero-shot.", ["7 times", "7.1 times", "seven times", "more than five times"]),
    ("Fine-tuning raises the accuracy by {}.", ["82 points", "82%", "607%"]),
]
OTHER_AMOUNTS = [
    ("Fine-tuning is {} more accurate than zero-shot.", ["90 points", "8.2 points", "twenty points", "20%"]),
    ("Fine-tuning is {} points more accurate.", ["about 40", "more than 83", "at least 90", "less than 80"]),
    (
        "Fine-tuning is {} as accurate as zero-shot.",
        ["ten times", "twice", "7.2 times", "half", "more than eight times"],
    ),
    ("Fine-tuning raises the accuracy by {}.", ["90 points", "60%"]),
]


def fits(folder, predicate, statement, test):
    write(folder, predicate, statement, None, test)
    try:
        load_study("a-document", folder)
    except UserError as error:
        line = STUDY.count("\n") + 1
        [said] = str(error).splitlines()
        assert f"a-document.yaml:{line}: claims.0.statement: " in said
        return False
    return True


@pytest.mark.parametrize("statement", TUNED_IS_BETTER)
def test_what_says_that_the_left_is_better_fits_greater_and_not_less(tmp_path, statement):
    assert fits(tmp_path, "greater", statement, SIDES)
    assert not fits(tmp_path, "less", statement, SIDES)


def test_what_is_lost_may_be_nothing(tmp_path):
    assert fits(tmp_path, "greater", "Fine-tuning loses nothing against zero-shot.", SIDES)
    assert not fits(tmp_path, "greater", "Fine-tuning loses accuracy against zero-shot.", SIDES)


@pytest.mark.parametrize("statement", TUNED_IS_WORSE)
def test_what_says_that_the_left_is_worse_fits_less_and_not_greater_or_rises(tmp_path, statement):
    assert not fits(tmp_path, "greater", statement, SIDES)
    assert not fits(tmp_path, "rises", statement, SERIES | {"of": {"quantity": "accuracy", "model": "llama-7b"}})
    assert fits(tmp_path, "less", statement, SIDES)


@pytest.mark.parametrize("statement", ALIKE)
def test_what_says_that_both_are_alike_fits_equal_alone(tmp_path, statement):
    assert fits(tmp_path, "equal", statement, SIDES)
    assert not fits(tmp_path, "greater", statement, SIDES)
    assert not fits(tmp_path, "less", statement, SIDES)


@pytest.mark.parametrize("statement", ["Fine-tuning is not equal to zero-shot.", "Both differ.", "It is not the same."])
def test_what_says_that_both_differ_does_not_fit_equal(tmp_path, statement):
    assert not fits(tmp_path, "equal", statement, SIDES)
    assert fits(tmp_path, "equal", "Fine-tuning is no better than zero-shot.", SIDES)


@pytest.mark.parametrize(
    "statement", [*TUNED_IS_BETTER[:8], "No method beats fine-tuning.", "Fine-tuning comes first."]
)
def test_what_says_that_the_left_is_better_fits_best(tmp_path, statement):
    assert fits(tmp_path, "best", statement, {"left": TUNED, "among": {"quantity": "accuracy", "model": "llama-7b"}})


@pytest.mark.parametrize(
    "statement",
    [
        "Zero-shot is the best method.",
        "Zero-shot is unbeaten.",
        "Zero-shot comes first.",
        "Fine-tuning is the worst method.",
        "Fine-tuning is not the best method.",
        "Fine-tuning is less accurate than zero-shot.",
    ],
)
def test_a_superlative_of_another_does_not_fit_best(tmp_path, statement):
    test = {"left": TUNED, "among": {"quantity": "accuracy", "model": "llama-7b"}}
    assert not fits(tmp_path, "best", statement, test)


@pytest.mark.parametrize(
    ("statement", "fit"), [(form.format(amount), True) for form, amounts in AMOUNTS for amount in amounts]
    + [(form.format(amount), False) for form, amounts in OTHER_AMOUNTS for amount in amounts],
)  # fmt: skip
def test_points_and_times_are_those_of_the_printed_figures(tmp_path, statement, fit):
    assert fits(tmp_path, "greater", statement, SIDES) == fit


@pytest.mark.parametrize(
    "statement",
    [
        "Fine-tuning is three times faster and more accurate than zero-shot.",
        "With ten times fewer parameters fine-tuning is more accurate.",
        "Fine-tuning reduces memory by 50% and raises the accuracy.",
        "In 10-fold cross-validation fine-tuning is better.",
        "Fine-tuning doubles the batch size and the accuracy is higher.",
        "Fine-tuning, trained twice as long, beats zero-shot.",
        "Fine-tuning is better with 20% more data.",
        "With ten times higher throughput fine-tuning is better.",
    ],
)
def test_amounts_of_something_else_are_let_pass(tmp_path, statement):
    assert fits(tmp_path, "greater", statement, SIDES)


@pytest.mark.parametrize(
    ("statement", "fit"),
    [
        ("Fine-tuning is worse by at least 20 points.", False),
        ("At least on this data set, fine-tuning is worse than zero-shot.", False),
        ("Fine-tuning lowers the accuracy by more than 50 points.", False),
        ("With more data, fine-tuning is worse than zero-shot.", False),
        ("Fine-tuning, with twice as many epochs, is worse than zero-shot.", False),
        ("On a five-point scale fine-tuning is better.", True),
        ("With 5-point Likert scales fine-tuning is better.", True),
        ("Fine-tuning raises the accuracy by 82 points and lowers F1 by 21 points.", True),
        ("The difference between fine-tuning and zero-shot exceeds 80 points.", True),
        ("Zero-shot is outperformed by 82 points by fine-tuning.", True),
        ("Fine-tuning is outperformed by none.", True),
    ],
)
def test_an_amount_a_setting_or_a_doer_turns_no_comparison_round(tmp_path, statement, fit):
    assert fits(tmp_path, "greater", statement, SIDES) == fit


@pytest.mark.parametrize(
    "statement",
    [
        "Fine-tuning improves nothing.",
        "Fine-tuning improves no score.",
        "Fine-tuning improves neither accuracy nor speed.",
        "Fine-tuning gains nothing over zero-shot.",
        "Fine-tuning gains little over zero-shot.",
        "Fine-tuning gains no points on zero-shot.",
        "Fine-tuning brings little improvement over zero-shot.",
        "Fine-tuning does little to improve the accuracy.",
        "Fine-tuning is better on no data set.",
        "Fine-tuning beats zero-shot nowhere.",
        "Fine-tuning improves hardly.",
        "Fine-tuning raises the accuracy not at all.",
        "Little is gained by fine-tuning.",
    ],
)
def test_a_gain_that_is_none_fits_no_test_of_one(tmp_path, statement):
    assert not fits(tmp_path, "greater", statement, SIDES)
    assert not fits(tmp_path, "difference-significant", statement, SIDES)
    assert fits(tmp_path, "less", statement, SIDES)
    assert fits(tmp_path, "equal", statement, SIDES)


@pytest.mark.parametrize(
    "statement",
    [
        "Fine-tuning gains a little over zero-shot.",
        "Fine-tuning improves little by little.",
        "With little data fine-tuning beats zero-shot.",
        "Fine-tuning improves with no further data.",
        "Fine-tuning beats no fine-tuning.",
        "Fine-tuning is better by no less than 80 points.",
        "Fine-tuning costs nothing and improves the accuracy.",
        "Fine-tuning beats zero-shot and loses on no data set.",
        "Fine-tuning loses no points against zero-shot.",
        "Fine-tuning improves nothing but the accuracy.",
        "Fine-tuning improves the accuracy at no layer but the last.",
        "Fine-tuning beats none other than zero-shot.",
    ],
)
def test_a_negation_of_something_else_leaves_a_gain(tmp_path, statement):
    assert fits(tmp_path, "greater", statement, SIDES)
    assert not fits(tmp_path, "less", statement, SIDES)


MISTRAL = [{"quantity": "accuracy", "model": "mistral-7b", "method": name} for name in ("fine-tuned", "zero-shot")]
MULTIPLES = [
    ("Fine-tuning has {} the accuracy of zero-shot.", ["seven times", "7.1 times"], ["double", "twice", "three times"]),
    ("Fine-tuning improves the accuracy by a factor of {}.", ["7", "seven", "7.1"], ["two", "3", "more than 8"]),
    ("Fine-tuning beats zero-shot by {} a factor of five.", ["more than"], ["less than", "about"]),
    ("The accuracy of fine-tuning is {} that of zero-shot.", ["7 times"], ["twice", "ten times"]),
    ("Fine-tuning leads to {} the accuracy.", ["seven times", "more than double"], ["double", "thrice"]),
    ("The accuracy {} with fine-tuning.", ["rises"], ["doubles", "is doubled", "triples"]),
    ("Fine-tuning brings a {} of the accuracy.", ["rise"], ["doubling"]),
    ("Fine-tuning makes {} the errors of zero-shot.", ["few of"], ["half"]),
]


@pytest.mark.parametrize(
    ("statement", "fit"),
    [(form.format(one), True) for form, right, _ in MULTIPLES for one in right]
    + [(form.format(one), False) for form, _, wrong in MULTIPLES for one in wrong],
)
def test_a_factor_is_that_of_the_printed_figures(tmp_path, statement, fit):
    assert fits(tmp_path, "greater", statement, SIDES) == fit


@pytest.mark.parametrize(
    "statement",
    [
        "Fine-tuning has double the parameters and is more accurate.",
        "Fine-tuning is better in half the time.",
        "Fine-tuning doubles the speed at equal accuracy.",
        "Fine-tuning doubles speed without accuracy loss.",
        "Fine-tuning reduces memory by a factor of two and raises the accuracy.",
        "A fine-tuned model, better in each way, reduces memory by a factor of two.",
        "The batch size doubles with fine-tuning, which raises the accuracy.",
        "With a rank twice that of zero-shot, fine-tuning is better.",
        "Fine-tuning is better, if by no means twice as accurate.",
    ],
)
def test_a_factor_of_something_else_is_let_pass(tmp_path, statement):
    assert fits(tmp_path, "greater", statement, SIDES)


def test_half_as_a_share_of_a_score_says_which_is_lower(tmp_path):
    near = {"left": MISTRAL[0], "right": TUNED}  # 50.5% and 95.5%, about a half
    assert not fits(tmp_path, "greater", "Mistral has half the accuracy of Llama.", near)
    assert fits(tmp_path, "less", "Mistral has half the accuracy of Llama.", near)
    assert not fits(tmp_path, "less", "Mistral has twice the accuracy of Llama.", near)


FROM_TO = [
    "Fine-tuning raises the accuracy from {} to {}.",
    "With fine-tuning the accuracy rises from {} to {}.",
    "Fine-tuning improves from {} to {}.",
    "The accuracy goes up from {} with zero-shot to {} with fine-tuning.",
    "There is an increase in accuracy from about {} to {} on this data set.",
]


@pytest.mark.parametrize("form", FROM_TO)
def test_a_pair_from_and_to_is_that_of_the_sides_in_their_order(tmp_path, form):
    one = SERIES | {"of": {"quantity": "accuracy", "model": "llama-7b"}}
    for right in (("13.5%", "95.5%"), ("13.5", "95.5"), ("14%", "96%"), ("0.135", "0.955")):
        assert fits(tmp_path, "greater", form.format(*right), SIDES), right
        assert fits(tmp_path, "rises", form.format(*right), one), right
        assert fits(tmp_path, "rises", form.format(*right), SERIES), right
    for wrong in (("13.5%", "50.5%"), ("40.5%", "95.5%"), ("13.5", "59.5"), ("95.5%", "13.5%"), ("20%", "90%")):
        assert not fits(tmp_path, "greater", form.format(*wrong), SIDES), wrong
        assert not fits(tmp_path, "rises", form.format(*wrong), one), wrong
        assert not fits(tmp_path, "rises", form.format(*wrong), SERIES), wrong


@pytest.mark.parametrize(
    ("statement", "fit"),
    [
        ("Fine-tuning takes the accuracy from 95.5% to 13.5%.", False),
        ("Fine-tuning brings the accuracy from 13.5% to 95.5%.", True),
        ("Without fine-tuning the accuracy goes from 95.5% to 13.5%.", True),
        ("Without fine-tuning the accuracy falls from 95.5% to 13.5%.", True),
        ("Fine-tuning is worse, down from 95.5% to 13.5%.", False),
        ("Fine-tuning lowers the error rate from 86.5% to 4.5%.", True),
        ("Fine-tuning lowers the error rate from 86.5% to 8.5%.", False),
        ("Fine-tuning is better with 10% to 50% of the data.", True),
        ("Fine-tuning is better when dropout is raised from 10% to 50%.", True),
        ("As the share of data rises from 10% to 50%, fine-tuning gets better.", True),
        ("Fine-tuning raises the accuracy from 10% to 50% of the data.", True),
        ("Accuracies range from 13.5% to 50.5%, and fine-tuning is better.", True),
        ("From layer 8 to 32, fine-tuning raises the accuracy.", True),
        ("Going from 300 to 1200 parameters, fine-tuning is better.", True),
        ("Fine-tuning raises the accuracy on scales from 1 to 7.", True),
        ("Fine-tuning raises the accuracy on tasks from 1 to 10.", True),
        ("Fine-tuning improves the accuracy from step 10 to 100.", True),
        ("The accuracy rises from under 20% to over 90%.", True),
        ("Fine-tuning raises the accuracy of Llama; it raises the accuracy of Mistral from 40.5% to 50.5%.", True),
        ("The accuracy does not rise from 40.5% to 50.5%, it is higher with fine-tuning than with zero-shot.", True),
        ("The accuracy rises from under 10% to over 90%.", False),
        ("Fine-tuning raises the accuracy in papers from 2019 to 2021.", True),
        ("Fine-tuning raises the accuracy and lowers F1 from 26.44% to 5.36%.", True),
    ],
)
def test_a_pair_from_and_to_of_something_else_is_let_pass(tmp_path, statement, fit):
    assert fits(tmp_path, "greater", statement, SIDES) == fit


def test_a_pair_from_and_to_may_be_of_means(tmp_path):
    assert fits(tmp_path, "rises", "The mean accuracy rises from 27% to 73%.", SERIES)
    assert not fits(tmp_path, "rises", "The accuracy rises from 27% to 73%.", SERIES)


@pytest.mark.parametrize(
    "statement",
    [
        "Removing fine-tuning lowers the accuracy.",
        "Leaving fine-tuning out hurts.",
        "Leaving out fine-tuning degrades the accuracy.",
        "Dropping fine-tuning reduces the accuracy.",
        "Without fine-tuning, the accuracy drops.",
        "The accuracy drops without fine-tuning.",
        "The accuracy falls when fine-tuning is removed.",
        "The removal of fine-tuning lowers the accuracy.",
        "Fine-tuning's absence lowers the accuracy.",
        "Replacing fine-tuning by zero-shot lowers the accuracy.",
        "Using zero-shot rather than fine-tuning lowers the accuracy.",
        "Removing fine-tuning gives a lower accuracy.",
        "Removing fine-tuning increases the error rate.",
        "Removing fine-tuning does not help, it makes the model worse.",
        "Going from fine-tuning to zero-shot lowers the accuracy.",
        "Fine-tuning is needed: without it, the accuracy drops.",
    ],
)
def test_what_is_lost_without_a_side_is_its_gain(tmp_path, statement):
    assert fits(tmp_path, "greater", statement, SIDES)
    assert not fits(tmp_path, "less", statement, SIDES)


@pytest.mark.parametrize("statement", ["Removing fine-tuning raises the accuracy.", "Without fine-tuning it improves."])
def test_what_is_gained_without_a_side_is_its_loss(tmp_path, statement):
    assert not fits(tmp_path, "greater", statement, SIDES)
    assert fits(tmp_path, "less", statement, SIDES)


def test_what_is_taken_away_may_be_missed_by_nobody(tmp_path):
    assert not fits(tmp_path, "greater", "Removing fine-tuning does not lower the accuracy.", SIDES)
    assert fits(tmp_path, "equal", "Removing fine-tuning does not lower the accuracy.", SIDES)


def test_what_is_taken_away_may_be_none_of_the_sides(tmp_path):
    for statement in ("Removing half of the prompts lowers the accuracy.", "Even without fine-tuning it improves."):
        assert fits(tmp_path, "greater", statement, SIDES)
    assert not fits(tmp_path, "greater", "In the absence of noise, fine-tuning lowers the accuracy.", SIDES)


@pytest.mark.parametrize(
    "statement",
    [
        "Unlike zero-shot, fine-tuning improves the accuracy.",
        "In contrast to zero-shot, fine-tuning raises the accuracy.",
        "Unlike zero-shot, fine-tuning loses nothing.",
        "Unlike fine-tuning, zero-shot does not improve the accuracy.",
    ],
)
def test_what_a_side_is_unlike_is_not_what_is_told_of(tmp_path, statement):
    assert fits(tmp_path, "greater", statement, SIDES)
    assert not fits(tmp_path, "greater", statement, TURNED)


@pytest.mark.parametrize(
    "statement",
    [
        "Unlike zero-shot, fine-tuning reaches nearly every label.",
        "Unlike fine-tuning, zero-shot fails.",
        "Zero-shot improves nothing.",
        "There is little advantage in zero-shot.",
        "Fine-tuning loses little against zero-shot.",
        "Fine-tuning does little harm.",
        "Fine-tuning costs little accuracy.",
    ],
)
def test_what_may_be_meant_either_way_is_let_pass(tmp_path, statement):
    assert fits(tmp_path, "greater", statement, SIDES)
    assert fits(tmp_path, "less", statement, SIDES)


@pytest.mark.parametrize(
    ("statement", "fit"),
    [
        ("Fine-tuning makes the fewest errors.", True),
        ("Fine-tuning has the lowest error rate.", True),
        ("Fine-tuning makes the smallest number of mistakes.", True),
        ("Fine-tuning makes the largest number of errors.", False),
        ("Fine-tuning has the highest error rate.", False),
        ("Fine-tuning has the lowest accuracy.", False),
        ("Zero-shot makes the fewest errors.", False),
        ("Fine-tuning is best with the smallest data set.", True),
    ],
)
def test_the_best_makes_the_fewest_errors(tmp_path, statement, fit):
    test = {"left": TUNED, "among": {"quantity": "accuracy", "model": "llama-7b"}}
    assert fits(tmp_path, "best", statement, test) == fit


@pytest.mark.parametrize(("factor", "statement", "fit"), [
    (2, "Fine-tuning is at least twice as accurate as zero-shot.", True),
    (2, "Fine-tuning is less accurate than zero-shot.", False),
    (2, "Zero-shot is more than twice as accurate as fine-tuning.", False),
    (2, "Fine-tuning is twenty times as accurate as zero-shot.", False),
])  # fmt: skip
def test_a_multiple_fits_its_words(tmp_path, factor, statement, fit):
    assert fits(tmp_path, "times", statement, SIDES | {"factor": factor}) == fit


UP = ["is better than", "is more accurate than", "beats", "outperforms", "is superior to", "is ahead of", "exceeds"]
DOWN = ["is worse than", "is less accurate than", "trails", "is inferior to", "loses to", "is beaten by", "lags behind"]
DENIALS = ["", "in no case ", "by no means ", "hardly ever "]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(UP + DOWN), st.sampled_from(DENIALS), st.booleans(), st.booleans())
def test_of_two_tests_that_exclude_each_other_words_fit_one(tmp_path, words, denial, turned, swapped):
    names = ("Zero-shot", "fine-tuning") if swapped else ("Fine-tuning", "zero-shot")
    statement = f"{names[0]} {denial}{words} {names[1]}."
    up = (words in UP) ^ bool(denial) ^ swapped ^ turned
    sides = TURNED if turned else SIDES
    assert fits(tmp_path, "greater", statement, sides) == up
    assert fits(tmp_path, "less", statement, sides) != up


@pytest.mark.parametrize(("predicate", "statement", "quote", "test"), TOLD_WELL)
def test_words_that_fit_the_test_are_let_pass(tmp_path, predicate, statement, quote, test):
    write(tmp_path, predicate, statement, quote, test)
    assert load_study("a-document", tmp_path).claims[0].predicate == predicate


@pytest.mark.parametrize(("predicate", "statement", "quote", "test"), CONTRADICTED)
def test_words_that_say_another_thing_are_refused_with_their_line(tmp_path, predicate, statement, quote, test):
    write(tmp_path, predicate, statement, quote, test)
    with pytest.raises(UserError, match=rf"a-document.yaml:{STUDY.count(chr(10)) + 1}: claims.0.(statement|quote): "):
        load_study("a-document", tmp_path)
