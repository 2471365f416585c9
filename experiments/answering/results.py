"""What the parts of a run found, as they are kept between an interruption and the run that goes on."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from experiments.answering.candidates import Candidate, Threshold
from experiments.meter.usage import Usage
from experiments.training.checkpoints import write_json
from experiments.training.counting import Counts
from experiments.training.curves import CurvePoint

ZERO_SHOT, UNTRAINED_HEAD, PRETRAINED_HEAD, FINE_TUNED = "zero-shot", "untrained-head", "pretrained-head", "fine-tuned"


@dataclass(frozen=True)
class Answers:
    """What one stage has to say to the test questions, and the threshold that the validation questions gave it."""

    stage: str
    threshold: Threshold
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class CostRow:
    """What one stage took."""

    stage: str
    method: str | None
    questions: int
    rows: int
    interruptions: int
    usage: Usage
    counts: Counts


@dataclass(frozen=True)
class Found:
    """What one part of the run found: the zero-shot part of an approach, or the part of one seed."""

    answers: tuple[Answers, ...]
    costs: tuple[CostRow, ...]
    models: dict[str, str]  # SHA-256 by what it is of
    curve: tuple[CurvePoint, ...] = ()


_FOUND = TypeAdapter(Found)


def save(found: Found, path: Path) -> None:
    """Keep it, so that it is there wholly or not at all."""
    write_json(path, _FOUND.dump_python(found, mode="json"))


def load(path: Path) -> Found | None:
    """What was kept; None where nothing was."""
    return _FOUND.validate_json(path.read_bytes()) if path.is_file() else None
