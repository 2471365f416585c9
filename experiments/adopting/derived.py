"""The tables that are derived from adopted examples: transitions, confusion counts, scores and tests."""

from collections.abc import Iterator

from experiments.adopting.study import Study
from experiments.metrics.classification import confusion
from experiments.metrics.classification_tables import (
    SCORES,
    Compared,
    Row,
    mcnemar_row,
    score_rows,
    transition_rows,
)
from experiments.system import Read
from experiments.tables.columns import integer, text
from experiments.tables.read import FrozenTable

SIDE = text("side", "before or after")
CONFUSION_COLUMNS = (
    SIDE,
    text("gold", "gold label"),
    text("predicted", "predicted label"),
    integer("count", "examples with these two labels"),
)
SCORE_COLUMNS = (SIDE, *SCORES)
SIDES = ("before", "after")


def derive_transitions(study: Study, read: Read) -> Iterator[Row]:
    """How many examples are of each correctness class."""
    return transition_rows(_compared(read))


def derive_confusion(study: Study, read: Read) -> Iterator[Row]:
    """How many examples have each two labels, on either side."""
    examples, labels = read("examples"), study.labels
    gold = _column(examples, "gold")
    for side in SIDES:
        counts = confusion(gold, _column(examples, side), labels)
        for i, true in enumerate(labels):
            for j, predicted in enumerate(labels):
                yield {"side": side, "gold": true, "predicted": predicted, "count": int(counts[i, j])}


def derive_scores(study: Study, read: Read) -> Iterator[Row]:
    """Every score on either side, with its interval and the trivial baseline."""
    examples = read("examples")
    gold = _column(examples, "gold")
    for side in SIDES:
        counts = confusion(gold, _column(examples, side), study.labels)
        yield from ({"side": side, **row} for row in score_rows(counts, study.labels, study.seed))


def derive_tests(study: Study, read: Read) -> Iterator[Row]:
    """The paired test of after against before."""
    yield mcnemar_row(_compared(read), study.seed)


def _compared(read: Read) -> Compared:
    examples = read("examples")
    return Compared.of(*(_column(examples, name) for name in ("gold", *SIDES)))


def _column(table: FrozenTable, name: str) -> list[str | None]:
    return [row[name] for row in table.rows]
