"""The tables that are derived from adopted examples: transitions, confusion counts, scores and tests."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from experiments.adopting.study import Study
from experiments.metrics.classification import count_pairs
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
    return transition_rows(_compared(study, read))


def derive_confusion(study: Study, read: Read) -> Iterator[Row]:
    """How many examples have each two labels, on either side."""
    labels = study.labels
    for side, counts in _counts(study, read).items():
        for i, gold in enumerate(labels):
            for j, predicted in enumerate(labels):
                yield {"side": side, "gold": gold, "predicted": predicted, "count": int(counts[i, j])}


def derive_scores(study: Study, read: Read) -> Iterator[Row]:
    """Every score on either side, with its interval and the trivial baseline."""
    for side, counts in _counts(study, read).items():
        yield from ({"side": side, **row} for row in score_rows(counts, study.labels, study.seed))


def derive_tests(study: Study, read: Read) -> Iterator[Row]:
    """The paired test of after against before."""
    yield mcnemar_row(_compared(study, read), study.seed)


def _compared(study: Study, read: Read) -> Compared:
    gold, before, after = (_numbers(study, read, name) for name in ("gold", *SIDES))
    return Compared(before == gold, after == gold)


def _counts(study: Study, read: Read) -> dict[str, NDArray[np.int64]]:
    """The confusion counts of either side."""
    gold = _numbers(study, read, "gold")
    return {side: count_pairs(gold, _numbers(study, read, side), len(study.labels)) for side in SIDES}


def _numbers(study: Study, read: Read, column: str) -> NDArray[np.integer]:
    """The labels of all examples as numbers (n,); where none could be read, how many labels there are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    numbers = pc.index_in(read("examples").arrow()[column], pa.array(study.labels))
    return pc.fill_null(numbers, len(study.labels)).to_numpy()
