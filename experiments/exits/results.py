"""What the parts of a run found."""

from dataclasses import dataclass

from experiments.training.runs import CostRow, Part

BASE = "base"


@dataclass(frozen=True)
class Answer:
    """What an exit said to one example; `tokens` without the end, `ended` whether it stopped by itself."""

    text: str
    tokens: int
    ended: bool


@dataclass(frozen=True)
class Followed:
    """One token of a shown prompt at one depth."""

    prompt: str
    sequence: str
    position: int
    depth: int
    token: str
    probability: float
    rank: int
    likeliest: str
    likeliest_probability: float


@dataclass(frozen=True, kw_only=True)
class ExitCost(CostRow):
    """What one stage took; `exits` is None in training."""

    exits: int | None

    def row(self) -> dict[str, object]:
        return {**super().row(), "exits": self.exits}


@dataclass(frozen=True, kw_only=True)
class Found(Part):
    """What one model says at one stage: the base model, or the one that was trained with one seed.

    `answers` are by depth, in the order of the test examples; `followed` is empty where no prompt is shown.
    """

    stage: str
    answers: dict[int, tuple[Answer, ...]]
    followed: tuple[Followed, ...]
    costs: tuple[ExitCost, ...]
