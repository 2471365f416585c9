"""Tables of what a classifier did before and after: transitions, scores and tests.

Whoever predicts, a fine-tuned model of ours or a notebook elsewhere, the same rows come of it.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.metrics.classification import ScoreKey, all_scores, bootstrap_intervals, majority_counts
from experiments.metrics.correctness import CORRECTNESS, Compared, transition_row
from experiments.statistics.bootstrap import (
    RESAMPLES,
    draw_counts,
    mean,
    mean_statistics,
    paired_bootstrap,
    percentiles,
)
from experiments.statistics.comparisons import mcnemar
from experiments.statistics.level import CONFIDENCE_TEXT, Interval
from experiments.statistics.proportions import wilson
from experiments.tables.columns import integer, number, text
from experiments.tables.sidecar import Column
from experiments.tables.terms import Correctness

Row = dict[str, object]

MOST_RESAMPLED = 100_000
"""Of more examples than these, resamples are drawn as counts of their classes: the time does not grow with them."""

TRANSITIONS = (
    CORRECTNESS,
    integer("count", "examples of this correctness class"),
    integer("n", "all examples", n_of="share"),
    number("share", "count over n"),
    number("share_low", f"lower bound of the {CONFIDENCE_TEXT} Wilson interval", lower_bound_of="share"),
    number("share_high", f"upper bound of the {CONFIDENCE_TEXT} Wilson interval", upper_bound_of="share"),
)

SCORES = (
    text("score", "name of the score, with its label in brackets where it is that of one label"),
    text("quantity", "accuracy, precision, recall or f1, and their macro_ averages: plain means over all labels"),
    text("label", "the label that the score is about; none where it is about all", nullable=True),
    number("value", "the score; 0 where a precision, recall or F1 is 0/0", direction="higher"),
    number("low", f"lower bound of the {CONFIDENCE_TEXT} interval; none of 0/0", nullable=True, lower_bound_of="value"),
    number(
        "high", f"upper bound of the {CONFIDENCE_TEXT} interval; none of 0/0", nullable=True, upper_bound_of="value"
    ),
    text("interval", "wilson for proportions, bootstrap (percentile) for the rest", nullable=True),
    integer(
        "n",
        "examples behind the score: for a precision those named so, for a recall those that are so, for an f1 those "
        "of either",
        n_of="value",
    ),
    integer("unparsed", "examples without a readable prediction, which count as wrong"),
    number("baseline", "the same score of always naming the most frequent gold label"),
)

TESTS: tuple[Column, ...] = (
    text("test", "mcnemar-exact: two-sided binomial test on the discordant examples"),
    integer("n", "examples", n_of="difference"),
    integer("corrected", "discordant examples that only after has right"),
    integer("broken", "discordant examples that only before has right"),
    number("difference", "accuracy after minus accuracy before", direction="higher"),
    number("low", f"lower bound of its {CONFIDENCE_TEXT} paired bootstrap interval", lower_bound_of="difference"),
    number("high", f"upper bound of its {CONFIDENCE_TEXT} paired bootstrap interval", upper_bound_of="difference"),
    number("p_value", "two-sided p-value of no difference", decimals=None),
)


def transition_rows(compared: Compared) -> Iterator[Row]:
    """The rows of the table of transitions."""
    n = len(compared)
    for correctness, count in compared.counts().items():
        yield transition_row(correctness, count, n, wilson(count, n))


def mcnemar_row(compared: Compared, seed: int = 0) -> Row:
    """The row of the table of tests: exact p-value, and the bootstrap interval of the difference by `seed`."""
    found = compared.counts()
    corrected, broken = found[Correctness.CORRECTED], found[Correctness.BROKEN]
    low, high = _difference_interval(compared, seed)
    return {
        "test": "mcnemar-exact",
        "n": len(compared),
        "corrected": corrected,
        "broken": broken,
        "difference": float(compared.after.mean() - compared.before.mean()),
        "low": low,
        "high": high,
        "p_value": mcnemar(corrected, broken),
    }


def _difference_interval(compared: Compared, seed: int) -> Interval:
    """The paired bootstrap interval of accuracy after minus accuracy before.

    Examples of the same class are alike to the difference, so that very many are resampled by their counts.
    """
    n = len(compared)
    if n <= MOST_RESAMPLED:
        found = paired_bootstrap(mean_statistics(compared.before), mean_statistics(compared.after), mean, seed=seed)
        return Interval(found.low, found.high)
    counts = compared.counts()
    among = list(counts)
    drawn = draw_counts(np.array(list(counts.values())), RESAMPLES, seed)
    better = drawn[:, among.index(Correctness.CORRECTED)] - drawn[:, among.index(Correctness.BROKEN)]
    return percentiles(better / n)


def score_rows(counts: NDArray[np.int64], labels: Sequence[str], seed: int = 0) -> Iterator[Row]:
    """The rows of the table of scores for one set of predictions, from its counts as `confusion` gives them."""
    baselines = all_scores(majority_counts(counts), labels)
    bootstrapped = bootstrap_intervals(counts, labels, seed)
    proportions, others = _behind(counts, labels)
    for key, value in all_scores(counts, labels).items():
        n = others[key] if key in others else proportions[key][1]
        interval, low, high = None, None, None
        if n and key in proportions:
            interval, (low, high) = "wilson", wilson(*proportions[key])
        elif n and counts.sum() > 1:
            interval, (low, high) = "bootstrap", bootstrapped[key]
        yield {
            **name_cells(key),
            "value": float(value),
            "low": low,
            "high": high,
            "interval": interval,
            "n": n,
            "unparsed": int(counts[:, -1].sum()),
            "baseline": float(baselines[key]),
        }


def name_cells(key: ScoreKey) -> Row:
    """The cells `score`, `quantity` and `label`."""
    quantity, label = key
    return {"score": quantity if label is None else f"{quantity}[{label}]", "quantity": quantity, "label": label}


def _behind(
    counts: NDArray[np.int64], labels: Sequence[str]
) -> tuple[dict[ScoreKey, tuple[int, int]], dict[ScoreKey, int]]:
    """Successes and n of the scores that are proportions; n of the others."""
    right, support, predicted = counts.diagonal(), counts.sum(axis=1), counts[:, :-1].sum(axis=0)
    n = int(counts.sum())
    proportions: dict[ScoreKey, tuple[int, int]] = {("accuracy", None): (int(right.sum()), n)}
    others: dict[ScoreKey, int] = {(f"macro_{name}", None): n for name in ("precision", "recall", "f1")}
    for index, label in enumerate(labels):
        proportions["precision", label] = int(right[index]), int(predicted[index])
        proportions["recall", label] = int(right[index]), int(support[index])
        others["f1", label] = int(support[index] + predicted[index] - right[index])
    return proportions, others
