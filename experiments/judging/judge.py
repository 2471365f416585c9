"""The one interface of all judges."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from experiments.judging.prompts import NO_ORDER, ORDERS, Question
from experiments.judging.study import Judge as JudgeSettings
from experiments.judging.study import Matching
from experiments.judging.verdicts import Spent, Verdict


class JudgeFailed(Exception):
    """A judge that cannot go on. The message is for people, and holds no key; `spent` is what the last try took."""

    def __init__(self, message: str, spent: Spent | None = None, seconds: float = 0.0) -> None:
        super().__init__(message)
        self.spent, self.seconds = spent or Spent(), seconds


class Judge(Protocol):
    """Whoever gives verdicts.

    `identity` is what makes its verdicts its own: verdicts of another identity are not mixed with them. `models` holds
    the SHA-256 of what it computed with, once it has given a verdict.
    """

    identity: Mapping[str, object]
    models: Mapping[str, str]

    def verdicts(self, questions: Sequence[Question]) -> Iterator[list[Verdict]]:
        """The verdicts in the order of the questions, in as large pieces as are to be kept at once.

        Raises JudgeFailed.
        """
        ...


def orders_of(settings: JudgeSettings) -> tuple[str, ...]:
    """The orders in which this judge is asked."""
    return (NO_ORDER,) if isinstance(settings, Matching) else ORDERS
