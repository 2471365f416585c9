"""The system "faults": a program that plants faults on purpose, and counts those that are noticed.

The program prints one JSON object as the last line of its output: `rows`, each with the columns of the table.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from experiments.benchmarks.figures import Run
from experiments.benchmarks.system import Command, Module
from experiments.benchmarks.timing import time_command
from experiments.study import StudyBase
from experiments.system import Context, TableResult, TableSpec
from experiments.tables.closed import Closed
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import project_root
from experiments.tables.sidecar import Column


class Study(StudyBase):
    """A study of the system "faults"."""

    measures: tuple[Module, ...] = Field((), description="the modules that are to notice: with their code it ages")
    programs: Annotated[
        tuple[str, ...], Field(min_length=1, description="folders or files of the project that plant, below its root")
    ]
    run: Command


class Row(Closed):
    """What the program says of one class of changes."""

    tool: str = Field(min_length=1)
    sort: Annotated[str, Field(pattern="^(fault|harmless)$")]
    # `class` is no name in Python.
    group: str = Field(alias="class", min_length=1)
    planted: int = Field(ge=1)
    caught: int = Field(ge=0)


COLUMNS = (
    Column(name="tool", type="string", meaning="the program that is to notice"),
    Column(name="sort", type="string", meaning="fault, or harmless for a change that nothing may report"),
    Column(name="class", type="string", meaning="what is changed"),
    Column(name="planted", type="integer", meaning="how many changes were planted, one at a time", n_of="caught"),
    Column(
        name="caught",
        type="integer",
        meaning="how many of these were reported: faults with their place, harmless changes in any way",
    ),
)


def tables(study: Study) -> list[TableSpec]:
    return [
        TableSpec(
            name="caught",
            kind="measured",
            title=study.title,
            key=("tool", "sort", "class"),
            columns=COLUMNS,
            code=("experiments.benchmarks.faults", *study.measures),
            data=_programs(study),
        )
    ]


def _programs(study: Study) -> dict[str, Path]:
    """The files that plant, by their paths below the project's root."""
    root = project_root()
    named = [root / name for name in study.programs]
    files = [file for path in named for file in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]
    return {file.relative_to(root).as_posix(): file for file in files}


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """Raises UserError where the program fails, or does not print its rows."""
    command = [word.format_map({"python": sys.executable, "project": str(project_root())}) for word in study.run]
    (done,) = context.progress([command], "planting", total=1)
    yield TableResult("caught", _rows(study, time_command(done, project_root())))


def _rows(study: Study, done: Run) -> list[dict[str, object]]:
    try:
        rows = TypeAdapter(list[Row]).validate_python(done.printed().get("rows"))
    except ValidationError as error:
        what = printable(error.errors(include_url=False)[0]["msg"], 200)
        raise UserError(f"study {study.study}: the program did not print its rows: {what}") from None
    return [row.model_dump(by_alias=True) for row in rows]
