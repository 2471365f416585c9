"""What the parts of a run found, as they are kept between an interruption and the run that goes on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter

from experiments.meter.usage import Usage
from experiments.training.checkpoints import write_json
from experiments.training.counting import Counts
from experiments.training.curves import CurvePoint


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


@dataclass(frozen=True)
class CostRow:
    """What one stage took."""

    stage: str
    method: str | None
    dtype: str
    examples: int
    interruptions: int
    usage: Usage
    counts: Counts


@dataclass(frozen=True)
class Found:
    """What one part of the run found: the zero-shot part, or the part of one seed.

    `models` holds SHA-256 by what it is of, `lengths` the tokens of each example by the part that it is in.
    """

    predictions: tuple[Predictions, ...]
    costs: tuple[CostRow, ...]
    models: dict[str, str]
    curve: tuple[CurvePoint, ...] = ()
    lengths: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def of(self, stage: str) -> Predictions:
        return next(found for found in self.predictions if found.stage == stage)


def save(found: Found, path: Path) -> None:
    """Keep it, so that it is there wholly or not at all."""
    write_json(path, TypeAdapter(Found).dump_python(found, mode="json"))


def load(path: Path) -> Found | None:
    """What was kept; None where nothing was."""
    try:
        return TypeAdapter(Found).validate_python(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return None
