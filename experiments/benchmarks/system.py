"""The system "benchmarks": comparisons of two programs, each frozen as a ratio of times.

A study that names a model measures it too: how fast the matrix products of its layers come in our program, and how fast
the same products come alone, which is as fast as any program can be that computes them.
"""

import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Annotated

from pydantic import Field

from experiments.benchmarks.figures import Measure, Pair
from experiments.benchmarks.timing import Program, run_pairs, search_path, time_command
from experiments.models.locate import local_paths, locate
from experiments.study import StudyBase
from experiments.system import Context, TableResult, TableSpec
from experiments.tables.closed import Closed
from experiments.tables.digest import code_closure
from experiments.tables.errors import UserError
from experiments.tables.locations import project_root
from experiments.tables.sidecar import Column, Name

MIB = 2**20
GIGA = 10**9

Module = Annotated[str, Field(pattern=r"^(experiments|report)(\.[a-z_]+)+$")]
Command = Annotated[
    list[str], Field(min_length=1, description="{project}, {scratch}, {python} and {model} are filled in")
]


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


PRODUCTS = tuple(
    Column(name=name, type="number", unit="GFLOP/s", decimals=1, direction="higher", nullable=True, meaning=meaning)
    for name, meaning in (
        (
            "products_rate",
            "floating-point operations in the matrix products of the model's layers, two for each weight and token, "
            "that our program does in a second of its CPU time, median over the pairs",
        ),
        ("products_limit", "the same of these products alone, with the same weights and shapes in the same order"),
    )
)


def tables(study: Study) -> list[TableSpec]:
    return [
        TableSpec(
            name="ratios",
            kind="measured",
            title=study.title,
            key=("comparison",),
            columns=(
                Column(name="comparison", type="string", meaning="name of the comparison in its study"),
                Column(name="work", type="string", meaning="the work that both programs do"),
                Column(name="ours", type="string", meaning="our program"),
                Column(name="theirs", type="string", meaning="the program that it is compared with"),
                Column(
                    name="measure",
                    type="string",
                    meaning="what is compared: wall time of the process, or cpu time or memory of the work alone",
                ),
                Column(
                    name="ours_seconds",
                    type="number",
                    unit="s",
                    decimals=3,
                    direction="lower",
                    nullable=True,
                    meaning="time of our program, median over the pairs; none where memory is compared",
                ),
                Column(
                    name="theirs_seconds",
                    type="number",
                    unit="s",
                    decimals=3,
                    direction="lower",
                    nullable=True,
                    meaning="time of the other program, median over the pairs; none where memory is compared",
                ),
                Column(
                    name="ours_memory",
                    type="number",
                    unit="MiB",
                    decimals=1,
                    direction="lower",
                    nullable=True,
                    meaning="how far the work raises our program's memory at its peak, median over the pairs",
                ),
                Column(
                    name="theirs_memory",
                    type="number",
                    unit="MiB",
                    decimals=1,
                    direction="lower",
                    nullable=True,
                    meaning="how far the work raises the other program's memory at its peak, median over the pairs",
                ),
                Column(
                    name="ratio",
                    type="number",
                    decimals=2,
                    direction="higher",
                    meaning="theirs over ours, median over the pairs",
                ),
                Column(
                    name="ratio_low",
                    type="number",
                    decimals=2,
                    lower_bound_of="ratio",
                    meaning="the smallest ratio of a pair",
                ),
                Column(
                    name="ratio_high",
                    type="number",
                    decimals=2,
                    upper_bound_of="ratio",
                    meaning="the largest ratio of a pair",
                ),
                Column(
                    name="cpu_ratio",
                    type="number",
                    decimals=2,
                    direction="higher",
                    meaning="CPU time of their whole process over that of ours, median over the pairs",
                ),
                *(PRODUCTS if study.model else ()),
                Column(name="target", type="number", decimals=2, meaning="the ratio that was asked for, at least"),
                Column(name="pairs", type="integer", n_of="ratio", meaning="counted runs of each program"),
            ),
            code=("experiments.benchmarks.system", *study.measures),
            data=programs(study),
            models=(local_paths(study.model) or {study.model: None}) if study.model else {},
        )
    ]


def programs(study: Study) -> dict[str, Path]:
    """The scripts of this project that the comparisons run, and what they import from beside them."""
    found = {}
    for word in sorted({word for each in study.comparisons for word in each.words if word.endswith(".py")}):
        script = project_root() / word
        if script.is_file():
            beside = tuple(path.stem for path in script.parent.glob("*.py"))
            imported = code_closure(script.stem, script.parent, within=beside)
            found |= {path.relative_to(project_root()).as_posix(): path for path in imported.values()}
    return found


