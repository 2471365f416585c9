"""What scoring gives: the log-likelihood of each label of each example, and the ways to rank by it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

Ranking = Literal["sum", "mean", "per-character", "calibrated"]
RANKINGS: tuple[Ranking, ...] = get_args(Ranking)


@dataclass(frozen=True)
class Example:
    """A context and the continuations that compete for it, with the space between them as part of either."""

    context: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class LabelScore:
    """One label after one context. Log-likelihoods are natural logarithms.

    `total` is the sum over the label's tokens; `prior` the same after a context without content, None where none was
    asked for.
    """

    label: str
    total: float
    tokens: int
    prior: float | None = None

    @property
    def mean(self) -> float:
        """Log-likelihood per token: does not favour labels of few tokens."""
        return self.total / self.tokens

    @property
    def per_character(self) -> float:
        """Log-likelihood per character of the label without its surrounding space: comparable across tokenizers."""
        return self.total / max(len(self.label.strip()), 1)

    @property
    def calibrated(self) -> float:
        """Log of the likelihood over that after a context without content. Raises ValueError where there is none.

        The domain-conditional mutual information of Holtzman et al., https://arxiv.org/abs/2104.08315, and up to
        its affine form the contextual calibration of Zhao et al., https://arxiv.org/abs/2102.09690.
        """
        if self.prior is None:
            raise ValueError("a calibrated score needs contexts without content: score_labels(..., content_free=[…])")
        return self.total - self.prior


_VALUES: dict[Ranking, Callable[[LabelScore], float]] = {
    "sum": lambda label: label.total,
    "mean": lambda label: label.mean,
    "per-character": lambda label: label.per_character,
    "calibrated": lambda label: label.calibrated,
}


@dataclass(frozen=True)
class ExampleScores:
    """The scores of one example in the order of its labels. `truncated`: its context was cut on the left to fit."""

    labels: tuple[LabelScore, ...]
    truncated: bool = False

    def by(self, ranking: Ranking) -> tuple[float, ...]:
        """One number per label, higher is better."""
        return tuple(_VALUES[ranking](label) for label in self.labels)


@dataclass(frozen=True)
class Scored:
    """All examples in the order given. `tokens` counts the positions that the model computed, padding left out."""

    examples: tuple[ExampleScores, ...]
    tokens: int

    @property
    def truncated(self) -> int:
        """How many examples lost the start of their context."""
        return sum(example.truncated for example in self.examples)
