"""S1: Llama-3.2-1B on SST-2 and on question answering."""

from analysis.audit.finding import Read
from analysis.audit.tables import figures_of
from analysis.claims.ruling import Ruling, compare, rule
from analysis.facts import Row, ratio

SMALL = 0.05
"""Up to which share the trainable parameters count as few."""


def _scores(read: Read, quantity: str) -> tuple[Row, Row]:
    """The fine-tuned and the zero-shot score."""
    view = figures_of(read, "s1").where(quantity=quantity)
    return view.at(method="fine-tuned"), view.at(method="zero-shot")


def fine_tuning_raises_accuracy(read: Read) -> Ruling:
    """SST-2 accuracy, fine-tuned above zero-shot."""
    return compare({"the accuracy": _scores(read, "accuracy")})


def few_trainable_parameters(read: Read) -> Ruling:
    """Trainable over all parameters, below `SMALL` whatever both were before rounding."""
    view = figures_of(read, "s1")
    trainable, total = view.at(quantity="trainable_parameters"), view.at(quantity="total_parameters")
    return rule(
        trainable["high"] < SMALL * total["low"],
        "{trainable} of {total} is {share:.2%}.",
        trainable=trainable["printed"],
        total=total["printed"],
        share=ratio(trainable["value"], total["value"]),
    )


def exact_match_and_f1_fall(read: Read) -> Ruling:
    """Both answer scores, zero-shot above fine-tuned."""
    labels = {"exact match": "exact_match", "F1": "f1"}
    return compare({label: _scores(read, quantity)[::-1] for label, quantity in labels.items()})


def difference_is_significant(read: Read) -> Ruling:
    """No test can be made without the number of questions, which is not printed."""
    after, before = _scores(read, "exact_match")
    return rule(
        None,
        "Exact match falls from {before} to {after}, but without the number of questions, which is not printed, "
        "no test can be made.",
        before=before["printed"],
        after=after["printed"],
    )


def bleu_improves(read: Read) -> Ruling:
    """BLEU, fine-tuned above zero-shot."""
    return compare({"BLEU": _scores(read, "bleu")})


def rouge_and_meteor_improve(read: Read) -> Ruling:
    """ROUGE and METEOR, fine-tuned above zero-shot."""
    return compare({"ROUGE": _scores(read, "rouge"), "METEOR": _scores(read, "meteor")})


def same_number_of_parameters(read: Read) -> Ruling:
    """One rounded total is printed, so that the adapter, smaller than its last digit, cannot be seen in it."""
    view = figures_of(read, "s1")
    total, adapter = view.at(quantity="total_parameters"), view.at(quantity="trainable_parameters")
    return rule(
        None,
        "No count is printed for the question-answering model. The classifier's adapter adds {adapter} parameters, "
        "which the one printed total, {total}, is too coarse to show.",
        adapter=adapter["printed"],
        total=total["printed"],
    )
