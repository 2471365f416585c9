"""How a task is called on the hub, and what of its scores a card shows."""

from collections.abc import Mapping
from dataclasses import dataclass

from experiments.models.report import Task


@dataclass(frozen=True)
class HubTask:
    """`loader` is the class of transformers that loads the model, `scores` are names in the table of scores."""

    pipeline: str
    loader: str
    scores: tuple[str, ...]


ANSWERS = ("exact[all]", "f1[all]")
HUB_TASKS: Mapping[Task, HubTask] = {
    "classification": HubTask("text-classification", "AutoModelForSequenceClassification", ("accuracy", "macro_f1")),
    "qa": HubTask("question-answering", "AutoModelForQuestionAnswering", ANSWERS),
    "causal": HubTask("text-generation", "AutoModelForCausalLM", ANSWERS),
}
