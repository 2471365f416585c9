"""The table `pairs`: what each pair of runs took, as it was measured."""

import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from experiments.benchmarks.figures import Pair
from experiments.benchmarks.study import Comparison, Side, Study
from experiments.benchmarks.timing import Program, run_pairs, time_command
from experiments.system import Context, Row
from experiments.tables.locations import project_root
from experiments.tables.sidecar import Column

SIDES = {"ours": "our program", "theirs": "the other program"}


def columns_of(study: Study) -> tuple[Column, ...]:
    """Numbers are not rounded: what is worked out from them is as exact as what was measured."""

    def measured(name: str, unit: str | None, meaning: str, **more) -> Column:
        return Column(name=name, type="number", unit=unit, volatile=True, meaning=meaning, **more)

    of_sides = (
        (
            measured(f"{side}_wall", "s", f"wall time of the process of {who}"),
            measured(f"{side}_cpu", "s", f"CPU time of the process of {who}, with all that it waits for"),
            measured(f"{side}_work_cpu", "s", f"CPU time of the work alone, as {who} prints it", nullable=True),
            measured(
                f"{side}_work_memory",
                "byte",
                f"how far the work raises memory at its peak, as {who} prints it",
                decimals=0,
                nullable=True,
            ),
        )
        for side, who in SIDES.items()
    )
    products = (
        measured(
            "products",
            None,
            "floating-point operations in the matrix products of the model's layers, as our program prints it",
            decimals=0,
            nullable=True,
        ),
        measured("products_seconds", "s", "CPU time of these products alone, as our program prints it", nullable=True),
    )
    return (
        Column(name="comparison", type="string", meaning="name of the comparison in its study"),
        Column(name="pair", type="integer", meaning="counts the pairs of a comparison"),
        *(column for columns in of_sides for column in columns),
        *(products if study.model else ()),
    )


def pair_rows(study: Study, context: Context) -> list[Row]:
    """Run both programs of each comparison in turn. Raises UserError where one fails."""
    with ExitStack() as stack:
        runs = Runs(study, context, stack)
        return [
            {"comparison": comparison.name, "pair": number, **_figures(study, comparison, pair)}
            for comparison in study.comparisons
            for number, pair in enumerate(runs.pairs(comparison), 1)
        ]


def _figures(study: Study, comparison: Comparison, pair: Pair) -> Row:
    found = pair.figures(comparison.measure)
    if study.model:
        printed = {} if comparison.measure == "wall" else pair.ours.printed()
        found |= {name: printed.get(name) for name in ("products", "products_seconds")}
    return found


class Runs:
    """The runs of a study's comparisons, none of them made twice.

    What is prepared alike is prepared once, and programs that measure themselves run once for all comparisons in which
    they meet.
    """

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
