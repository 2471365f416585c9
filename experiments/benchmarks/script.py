"""The system "script": a program of the project prints the rows of its tables, and the study declares their columns.

The program prints one JSON object as the last line of its output: for each table of the study a list of rows, each an
object with a value for every column.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from experiments.benchmarks.system import Command, Module, files_of
from experiments.benchmarks.timing import time_command
from experiments.study import StudyBase
from experiments.system import Context, Row, TableResult, TableSpec
from experiments.tables.closed import Closed
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import project_root
from experiments.tables.sidecar import Column, ColumnName, Name, check_columns


class Declared(Closed):
    """A table that the program prints."""

    title: str = Field(min_length=1, description="what it shows, as a heading would say it")
    key: Annotated[tuple[ColumnName, ...], Field(min_length=1, description="the columns that tell its rows apart")]
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        check_columns(self.columns, self.key)
        return self


class Study(StudyBase):
    """A study of the system "script"."""

    measures: tuple[Module, ...] = Field((), description="the modules that the program tries: with their code it ages")
    programs: Annotated[
        tuple[str, ...], Field(min_length=1, description="folders or files of the program, below the project's root")
    ]
    run: Command
    tables: Annotated[dict[Name, Declared], Field(min_length=1)]


def tables(study: Study) -> list[TableSpec]:
    """The tables as the study declares them: all are measured."""
    return [
        TableSpec(
            name=name,
            kind="measured",
            title=f"{study.title}: {declared.title}",
            key=declared.key,
            columns=declared.columns,
            code=("experiments.benchmarks.script", *study.measures),
            data=files_of(study.programs),
        )
        for name, declared in study.tables.items()
    ]


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """Run the program. Raises UserError where it fails, or does not print rows of each table."""
    printed = run_program(study.run)
    for name in study.tables:
        yield TableResult(name, _rows(study, name, printed))


def run_program(command: Sequence[str]) -> Mapping[str, object]:
    """What a program of the project prints as the last line of its output; `{python}` and `{project}` are filled in.

    Its standard error is ours, so that it can tell how far it is, on a terminal with a bar. Raises UserError where it
    fails or its last line is no JSON object.
    """
    known = {"python": sys.executable, "project": str(project_root())}
    return time_command([word.format_map(known) for word in command], project_root(), shown=True).printed()


def _rows(study: Study, name: str, printed: Mapping[str, object]) -> list[Row]:
    try:
        rows = TypeAdapter(list[dict[str, object]]).validate_python(printed.get(name))
    except ValidationError as error:
        what = printable(error.errors(include_url=False)[0]["msg"], 200)
        raise UserError(
            f"study {study.study}: the program did not print the rows of its table {name}: {what}"
        ) from None
    columns = {column.name for column in study.tables[name].columns}
    for number, row in enumerate(rows, 1):
        if wrong := sorted(columns ^ set(row)):
            word = "has no" if wrong[0] in columns else "has an undeclared"
            raise UserError(f"study {study.study}: row {number} of its table {name} {word} {printable(wrong[0], 80)}")
    return rows
