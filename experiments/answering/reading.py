"""What both ways of answering have in common: questions in, training rows and candidate answers out."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from experiments.answering.inputs import Inputs
from experiments.data.examples import Question
from experiments.models.load import Loaded
from experiments.training.batches import TrainingRow

if TYPE_CHECKING:
    from transformers import PreTrainedModel

ALWAYS, NEVER = -np.inf, np.inf  # thresholds that give every answer there is, and none

Show = Callable[[Iterable[list[int]], str], Iterator[list[int]]]
"""Passes batches on and shows how far it is."""


@dataclass(frozen=True)
class Candidate:
    """The best answer to a question, before it is decided whether to give it.

    `margin` is how far the model prefers the answer to none; None where there is no answer to give. `start` and `end`
    are characters of the paragraph, where the text stands in it. `gold_rank` counts from 1 to the first right one of
    the best spans. `unparsed` marks a generated text of which nothing is left, `unfinished` one that did not end by
    itself, `declined` one that says itself that there is no answer.
    """

    id: str
    text: str
    margin: float | None
    start: int | None = None
    end: int | None = None
    gold_rank: int | None = None
    unparsed: bool = False
    unfinished: bool = False
    declined: bool = False

    def answer(self, threshold: float) -> str:
        """The answer that is given: "" where the margin is not above the threshold, or there is none."""
        return self.text if self.margin is not None and self.margin > threshold else ""


def give_answers(candidates: Sequence[Candidate], threshold: float) -> Mapping[str, str]:
    """The answers by the ids of the questions."""
    return {candidate.id: candidate.answer(threshold) for candidate in candidates}


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


@dataclass(frozen=True)
class Threshold:
    """The threshold with the highest F1 on the validation questions; F1 from 0 to 100.

    `value` is `NEVER` where no answer is worth giving. `always_f1` is the F1 of giving every answer there is,
    `never_f1` that of giving none.
    """

    value: float
    f1: float
    always_f1: float
    never_f1: float
    n: int


def choose_threshold(
    margins: Sequence[float | None], f1_answering: Sequence[float], f1_abstaining: Sequence[float]
) -> Threshold:
    """Of thresholds with the same F1 the highest, which answers the fewest. Raises ValueError without questions.

    The arguments say of each validation question how far an answer is preferred to none, and the F1, from 0 to 1, of
    giving that answer and of giving none. As in the official script's `find_best_thresh`, every margin is tried, and
    answering more must be worth it. Other than there, the questions are not to be those that are scored with it.
    """
    if not margins:
        raise ValueError("a threshold needs questions to choose it on")
    preferred = np.array([ALWAYS if margin is None else margin for margin in margins])
    tried = [NEVER, *np.unique(preferred)[::-1]]
    if tried[-1] != ALWAYS:
        tried.append(ALWAYS)
    spoken, silent = np.array(f1_answering, dtype=float), np.array(f1_abstaining, dtype=float)
    f1 = [100 * float(np.where(preferred > threshold, spoken, silent).mean()) for threshold in tried]
    best = int(np.argmax(f1))  # of equals the first
    return Threshold(float(tried[best]), f1[best], f1[-1], f1[0], len(margins))
