"""Verdicts, the words that stand in their tables, and the mark that verdicts in both orders come to."""

from collections.abc import Iterable
from dataclasses import dataclass, field

RIGHT, WRONG = "right", "wrong"
WORDS = (RIGHT, WRONG)
"""What a judge may reply."""

UNPARSED, INCONSISTENT = "unparsed", "inconsistent"
LABELS = (RIGHT, WRONG)
UNDECIDED = "undecided"
MARKS = (*LABELS, UNDECIDED)

ANSWERS, EMPTY, ECHO = "answers", "empty", "echo"
"""What is judged: answers of a model, and the two trivial baselines."""


@dataclass(frozen=True)
class Spent:
    """What was spent on an endpoint."""

    calls: int = 0
    retries: int = 0
    waited: float = 0.0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.calls + other.calls, self.retries + other.retries, self.waited + other.waited)


@dataclass(frozen=True)
class Verdict:
    """What a judge said to one question: the cells of `shapes.VERDICT_CELLS`, and what it took."""

    verdict: str
    raw: str | None = None
    raw_characters: int | None = None
    margin: float | None = None
    truncated: bool = False
    prompt_tokens: int | None = None
    verdict_tokens: int | None = None
    seconds: float = 0.0
    spent: Spent = field(default_factory=Spent)
    served_model: str | None = None


def mark(verdicts: Iterable[str]) -> str:
    """What verdicts in several orders come to: the verdict that all share; unparsed where one is, else inconsistent.

    This is the conservative rule against position bias of Zheng et al. 2023 (arXiv 2306.05685, section 3.4): what
    holds in one order alone does not hold. An answer counts as right where its mark is right, and only there.
    """
    said = set(verdicts)
    if UNPARSED in said:
        return UNPARSED
    return said.pop() if len(said) == 1 else INCONSISTENT


def is_right(verdict_or_mark: str) -> bool:
    """Whether a verdict or a mark says that the answer is right."""
    return verdict_or_mark == RIGHT
