"""The tables that are derived from adopted classifications: transitions, confusion counts, scores and tests."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.adopting.adopted import GOLD_PROBABILITY, PROBABILITY
from experiments.adopting.study import Study, side_column
from experiments.metrics.classification import count_pairs
from experiments.metrics.classification_tables import (
    SCORES,
    TESTS,
    TRANSITIONS,
    Row,
    mcnemar_row,
    score_rows,
    transition_rows,
)
from experiments.metrics.correctness import Compared
from experiments.statistics.bootstrap import bootstrap, mean, mean_statistics
from experiments.statistics.corrections import holm
from experiments.statistics.level import CONFIDENCE_TEXT
from experiments.system import Read
from experiments.tables.columns import integer, number, text
from experiments.tables.sidecar import Column


def may_lack_bounds(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns, of which bounds may be missing: what is about one example or paragraph cannot be resampled."""
    return tuple(
        each.model_copy(update={"nullable": True}) if each.lower_bound_of or each.upper_bound_of else each
        for each in columns
    )


def without_bounds(row: Row, resampled: int) -> Row:
    """The row; without its bounds where they are about one example or paragraph alone."""
    bounds = [name for name in ("low", "high", "share_low", "share_high") if name in row]
    return {**row, **dict.fromkeys(bounds)} if resampled == 1 else row


SIDE = text("side", "whose predictions they are")
PAIR = (text("before", "whose predictions come first"), text("after", "whose predictions are compared with them"))
P_HOLM = number("p_holm", "p-value by Holm's correction for all tests of this table", decimals=None)
CONFUSION_COLUMNS = (
    SIDE,
    text("gold", "gold label"),
    text("predicted", "predicted label"),
    integer("count", "examples with these two labels"),
)
AVERAGED = (
    "accuracy, precision, recall or f1, and their macro_ averages: plain means over the labels that occur as gold"
)
SCORE_COLUMNS = (
    SIDE,
    *(each.model_copy(update={"meaning": AVERAGED}) if each.name == "quantity" else each for each in SCORES),
)
TRANSITION_COLUMNS = (*PAIR, *TRANSITIONS)
TEST_COLUMNS = (*PAIR, *may_lack_bounds(TESTS), P_HOLM)
CALIBRATION_COLUMNS = (
    SIDE,
    number("log_loss", "mean of -ln of the probability of the gold label", direction="lower"),
    number("low", f"lower bound of its {CONFIDENCE_TEXT} bootstrap interval", nullable=True, lower_bound_of="log_loss"),
    number(
        "high", f"upper bound of its {CONFIDENCE_TEXT} bootstrap interval", nullable=True, upper_bound_of="log_loss"
    ),
    number("calibration_error", "expected calibration error, in ten bins of equal width", direction="lower"),
    integer("n", "examples", n_of="log_loss"),
)
SMALLEST_PROBABILITY = 1e-15  # as scikit-learn once clipped it; a zero would make the mean infinite


def derive_transitions(study: Study, read: Read) -> Iterator[Row]:
    """How many examples are of each correctness class, for each pair of sides."""
    for before, after in study.pairs:
        yield from (
            {"before": before, "after": after, **row} for row in transition_rows(_compared(study, read, before, after))
        )


def derive_confusion(study: Study, read: Read) -> Iterator[Row]:
    """How many examples have each two labels, on each side."""
    labels = study.labels
    for side, counts in _counts(study, read).items():
        for i, gold in enumerate(labels):
            for j, predicted in enumerate(labels):
                yield {"side": side, "gold": gold, "predicted": predicted, "count": int(counts[i, j])}


def derive_scores(study: Study, read: Read) -> Iterator[Row]:
    """Every score on each side, with its interval and the trivial baseline; macro averages are over gold labels."""
    for side, counts in _counts(study, read).items():
        is_gold = counts.sum(axis=1) > 0
        gold = [label for label, occurs in zip(study.labels, is_gold, strict=True) if occurs]
        columns = counts[is_gold][:, :-1]
        other = counts[is_gold].sum(axis=1) - columns[:, is_gold].sum(axis=1)  # none of the gold labels
        for row in score_rows(np.column_stack([columns[:, is_gold], other]), gold, study.seed):
            yield {"side": side, **row, "unparsed": int(counts[:, -1].sum())}


def derive_tests(study: Study, read: Read) -> Iterator[Row]:
    """The paired test of each other side against the first."""
    rows = [mcnemar_row(_compared(study, read, *pair), study.seed) for pair in study.pairs]
    corrected = holm([row["p_value"] for row in rows])
    for (before, after), row, p_holm in zip(study.pairs, rows, corrected, strict=True):
        yield {"before": before, "after": after, **without_bounds(row, row["n"]), "p_holm": p_holm}


def derive_calibration(study: Study, read: Read) -> Iterator[Row]:
    """How good the probabilities of each side are that has them."""
    examples = read("examples").arrow()
    for side in study.probabilities:
        name = side_column(side)
        gold, chosen = (examples[name + end].to_numpy() for end in (GOLD_PROBABILITY, PROBABILITY))
        right = (_numbers(study, read, name) == _numbers(study, read, "gold")).astype(float)
        losses = -np.log(np.maximum(gold, SMALLEST_PROBABILITY))
        low, high = bootstrap(mean_statistics(losses), mean, seed=study.seed)
        row = {
            "side": side,
            "log_loss": float(losses.mean()),
            "low": low,
            "high": high,
            "calibration_error": _calibration_error(chosen, right),
            "n": len(losses),
        }
        yield without_bounds(row, len(losses))


BINS = 10  # of confidences, all as wide


def _calibration_error(confidences: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Expected calibration error (Naeini et al. 2015): weighted distance of accuracy and mean confidence by bin."""
    number_of = np.clip(np.ceil(confidences * BINS).astype(int) - 1, 0, BINS - 1)
    gaps = np.bincount(number_of, confidences - right, minlength=BINS)
    return float(np.abs(gaps).sum() / len(right))


def _compared(study: Study, read: Read, before: str, after: str) -> Compared:
    gold, one, other = (_numbers(study, read, name) for name in ("gold", side_column(before), side_column(after)))
    return Compared(one == gold, other == gold)


def _counts(study: Study, read: Read) -> dict[str, NDArray[np.int64]]:
    """The confusion counts of each side."""
    gold, k = _numbers(study, read, "gold"), len(study.labels)
    return {side: count_pairs(gold, _numbers(study, read, side_column(side)), k) for side in study.sides}


def _numbers(study: Study, read: Read, column: str) -> NDArray[np.integer]:
    """The labels of all examples as numbers (n,); where none could be read, how many labels there are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    numbers = pc.index_in(read("examples").arrow()[column], pa.array(study.labels))
    return pc.fill_null(numbers, len(study.labels)).to_numpy()
