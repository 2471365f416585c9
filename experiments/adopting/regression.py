"""The tables that are derived from adopted values of a regression: errors and tests."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from experiments.adopting.derived import P_HOLM, PAIR, SIDE
from experiments.adopting.study import Study, side_column
from experiments.statistics.bootstrap import bootstrap, mean, mean_statistics, paired_bootstrap
from experiments.statistics.corrections import holm
from experiments.statistics.level import CONFIDENCE_TEXT
from experiments.system import Read
from experiments.tables.columns import integer, number, text

Row = dict[str, object]
Values = NDArray[np.float64]

OF_DIFFERENCE = f"bound of its {CONFIDENCE_TEXT} paired bootstrap interval"
VALUE_COLUMNS = (
    SIDE,
    text("score", "mse: mean squared error; mae: mean absolute error; r2: share of the variance explained"),
    number("value", "the score; none of r2 where all gold values are equal", nullable=True),
    number("low", f"lower bound of the {CONFIDENCE_TEXT} bootstrap interval", nullable=True, lower_bound_of="value"),
    number("high", f"upper bound of the {CONFIDENCE_TEXT} bootstrap interval", nullable=True, upper_bound_of="value"),
    integer("n", "examples behind the score", n_of="value"),
    number("baseline", "the same score of always predicting the mean gold value", nullable=True),
)
DIFFERENCE_COLUMNS = (
    *PAIR,
    text("score", "mse or mae"),
    integer("n", "examples", n_of="difference"),
    number("difference", "error after minus error before", direction="lower"),
    number("low", f"lower {OF_DIFFERENCE}", nullable=True, lower_bound_of="difference"),
    number("high", f"upper {OF_DIFFERENCE}", nullable=True, upper_bound_of="difference"),
    number("p_value", "two-sided p-value of the paired bootstrap", decimals=None),
    P_HOLM,
)
ERRORS: dict[str, Callable[[Values, Values], Values]] = {
    "mse": lambda gold, said: np.square(gold - said),
    "mae": lambda gold, said: np.abs(gold - said),
}


def derive_scores(study: Study, read: Read) -> Iterator[Row]:
    """Every score on each side, with its interval and that of the mean. One example has no intervals."""
    gold = _values(read, "gold")
    constant = np.full(len(gold), gold.mean())
    for side in study.sides:
        said = _values(read, side_column(side))
        for score, error in ERRORS.items():
            errors = error(gold, said)
            low, high = bootstrap(mean_statistics(errors), mean, seed=study.seed) if len(gold) > 1 else (None, None)
            yield _row(side, score, float(errors.mean()), low, high, len(gold), float(error(gold, constant).mean()))
        yield _explained(study, side, gold, said)


def derive_tests(study: Study, read: Read) -> Iterator[Row]:
    """Paired bootstraps of both errors, of each other side against the first."""
    gold, rows = _values(read, "gold"), []
    for before, after in study.pairs:
        one, other = (_values(read, side_column(side)) for side in (before, after))
        for score, error in ERRORS.items():
            sides = [mean_statistics(error(gold, said)) for said in (one, other)]
            found = paired_bootstrap(*sides, mean, seed=study.seed)._asdict()
            if len(gold) == 1:
                found |= {"low": None, "high": None}
            rows.append({"before": before, "after": after, "score": score, "n": len(gold), **found})
    for row, p_holm in zip(rows, holm([row["p_value"] for row in rows]), strict=True):
        yield {**row, "p_holm": p_holm}


def _explained(study: Study, side: str, gold: Values, said: Values) -> Row:
    """The row of R²: one minus squared errors over the squared deviations from the mean of the same examples."""
    centred = gold - gold.mean()  # the spread of a resample from its sums, without cancellation
    if np.ptp(gold) == 0 or not np.square(centred).sum():  # squares of tiny numbers are none
        return _row(side, "r2", None, None, None, len(gold), None)
    statistics = np.column_stack([np.square(gold - said), centred, np.square(centred), np.ones(len(gold))])

    def r2(totals: Values) -> Values:
        spread = totals[:, 2] - totals[:, 1] ** 2 / totals[:, 3]
        varies = spread > 1e-12 * totals[:, 2]  # less is rounding
        return 1 - np.divide(totals[:, 0], spread, out=np.full(len(totals), np.nan), where=varies)

    low, high = bootstrap(statistics, r2, seed=study.seed)
    value = float(1 - statistics[:, 0].sum() / statistics[:, 2].sum())
    return _row(side, "r2", value, low, high, len(gold), 0.0)


def _row(side: str, score: str, value: float | None, low, high, n: int, baseline: float | None) -> Row:
    return {"side": side, "score": score, "value": value, "low": low, "high": high, "n": n, "baseline": baseline}


def _values(read: Read, column: str) -> Values:
    return read("examples").arrow()[column].to_numpy()
