"""The system "adopting": makes the tables of a classifier from predictions that somebody else made.

The run takes over the examples; everything else is derived from them, as it is for a model of ours.
"""

from collections.abc import Iterator
from dataclasses import replace

from experiments.adopting import derived
from experiments.adopting.adopted import EXAMPLE_COLUMNS, example_rows, read_adopted
from experiments.adopting.study import Study, adopted_path
from experiments.metrics.classification_tables import TESTS, TRANSITIONS
from experiments.system import Context, SystemTables, TableDeclaration, TableResult, TableSpec

__all__ = ["Study", "run", "tables"]

READS = ("examples",)
TABLES = SystemTables(
    TableDeclaration("examples", "examples before and after", ("id",), EXAMPLE_COLUMNS, example_rows, format="parquet"),
    TableDeclaration(
        "transitions",
        "transitions from before to after",
        ("correctness",),
        TRANSITIONS,
        derived.derive_transitions,
        READS,
    ),
    TableDeclaration(
        "confusion",
        "confusion counts before and after",
        ("side", "gold", "predicted"),
        derived.CONFUSION_COLUMNS,
        derived.derive_confusion,
        READS,
    ),
    TableDeclaration(
        "scores", "scores before and after", ("side", "score"), derived.SCORE_COLUMNS, derived.derive_scores, READS
    ),
    TableDeclaration("tests", "tests of after against before", ("test",), TESTS, derived.derive_tests, READS),
)


def tables(study: Study) -> list[TableSpec]:
    """All are reported, also what is derived from what was reported."""
    data = {"adopted labels": adopted_path(study.study)}
    return [replace(spec, sources=(study.source,)) for spec in TABLES.specs(study, "reported", data=data)]


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """The examples. Raises UserError where the adopted labels are missing, damaged or not the study's."""
    yield from TABLES.results(read_adopted(study), seeds=(study.seed,))
