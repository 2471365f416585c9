"""The system "adopting": makes the tables of a classifier, a regression or a reader from predictions made elsewhere.

The run takes over the examples; everything else is derived from them, as it is for a model of ours.
"""

from collections.abc import Iterator
from dataclasses import replace

from experiments.adopting import derived, questions, regression
from experiments.adopting.adopted import (
    ANSWERS,
    LABELS,
    LEFT_OUT_COLUMNS,
    VALUES,
    example_rows,
    left_out_rows,
    read_adopted,
)
from experiments.adopting.study import Study, adopted_path
from experiments.system import Context, SystemTables, TableDeclaration, TableResult, TableSpec

__all__ = ["Study", "run", "tables"]

READS = ("examples",)
PAIR = ("before", "after")
LEFT_OUT = TableDeclaration("left-out", "cells that are no label", ("what", "cell"), LEFT_OUT_COLUMNS, left_out_rows)
CLASSIFICATION = SystemTables(
    TableDeclaration("examples", "examples", ("id",), LABELS, example_rows, format="parquet"),
    LEFT_OUT,
    TableDeclaration(
        "transitions",
        "transitions between predictions",
        (*PAIR, "correctness"),
        derived.TRANSITION_COLUMNS,
        derived.derive_transitions,
        READS,
    ),
    TableDeclaration(
        "confusion",
        "confusion counts",
        ("side", "gold", "predicted"),
        derived.CONFUSION_COLUMNS,
        derived.derive_confusion,
        READS,
    ),
    TableDeclaration("scores", "scores", ("side", "score"), derived.SCORE_COLUMNS, derived.derive_scores, READS),
    TableDeclaration("tests", "paired tests", (*PAIR, "test"), derived.TEST_COLUMNS, derived.derive_tests, READS),
    TableDeclaration(
        "calibration",
        "how good the probabilities are",
        ("side",),
        derived.CALIBRATION_COLUMNS,
        derived.derive_calibration,
        READS,
    ),
)
REGRESSION = SystemTables(
    TableDeclaration("examples", "examples", ("id",), VALUES, example_rows, format="parquet"),
    LEFT_OUT,
    TableDeclaration("values", "scores", ("side", "score"), regression.VALUE_COLUMNS, regression.derive_scores, READS),
    TableDeclaration(
        "differences",
        "paired tests",
        (*PAIR, "score"),
        regression.DIFFERENCE_COLUMNS,
        regression.derive_tests,
        READS,
    ),
)
QUESTIONS = SystemTables(
    TableDeclaration("answers", "answers", ("id",), ANSWERS, example_rows, format="parquet"),
    TableDeclaration("scores", "scores", ("side", "score"), questions.SCORES, questions.derive_scores, ("answers",)),
    TableDeclaration(
        "tests", "paired tests", (*PAIR, "quantity"), questions.ANSWER_TESTS, questions.derive_tests, ("answers",)
    ),
    TableDeclaration(
        "transitions",
        "transitions between answers",
        (*PAIR, "correctness"),
        questions.ANSWER_TRANSITIONS,
        questions.derive_transitions,
        ("answers",),
    ),
)
TABLES = {"classification": CLASSIFICATION, "regression": REGRESSION, "questions": QUESTIONS}


def tables(study: Study) -> list[TableSpec]:
    """The tables of a study; all are of the kind reported, since what they are made from was reported."""
    data = {"adopted predictions": adopted_path(study.study)}
    sources = tuple(file.source for file in study.files)
    specs = TABLES[study.task].specs(study, "reported", only=_needed(study), data=data)
    return [replace(spec, sources=sources) for spec in specs]


def _needed(study: Study) -> set[str]:
    """The tables that say something: a single side is compared with nothing."""
    needed = set(TABLES[study.task].by_name)
    if not study.pairs:
        needed -= {"transitions", "tests", "differences"}
    if not study.probabilities:
        needed -= {"calibration"}
    if not study.left_out and not study.invalid:
        needed -= {"left-out"}
    return needed


def run(study: Study, context: Context) -> Iterator[TableResult]:
    """The examples. Raises UserError where the adopted predictions are missing, damaged or not the study's."""
    yield from TABLES[study.task].results(read_adopted(study), only=_needed(study), seeds=(study.seed,))
