"""S3: Llama-3.2-1B with a trained head on SST-2."""

from analysis.audit.finding import Read
from analysis.audit.tables import figures_of
from analysis.claims.ruling import Ruling, compare, rule

APPROXIMATELY = 0.01
"""Relative difference up to which two counts agree approximately."""


def count_agrees_with_paper(read: Read) -> Ruling:
    """The calculated total against the quoted one, within `APPROXIMATELY`."""
    view = figures_of(read, "s3").where(quantity="total_parameters")
    calculated, quoted = view.at(method="calculated"), view.at(method="quoted")
    difference = abs(calculated["value"] - quoted["value"]) / quoted["value"]
    return rule(
        difference < APPROXIMATELY,
        "The calculated {calculated:,.0f} differ from the quoted {quoted} by {difference:.2%}.",
        calculated=calculated["value"],
        quoted=quoted["printed"],
        difference=difference,
    )


def head_explains_the_difference(read: Read) -> Ruling:
    """Fine-tuned minus pretrained parameters against those of the head."""
    view = figures_of(read, "s3")
    after, before = (view.at(quantity="total_parameters", method=method) for method in ("fine-tuned", "pretrained"))
    head = view.at(quantity="head_parameters")["value"]
    added = after["value"] - before["value"]
    return rule(
        added == head and added > 0,
        "{after:,.0f} less {before:,.0f} is {added:,.0f}; the head is said to have {head:,.0f}.",
        after=after["value"],
        before=before["value"],
        added=added,
        head=head,
    )


def only_the_head_is_trained(read: Read) -> Ruling:
    """No count of trainable parameters is printed, nor any weight before and after."""
    head = figures_of(read, "s3").at(quantity="head_parameters")["value"]
    return rule(
        None,
        "The document prints the {head:,.0f} parameters of the head, but not how many were trained.",
        head=head,
    )


def fine_tuning_raises_scores(read: Read) -> Ruling:
    """All four scores, fine-tuned above zero-shot; the document shows them as images."""
    view = figures_of(read, "s3")
    labels = {"accuracy": "accuracy", "precision": "precision", "recall": "recall", "F1": "f1"}
    return compare(
        {
            label: tuple(view.at(quantity=quantity, method=method) for method in ("fine-tuned", "zero-shot"))
            for label, quantity in labels.items()
        }
    )
