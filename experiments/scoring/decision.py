"""From one score per label to a prediction."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

TIE = 1e-5
"""Scores closer than this are one score: it is how far rounding can move them between batch sizes or machines."""


@dataclass(frozen=True)
class Decision:
    """The place of the chosen label, the probability of each, and how many labels share the best score."""

    choice: int
    probabilities: tuple[float, ...]
    tied: int

    @property
    def is_tie(self) -> bool:
        return self.tied > 1


def decide(scores: Sequence[float], scale: float = 1.0) -> Decision:
    """The label with the highest score; among labels that tie the first, so that the choice does not hang on rounding.

    Probabilities are the softmax of `scale` times the scores: for summed log-likelihoods the model's probabilities of
    the labels, given that it is one of them. Raises ValueError where there is no score, or one is not a number.
    """
    if not scores or any(score != score for score in scores):
        raise ValueError("a decision needs scores, all of them numbers")
    best = max(scores)
    tied = [place for place, score in enumerate(scores) if score == best or best - score < TIE]
    weights = [1.0 if score == best else exp(scale * (score - best)) for score in scores]
    return Decision(tied[0], tuple(weight / sum(weights) for weight in weights), len(tied))
