"""The best answer to a question before it is decided whether to give it, and that decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.metrics.squad import Question, score_question

ALWAYS, NEVER = -np.inf, np.inf  # thresholds that give every answer there is, and none


@dataclass(frozen=True)
class Candidate:
    """`margin` is how far the model prefers the answer to none; None where there is no answer to give.

    `start` and `end` are characters of the paragraph, where the text stands in it. `gold_rank` counts from 1 to the
    first right one of the best spans. `unparsed` marks a generated text of which nothing is left, `unfinished` one
    that did not end by itself, `declined` one that says itself that there is no answer.
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


def choose_threshold(questions: Sequence[Question], candidates: Sequence[Candidate]) -> Threshold:
    """Of thresholds with the same F1 the highest, which answers the fewest. Raises ValueError without questions.

    As in the official script's `find_best_thresh`, every margin is tried, and answering more must be worth it. Other
    than there, the questions are not to be those that are scored with it.
    """
    if not questions:
        raise ValueError("a threshold needs questions to choose it on")
    silent = np.array([score_question(question, "").f1 for question in questions])
    spoken = np.array([score_question(q, c.answer(ALWAYS)).f1 for q, c in zip(questions, candidates, strict=True)])
    margins = np.array([ALWAYS if c.margin is None else c.margin for c in candidates])
    tried = [NEVER, *np.unique(margins)[::-1]]
    if tried[-1] != ALWAYS:
        tried.append(ALWAYS)
    f1 = [100 * float(np.where(margins > threshold, spoken, silent).mean()) for threshold in tried]
    best = int(np.argmax(f1))  # of equals the first
    return Threshold(float(tried[best]), f1[best], f1[-1], f1[0], len(questions))


def given(candidates: Sequence[Candidate], threshold: float) -> Mapping[str, str]:
    """The answers by the ids of the questions."""
    return {candidate.id: candidate.answer(threshold) for candidate in candidates}
