"""S2: Phi-2 on SNLI with QLoRA."""

from sys import float_info

from analysis.audit.finding import Read
from analysis.audit.tables import figures_of
from analysis.claims.ruling import Ruling, compare, rule
from analysis.facts import ratio


def fine_tuning_raises_accuracy(read: Read) -> Ruling:
    """Accuracy on all three sets, fine-tuned above pretrained."""
    view = figures_of(read, "s2").where(quantity="accuracy")
    return compare(
        {
            f"the {split} set": (view.at(split=split, method="fine-tuned"), view.at(split=split, method="pretrained"))
            for split in view.distinct("split")
        }
    )


def total_is_the_model(read: Read) -> Ruling:
    """The printed total against the count that the model's maker publishes."""
    total = figures_of(read, "s2").at(quantity="total_parameters")
    card = read("published-model-cards/figures").at(quantity="total_parameters", model=total.cells["model"])
    return rule(
        card["low"] <= total["value"] and total["value"] <= card["high"],
        "The printed total of {total:,.0f} is {part:.0%} of the {card} on the model card.",
        total=total["value"],
        part=ratio(total["value"], card["value"]),
        card=card["printed"],
    )


def share_follows_from_counts(read: Read) -> Ruling:
    """The printed share against the quotient of the two printed counts, to the last place of a double."""
    view = figures_of(read, "s2")
    share = view.at(quantity="trainable_share")
    quotient = ratio(view.at(quantity="trainable_parameters")["value"], view.at(quantity="total_parameters")["value"])
    slack = quotient.data * float_info.epsilon
    return rule(
        share["low"].data - slack <= quotient.data <= share["high"].data + slack,
        "The printed counts give {quotient:.6%}; the print reads {share}.",
        quotient=quotient,
        share=share["printed"],
    )


def _was_contradiction(read: Read, group: str) -> Ruling:
    # What each printed value stands for is not said, but a predicted contradiction would be one of them.
    contradiction = figures_of(read, "s2").at(quantity="label_id", method="contradiction")["value"]
    case = read("published-s2/cases").at(group=group, case=1)
    predicted = [float(value) for value in str(case["printed"].required()).split(",")]
    found = contradiction.data in predicted
    return rule(
        None if found else False,
        "The values printed with the case, {printed}, "
        + ("hold" if found else "do not hold")
        + " the label {contradiction:.0f} of a contradiction.",
        printed=case["printed"],
        contradiction=contradiction,
    )


def corrected_case_was_contradiction(read: Read) -> Ruling:
    """The first corrected case: is a contradiction among the printed labels at all?"""
    return _was_contradiction(read, "corrected")


def uncorrected_case_was_contradiction(read: Read) -> Ruling:
    """The first case that was not corrected: is a contradiction among the printed labels at all?"""
    return _was_contradiction(read, "not-corrected")
