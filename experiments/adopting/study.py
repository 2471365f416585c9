"""What a study of adopted predictions says."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from experiments.choices import Text
from experiments.study import StudyBase
from experiments.study_files import studies_root
from experiments.tables.closed import Closed
from experiments.tables.sidecar import Source

Task = Literal["classification", "regression", "questions"]
RESERVED = ("id", "gold", "hash", "correctness")
SIDE = r"[a-z][a-z0-9_]*(-[a-z0-9_]+)*"


class File(Closed):
    """An original file, and which of its columns were taken for what."""

    source: Source
    columns: dict[str, str | None] = Field({}, description="columns of the file by what they stand for")


class Study(StudyBase):
    """A study of the system "adopting"; `experiments adopt` writes it."""

    system: Literal["adopting"]
    task: Task = "classification"
    files: tuple[File, ...] = Field(min_length=1)
    sides: tuple[Annotated[str, Field(pattern=f"^{SIDE}$")], ...] = Field(
        min_length=1, description="whose predictions they are; the first is what the others are compared with"
    )
    labels: tuple[Text, ...] = Field((), description="all class names, in the order of the tables")
    probabilities: tuple[str, ...] = Field(
        (), description="the sides whose predictions were probabilities, or whose answers have no-answer probabilities"
    )
    rule: Literal["1.1", "2.0"] | None = Field(None, description="whose rule scores answers: SQuAD v1.1 or v2.0")
    left_out: dict[str, int] = Field({}, description="rows without a gold label, by what stood in its place")
    invalid: dict[str, int] = Field({}, description="predictions that are no label and count as wrong, by their text")
    seed: int = Field(0, ge=0, description="seed of the bootstrap intervals")

    @model_validator(mode="after")
    def _check_sides(self) -> Self:
        columns = [side_column(side) for side in self.sides]
        for what, names in (("label", self.labels), ("side", columns)):
            if len(set(names)) != len(names):
                raise ValueError(f"a {what} stands twice")
        if self.task == "classification" and len(self.labels) < 2:
            raise ValueError("a classification needs two labels or more")
        return self

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The sides that are compared: the first with each of the others."""
        first, *others = self.sides
        return tuple((first, other) for other in others)


def side_column(side: str) -> str:
    """The name of a side as a column."""
    return side.replace("-", "_")


def adopted_path(study: str) -> Path:
    """Where the adopted predictions of a study lie."""
    return studies_root() / "adopted" / f"{study}.csv"
