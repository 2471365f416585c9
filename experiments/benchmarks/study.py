"""A study of the system "benchmarks": comparisons of two programs that do the same work."""

from typing import Annotated

from pydantic import Field

from experiments.benchmarks.figures import Measure
from experiments.benchmarks.programs import Command, Module
from experiments.study import StudyBase
from experiments.tables.closed import Closed
from experiments.tables.sidecar import Name


class Side(Closed):
    """One of the two programs of a comparison."""

    name: str = Field(min_length=1, description="what the report calls the program")
    run: Command
    before: Command | None = Field(None, description="what to do, untimed, before each run")
    folder: str = "{project}"


class Comparison(Closed):
    """Two programs that do the same work."""

    name: Name
    what: str = Field(min_length=1, description="the work that both do, as a phrase")
    target: float = Field(gt=1, description="the ratio that is asked for: theirs over ours, at least")
    measure: Measure = Field("wall", description="wall time of the process, or what both print: cpu time, memory")
    pairs: int = Field(5, ge=3, description="counted runs of each program")
    prepare: Command | None = Field(None, description="what to do once, before the first run")
    ours: Side
    theirs: Side

    @property
    def words(self) -> list[str]:
        """Of all commands."""
        return [word for command in (self.prepare, self.ours.run, self.theirs.run) for word in command or ()]


class Study(StudyBase):
    """A study of the system "benchmarks"."""

    measures: tuple[Module, ...] = Field((), description="the modules whose speed this is: with their code it ages")
    model: str | None = Field(
        None, description="a model of the registry, which the programs load", exclude_if=lambda name: name is None
    )
    comparisons: Annotated[tuple[Comparison, ...], Field(min_length=1)]
