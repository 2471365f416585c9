"""The system "faults": a program that plants faults on purpose, and counts those that are noticed.

The program prints one JSON object as the last line of its output: `changes`, each with tool, sort, class, change and
whether it was caught.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from experiments.benchmarks.programs import Command, Module, files_of
from experiments.benchmarks.script import run_program
from experiments.study import StudyBase
from experiments.system import Context, Read, Row, TableResult, TableSpec
from experiments.tables.closed import Closed
from experiments.tables.errors import UserError, printable
from experiments.tables.sidecar import Column


class Study(StudyBase):
    """A study of the system "faults"."""

    measures: tuple[Module, ...] = Field((), description="the modules that are to notice: with their code it ages")
    programs: Annotated[
        tuple[str, ...], Field(min_length=1, description="folders or files of the project that plant, below its root")
    ]
    run: Command


class Change(Closed):
    """One planted change, as the program tells it."""

    tool: str = Field(min_length=1)
    sort: Annotated[str, Field(pattern="^(fault|harmless)$")]
    group: str = Field(alias="class", min_length=1)  # `class` is no name in Python
    change: str = Field(min_length=1)
    caught: bool


OF_BOTH = (
    Column(name="tool", type="string", meaning="the program that is to notice"),
    Column(name="sort", type="string", meaning="fault, or harmless for a change that nothing may report"),
    Column(name="class", type="string", meaning="what is changed"),
)
CHANGES = (
    *OF_BOTH,
    Column(name="number", type="integer", meaning="counts the changes of a tool's class"),
    Column(name="change", type="string", meaning="where it was planted, and what"),
    Column(
        name="caught",
        type="boolean",
        meaning="whether it was reported: a fault with its place, a harmless change in any way",
    ),
)
COUNTS = (
    *OF_BOTH,
    Column(name="planted", type="integer", meaning="how many changes were planted, one at a time", n_of="caught"),
    Column(name="caught", type="integer", meaning="how many of these were reported"),
)


def tables(study: Study) -> list[TableSpec]:
    """The tables of a study of this system."""
    code = ("experiments.benchmarks.faults",)
    return [
        TableSpec(
            name="changes",
            kind="measured",
            title=f"{study.title}: every change",
            key=("tool", "sort", "class", "number"),
            columns=CHANGES,
            code=(*code, *study.measures),
            data=files_of(study.programs),
        ),
        TableSpec(
            name="caught",
            kind="measured",
            title=study.title,
            key=("tool", "sort", "class"),
            columns=COUNTS,
            code=code,
            inputs=(f"{study.study}/changes",),
            derive=count,
        ),
    ]


def count(read: Read) -> list[Row]:
    """How many of each class were planted and caught, in the order of the changes."""
    found: dict[tuple, list[bool]] = {}
    for row in read("changes").rows:
        found.setdefault((row["tool"], row["sort"], row["class"]), []).append(row["caught"])
    return [
        {"tool": tool, "sort": sort, "class": group, "planted": len(caught), "caught": sum(caught)}
        for (tool, sort, group), caught in found.items()
    ]


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """Raises UserError where the program fails, or does not print its changes."""
    yield TableResult("changes", _changes(study, run_program(study.run)))


def _changes(study: Study, printed: Mapping[str, object]) -> list[Row]:
    try:
        found = TypeAdapter(list[Change]).validate_python(printed.get("changes"))
    except ValidationError as error:
        what = printable(error.errors(include_url=False)[0]["msg"], 200)
        raise UserError(f"study {study.study}: the program did not print its changes: {what}") from None
    numbers: Counter[tuple[str, str, str]] = Counter()
    rows = []
    for each in found:
        numbers[each.tool, each.sort, each.group] += 1
        rows.append({**each.model_dump(by_alias=True), "number": numbers[each.tool, each.sort, each.group]})
    return rows