def files_of(named: Iterable[str]) -> dict[str, Path]:
    """The Python files of programs that a study names by folder or file, by their paths below the project's root."""
    root = project_root()
    paths = [root / name for name in named]
    files = [file for path in paths for file in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]
    return {file.relative_to(root).as_posix(): file for file in files}


class Runs:
    """The runs of a study's comparisons: what is prepared alike is prepared once, and programs that measure themselves
    run once for all comparisons in which they meet."""

    def __init__(self, study: Study, context: Context, stack: ExitStack) -> None:
        self._study, self._context, self._stack = study, context, stack
        self._scratch: dict[str, Path] = {}
        self._pairs: dict[str, list[Pair]] = {}

    def pairs(self, comparison: Comparison) -> list[Pair]:
        """Run both programs in turn. Raises UserError where one fails."""
        if comparison.measure == "wall":
            return self._run(comparison)
        programs = comparison.model_dump_json(include={"pairs", "prepare", "ours", "theirs"})
        if programs not in self._pairs:
            self._pairs[programs] = self._run(comparison)
        return self._pairs[programs]

    def _run(self, comparison: Comparison) -> list[Pair]:
        prepared = comparison.model_dump_json(include={"prepare"})
        fresh = comparison.measure == "wall" or prepared not in self._scratch
        if fresh:
            self._scratch[prepared] = Path(self._stack.enter_context(TemporaryDirectory(prefix="colophon-benchmark-")))
        known = {
            "project": str(project_root()),
            "scratch": str(self._scratch[prepared]),
            "python": sys.executable,
            "model": self._study.model or "",
        }

        def filled(words: list[str] | None) -> list[str]:
            return [word.format_map(known) for word in words or ()]

        def program(side: Side) -> Program:
            return Program(filled(side.run), Path(side.folder.format_map(known)), filled(side.before))

        if comparison.prepare and fresh:
            time_command(filled(comparison.prepare), project_root())
        # A program that measures its work alone has read its files before.
        warm_ups = 1 if comparison.measure == "wall" else 0
        running = run_pairs(program(comparison.ours), program(comparison.theirs), comparison.pairs, warm_ups)
        return list(self._context.progress(running, comparison.name, total=comparison.pairs))


def ratio_row(study: Study, comparison: Comparison, pairs: list[Pair]) -> dict[str, object]:
    """The row of a comparison."""
    return {
        "comparison": comparison.name,
        "work": comparison.what,
        "ours": comparison.ours.name,
        "theirs": comparison.theirs.name,
        "measure": comparison.measure,
        **summary(pairs, comparison.measure),
        **(products(pairs, comparison.measure) if study.model else {}),
        "target": comparison.target,
        "pairs": len(pairs),
    }


def summary(pairs: list[Pair], measure: Measure) -> dict[str, float | None]:
    """Medians over the pairs, and the ratios theirs over ours with the smallest and the largest."""
    ratios = [pair.ratio(measure) for pair in pairs]
    ours = median(pair.ours.figure(measure) for pair in pairs)
    theirs = median(pair.theirs.figure(measure) for pair in pairs)
    memory = measure == "memory"
    return {
        "ours_seconds": None if memory else ours,
        "theirs_seconds": None if memory else theirs,
        "ours_memory": ours / MIB if memory else None,
        "theirs_memory": theirs / MIB if memory else None,
        "ratio": median(ratios),
        "ratio_low": min(ratios),
        "ratio_high": max(ratios),
        "cpu_ratio": median(pair.theirs.cpu / pair.ours.cpu for pair in pairs),
    }


def products(pairs: list[Pair], measure: Measure) -> dict[str, float | None]:
    """How fast the matrix products of our program come, and how fast alone; None where it does not say."""
    printed = [pair.ours.printed() for pair in pairs] if measure == "cpu" else []
    told = [each for each in printed if "products" in each]
    return {
        "products_rate": median(each["products"] / each["seconds"] / GIGA for each in told) if told else None,
        "products_limit": median(each["products"] / each["products_seconds"] / GIGA for each in told) if told else None,
    }


def run(study: Study, context: Context) -> Iterator[TableResult]:
    needed = {side.run[0] for comparison in study.comparisons for side in (comparison.ours, comparison.theirs)}
    missing = sorted(name for name in needed if "{" not in name and shutil.which(name, path=search_path()) is None)
    if missing:
        raise UserError(f"study {study.study}: {', '.join(missing)} is not on the PATH; without it nothing is compared")
    if study.model and not local_paths(study.model):
        locate(study.model)  # says how to provide it
    with ExitStack() as stack:
        runs = Runs(study, context, stack)
        rows = [ratio_row(study, each, runs.pairs(each)) for each in study.comparisons]
    yield TableResult("ratios", rows)
