"""What the two approaches have in common: questions in, training rows and candidate answers out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from experiments.answering.candidates import Candidate
from experiments.answering.study import Approach, Extractive
from experiments.data.examples import Question
from experiments.models.load import Loaded, load_for
from experiments.models.report import Task
from experiments.training.batches import TrainingRow

if TYPE_CHECKING:
    from transformers import PreTrainedModel

Show = Callable[[Iterable[list[int]], str], Iterator[list[int]]]
"""Passes batches on and shows how far it is."""


@dataclass(frozen=True)
class Inputs:
    """How questions became rows: `lengths` are the tokens of question and paragraph together, before any cut.

    `rows` are the windows of each question; `truncated` says of which ones something was cut off.
    """

    lengths: tuple[int, ...]
    rows: tuple[int, ...]
    truncated: tuple[bool, ...]


class Reader(Protocol):
    """A model with its tokenizer, and one way to answer with it."""

    loaded: Loaded

    def inputs(self, questions: Sequence[Question]) -> Inputs: ...

    def training_rows(self, questions: Sequence[Question]) -> list[TrainingRow]: ...

    def candidates(
        self,
        model: "PreTrainedModel",
        questions: Sequence[Question],
        count_tokens: Callable[[int], None],
        show: Show,
        what: str,
    ) -> list[Candidate]:
        """One for each question, in their order, from `model`: the loaded one, or what was made of it."""


def task_of(approach: Approach) -> Task:
    return "qa" if isinstance(approach, Extractive) else "causal"


def open_reader(approach: Approach, seed: int, device: str) -> Reader:
    """Load the model of an approach; a head that the checkpoint does not have starts from `seed`."""
    from experiments.answering.extractive import ExtractiveReader
    from experiments.answering.generative import GenerativeReader

    training, model = approach.training, approach.model
    loaded = load_for(
        task_of(approach),
        model.name,
        revision=model.revision,
        seed=seed,
        dtype=training.dtype,
        quantization=training.quantization,
        device=device,
    )
    kind = ExtractiveReader if isinstance(approach, Extractive) else GenerativeReader
    return kind(approach, loaded)
