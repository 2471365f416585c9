"""What the parts of a run found, and all of it together."""

from collections.abc import Iterator
from dataclasses import dataclass

from experiments.exits.instructions import Chosen
from experiments.exits.study import Exits
from experiments.system import Row
from experiments.tables.terms import Stage
from experiments.training.runs import ALL, CostRow, Outcome, Part, run_name


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

    stage: Stage
    answers: dict[int, tuple[Answer, ...]]
    followed: tuple[Followed, ...]
    costs: tuple[ExitCost, ...]


@dataclass(frozen=True)
class ModelFound:
    """What was found of one model: the rows about its prompts, its parts, and the statistics of all answers."""

    exits: Exits
    inputs: list[Row]
    prompts: list[Row]
    outcome: Outcome[Found]
    statistics: list[Row]


@dataclass(frozen=True)
class StudyFound(Chosen):
    """What a whole run found."""

    models: list[ModelFound]


def parts_of(outcome: Outcome[Found]) -> Iterator[tuple[str, Found]]:
    """What was found, by the name of the run: first the base model, then every seed."""
    yield ALL, outcome.shared
    yield from ((run_name(seed), found) for seed, found in outcome.by_seed.items())
