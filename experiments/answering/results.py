"""What the parts of a run found."""

from dataclasses import dataclass

from experiments.answering.candidates import Candidate, Threshold
from experiments.training.runs import CostRow, Part


@dataclass(frozen=True)
class Answers:
    """What one stage has to say to the test questions, and the threshold that the validation questions gave it."""

    stage: str
    threshold: Threshold
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, kw_only=True)
class ReadingCost(CostRow):
    """What one stage took; `rows` are the windows or prompts of its questions."""

    rows: int

    def row(self) -> dict[str, object]:
        return {**super().row(), "rows": self.rows}


@dataclass(frozen=True, kw_only=True)
class Found(Part):
    """What one part of the run found: the zero-shot part of an approach, or the part of one seed."""

    answers: tuple[Answers, ...]
    costs: tuple[ReadingCost, ...]
