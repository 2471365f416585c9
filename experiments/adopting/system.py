"""The system "adopting": makes the tables of a classifier from predictions that somebody else made.

What was adopted lies beside the studies, in `adopted/<study>.csv`: ids and labels, none of the texts that the original
file may have held.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from experiments.choices import Text
from experiments.metrics.classification_tables import SHAPES, Example, classification_tables
from experiments.study import StudyBase
from experiments.study_files import studies_root
from experiments.system import Context, TableResult, TableSpec
from experiments.tables.canonical import decode
from experiments.tables.closed import Closed
from experiments.tables.errors import UserError
from experiments.tables.locations import shown_path
from experiments.tables.sidecar import Column, Source

FIELDS = ("id", "gold", "before", "after")
ADOPTED_COLUMNS = tuple(Column(name=name, type="string", meaning=f"{name} as adopted") for name in FIELDS)


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


def tables(study: Study) -> list[TableSpec]:
    return [
        TableSpec(
            name=name,
            kind="reported",
            title=f"{shape.title}: {study.title}",
            key=shape.key,
            columns=shape.columns,
            code=("experiments.adopting.system",),
            data={"adopted labels": adopted_path(study.study)},
            sources=(study.source,),
        )
        for name, shape in SHAPES.items()
    ]


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """The tables, from the adopted labels. Raises UserError where these are missing, damaged or not the study's."""
    path = adopted_path(study.study)
    where = shown_path(path)
    try:
        rows = decode(path.read_bytes(), ADOPTED_COLUMNS, ("id",), where)
    except OSError as error:
        what = f"{where}: the adopted labels cannot be read: {error.strerror}"
        raise UserError(f"{what}; adopt the original file again with `experiments adopt`") from None
    try:
        made = classification_tables([Example(**row) for row in rows], study.labels, study.seed)
    except ValueError as error:
        raise UserError(f"{where}: {error}") from None
    for name, content in made.items():
        yield TableResult(name, content, seeds=(study.seed,))
