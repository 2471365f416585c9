"""What the parts of a run found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from experiments.finetuning.study import Settings
from experiments.training.runs import UNTRAINED_HEAD, ZERO_SHOT, Part


@dataclass(frozen=True)
class Predictions:
    """What one stage says of the test examples: in their order the chosen label's number and all probabilities.

    A choice is None where no label could be read, and probabilities are there only where labels were ranked. `ties`
    counts the examples whose best labels tie; None where no ranking was made.
    """

    stage: str
    choices: tuple[int | None, ...]
    probabilities: tuple[tuple[float, ...], ...]
    ties: int | None = None

    @classmethod
    def of_classifier(cls, stage: str, probabilities: Sequence[Sequence[float]]) -> "Predictions":
        """Those of a classifier: the most probable label, of equals the first."""
        return cls(stage, tuple(row.index(max(row)) for row in probabilities), tuple(map(tuple, probabilities)))


@dataclass(frozen=True, kw_only=True)
class Found(Part):
    """What one part of the run found; `lengths` are the tokens of each example by the part of the data it is in."""

    predictions: tuple[Predictions, ...]
    lengths: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def of(self, stage: str) -> Predictions:
        return next(found for found in self.predictions if found.stage == stage)


def before_stage(settings: Settings) -> str:
    """What fine-tuning is compared with: zero-shot where the study has it, else the classifier with its new head."""
    return ZERO_SHOT if settings.zero_shot else UNTRAINED_HEAD
