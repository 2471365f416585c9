"""The system "script": a program of the project prints the rows of its tables, and the study declares their columns.

The program prints one JSON object as the last line of its output: for each table of the study a list of rows, each an
object with a value for every column. A table may be derived from others of the study instead, by a function of a Python
module, which is given their rows and gives its own.
"""

import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from experiments.benchmarks.programs import Command, Module, files_of
from experiments.benchmarks.timing import time_command
from experiments.study import StudyBase
from experiments.system import Context, Read, Row, TableResult, TableSpec
from experiments.tables.closed import Closed
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import project_root, shown_path
from experiments.tables.own_functions import missing_function, own_function
from experiments.tables.sidecar import Column, ColumnName, Name, check_columns


class Derived(Closed):
    """How a table is made from others of its study."""

    by: str = Field(
        pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$",
        description="module.function, of a Python file below the project's root: given the rows of each table it reads",
    )
    reads: Annotated[
        tuple[Name, ...], Field(min_length=1, description="tables of the study that stand above this one, in order")
    ]


class Declared(Closed):
    """A table that the program prints, or that is derived from others."""

    title: str = Field(min_length=1, description="what it shows, as a heading would say it")
    key: Annotated[tuple[ColumnName, ...], Field(min_length=1, description="the columns that tell its rows apart")]
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]
    derived: Derived | None = Field(
        None, description="where the program does not print it", exclude_if=lambda derived: derived is None
    )

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

    @model_validator(mode="after")
    def _check_derived(self) -> Self:
        faults: list[InitErrorDetails] = []
        above: list[str] = []
        for name, declared in self.tables.items():
            if derived := declared.derived:
                there = f"there stands {', '.join(above) or 'none'}"
                unread = {("reads", index): read for index, read in enumerate(derived.reads) if read not in above}
                wrong = {place: f"{read} is no table above {name}; {there}" for place, read in unread.items()}
                if why := missing_function(derived.by):
                    wrong["by",] = why
                faults += [_fault(("tables", name, "derived", *place), what) for place, what in wrong.items()]
            above.append(name)
        if faults:
            raise ValidationError.from_exception_data("script", faults)
        return self


def _fault(place: tuple[str | int, ...], what: str) -> InitErrorDetails:
    return InitErrorDetails(type=PydanticCustomError("derived", "{what}", {"what": what}), loc=place, input={})


def tables(study: Study) -> list[TableSpec]:
    """The tables as the study declares them: all are measured, or derived from what is."""
    return [_spec(study, name, declared) for name, declared in study.tables.items()]


def _spec(study: Study, name: str, declared: Declared) -> TableSpec:
    common = (name, "measured", f"{study.title}: {declared.title}", declared.key, declared.columns)
    if declared.derived is None:
        code = ("experiments.benchmarks.script", *study.measures)
        return TableSpec(*common, code, data=files_of(study.programs))
    module, _, _ = declared.derived.by.rpartition(".")
    inputs = tuple(f"{study.study}/{read}" for read in declared.derived.reads)
    return TableSpec(*common, (module,), inputs, derive=partial(_derive, study, name, declared.derived))


def _derive(study: Study, name: str, derived: Derived, read: Read) -> list[Row]:
    """The rows that the function gives. Raises UserError where it fails, or gives no rows of the table."""
    function = own_function(derived.by)
    try:
        made = list(function(*(read(table).rows for table in derived.reads)))
    except (Exception, SystemExit) as error:
        frames = traceback.extract_tb(error.__traceback__)[1:]  # none where the call itself is wrong
        own = [frame for frame in frames if frame.filename == frames[0].filename]
        where = f"{shown_path(Path(own[-1].filename))}:{own[-1].lineno}: " if own else ""
        what = printable(f"{type(error).__name__}: {error}", 200)
        raise UserError(f"{where}{derived.by} failed for {study.study}/{name}: {what}") from error
    return _rows(study, name, made, f"{derived.by} did not give")


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """Run the program. Raises UserError where it fails, or does not print rows of each table."""
    printed = run_program(study.run)
    for name, declared in study.tables.items():
        if declared.derived is None:
            yield TableResult(name, _rows(study, name, printed.get(name), "the program did not print"))


def run_program(command: Sequence[str]) -> Mapping[str, object]:
    """What a program of the project prints as the last line of its output; `{python}` and `{project}` are filled in.

    Its standard error is ours, so that it can tell how far it is, on a terminal with a bar. Raises UserError where it
    fails or its last line is no JSON object.
    """
    known = {"python": sys.executable, "project": str(project_root())}
    return time_command([word.format_map(known) for word in command], project_root(), shown=True).printed()


def _rows(study: Study, name: str, found: object, who_did_not: str) -> list[Row]:
    try:
        rows = TypeAdapter(list[dict[str, object]]).validate_python(found)
    except ValidationError as error:
        what = printable(error.errors(include_url=False)[0]["msg"], 200)
        raise UserError(f"study {study.study}: {who_did_not} the rows of its table {name}: {what}") from None
    columns = {column.name for column in study.tables[name].columns}
    for number, row in enumerate(rows, 1):
        if wrong := sorted(columns ^ set(row)):
            word = "has no" if wrong[0] in columns else "has an undeclared"
            raise UserError(f"study {study.study}: row {number} of its table {name} {word} {printable(wrong[0], 80)}")
    return rows
