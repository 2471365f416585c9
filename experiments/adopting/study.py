"""What a study of adopted predictions says."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from experiments.choices import Text
from experiments.study import StudyBase
from experiments.study_files import studies_root
from experiments.tables.closed import Closed
from experiments.tables.sidecar import Source


class Columns(Closed):
    """Which columns of the original file were taken for what."""

    id: str
    gold: str
    before: str
    after: str


class Study(StudyBase):
    """A study of the system "adopting"; `experiments adopt` writes it."""

    system: Literal["adopting"]
    source: Source
    columns: Columns
    labels: tuple[Text, ...] = Field(min_length=2, description="all class names, in the order of the tables")
    seed: int = Field(0, ge=0, description="seed of the bootstrap intervals")

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len(set(self.labels)) != len(self.labels):
            raise ValueError("a label stands twice")
        return self


def adopted_path(study: str) -> Path:
    """Where the adopted labels of a study lie."""
    return studies_root() / "adopted" / f"{study}.csv"
