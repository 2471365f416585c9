"""S0: probes at the first, middle and last layer of OpenLLaMA and OpenHathi. The document prints no number."""

from analysis.audit.finding import Read
from analysis.audit.tables import figures_of
from analysis.claims.ruling import Ruling, compare
from analysis.facts import Row


def _score(read: Read, quantity: str, model: str, layer: str) -> Row:
    return figures_of(read, "s0").at(quantity=quantity, model=model, method=f"{layer}-layer")


def accuracy_rises_first_to_last(read: Read) -> Ruling:
    """Certificate accuracy: last layer above first, for both models."""
    models = {"OpenLLaMA": "openllama-7b", "OpenHathi": "openhathi-7b"}
    return compare(
        {
            label: (_score(read, "accuracy", model, "last"), _score(read, "accuracy", model, "first"))
            for label, model in models.items()
        }
    )


def openhathi_error_grows(read: Read) -> Ruling:
    """Rating error of OpenHathi: last layer above first."""
    last, first = (_score(read, "mse", "openhathi-7b", layer) for layer in ("last", "first"))
    return compare({"the last layer and the first": (last, first)})


def openllama_error_falls_then_rises(read: Read) -> Ruling:
    """Rating error of OpenLLaMA: the middle layer lowest, and the last, which rises slightly, still below the first."""
    first, middle, last = (_score(read, "mse", "openllama-7b", layer) for layer in ("first", "middle", "last"))
    return compare(
        {
            "the first layer and the middle one": (first, middle),
            "the last layer and the middle one": (last, middle),
            "the first layer and the last": (first, last),
        }
    )


def each_model_wins_one_task(read: Read) -> Ruling:
    """At the last layer OpenHathi has the higher accuracy and OpenLLaMA the lower error."""
    return compare(
        {
            f"{label}, OpenHathi and OpenLLaMA": tuple(
                _score(read, quantity, model, "last") for model in ("openhathi-7b", "openllama-7b")
            )
            for label, quantity in (("the certificate", "accuracy"), ("the error of the rating", "mse"))
        }
    )
