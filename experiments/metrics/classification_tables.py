"""What a classifier did before and after: examples, transitions, confusion, scores and tests, as rows of tables.

Whoever predicts, a fine-tuned model of ours or a notebook elsewhere, the same tables come of it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.metrics.classification import (
    ScoreKey,
    all_scores,
    bootstrap_intervals,
    confusion,
    majority_counts,
)
from experiments.statistics.bootstrap import mean, mean_statistics, paired_bootstrap
from experiments.statistics.comparisons import mcnemar
from experiments.statistics.proportions import wilson
from experiments.tables.sidecar import Column

CORRECTNESS = ("both-right", "corrected", "broken", "both-wrong")
SIDES = ("before", "after")

Row = dict[str, object]


class Example(NamedTuple):
    """One example: its gold label, and those predicted before and after; `None` where none could be read."""

    id: str
    gold: str
    before: str | None
    after: str | None

    @property
    def correctness(self) -> str:
        """The correctness class, one of `CORRECTNESS`."""
        right = (self.before == self.gold, self.after == self.gold)
        return dict(zip([(True, True), (False, True), (True, False), (False, False)], CORRECTNESS, strict=True))[right]


class Shape(NamedTuple):
    """What is declared of one of the tables."""

    title: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]


def _share(name: str, meaning: str, **more) -> Column:
    return Column(name=name, type="number", decimals=6, meaning=meaning, **more)


def _label(name: str, meaning: str, **more) -> Column:
    return Column(name=name, type="string", meaning=meaning, **more)


def _count(name: str, meaning: str, **more) -> Column:
    return Column(name=name, type="integer", meaning=meaning, **more)


SHAPES: Mapping[str, Shape] = {
    "examples": Shape(
        "Examples before and after",
        ("id",),
        (
            _label("id", "identifier of the example"),
            _label("gold", "gold label"),
            _label("before", "label predicted before; none where none could be read", nullable=True),
            _label("after", "label predicted after; none where none could be read", nullable=True),
            _label("correctness", "both-right, corrected, broken or both-wrong"),
        ),
    ),
    "transitions": Shape(
        "Transitions from before to after",
        ("correctness",),
        (
            _label("correctness", "both-right, corrected, broken or both-wrong"),
            _count("count", "examples of this correctness class"),
            _count("n", "all examples", n_of="share"),
            _share("share", "count over n"),
            _share("share_low", "lower bound of the 95 % Wilson interval", lower_bound_of="share"),
            _share("share_high", "upper bound of the 95 % Wilson interval", upper_bound_of="share"),
        ),
    ),
    "confusion": Shape(
        "Confusion counts before and after",
        ("side", "gold", "predicted"),
        (
            _label("side", "before or after"),
            _label("gold", "gold label"),
            _label("predicted", "predicted label"),
            _count("count", "examples with these two labels"),
        ),
    ),
    "scores": Shape(
        "Scores before and after",
        ("side", "score"),
        (
            _label("side", "before or after"),
            _label("score", "name of the score, with its label in brackets where it is that of one label"),
            _label(
                "quantity", "accuracy, precision, recall or f1, and their macro_ averages: plain means over all labels"
            ),
            _label("label", "the label that the score is about; none where it is about all", nullable=True),
            _share("value", "the score; 0 where a precision, recall or F1 is 0/0", direction="higher"),
            _share("low", "lower bound of the 95 % interval; none of 0/0", nullable=True, lower_bound_of="value"),
            _share("high", "upper bound of the 95 % interval; none of 0/0", nullable=True, upper_bound_of="value"),
            _label("interval", "wilson for proportions, bootstrap (percentile) for the rest", nullable=True),
            _count(
                "n",
                "examples behind the score: for a precision those named so, for a recall those that are so, for an "
                "f1 those of either",
                n_of="value",
            ),
            _count("unparsed", "examples without a readable prediction, which count as wrong"),
            _share("baseline", "the same score of always naming the most frequent gold label"),
        ),
    ),
    "tests": Shape(
        "Tests of after against before",
        ("test",),
        (
            _label("test", "mcnemar-exact: two-sided binomial test on the discordant examples"),
            _count("n", "examples", n_of="difference"),
            _count("corrected", "discordant examples that only after has right"),
            _count("broken", "discordant examples that only before has right"),
            _share("difference", "accuracy after minus accuracy before", direction="higher"),
            _share("low", "lower bound of its 95 % paired bootstrap interval", lower_bound_of="difference"),
            _share("high", "upper bound of its 95 % paired bootstrap interval", upper_bound_of="difference"),
            Column(name="p_value", type="number", meaning="two-sided p-value of no difference"),
        ),
    ),
}


def classification_tables(examples: Sequence[Example], labels: Sequence[str], seed: int = 0) -> dict[str, list[Row]]:
    """The rows of every table in `SHAPES`, by its name. `seed` is that of the bootstrap intervals.

    Raises ValueError without examples, and for a label that is not among `labels`.
    """
    if not examples:
        raise ValueError("there are no examples to make tables of")
    counts = {
        side: confusion([e.gold for e in examples], [getattr(e, side) for e in examples], labels) for side in SIDES
    }
    return {
        "examples": [{**example._asdict(), "correctness": example.correctness} for example in examples],
        "transitions": list(_transitions(examples)),
        "confusion": [
            {"side": side, "gold": gold, "predicted": predicted, "count": int(counts[side][i, j])}
            for side in SIDES
            for i, gold in enumerate(labels)
            for j, predicted in enumerate(labels)
        ],
        "scores": [row for side in SIDES for row in score_rows(side, counts[side], labels, seed)],
        "tests": [_mcnemar(examples, seed)],
    }


def score_rows(side: str, counts: NDArray[np.int64], labels: Sequence[str], seed: int = 0) -> Iterator[Row]:
    """The rows of the table of scores for one set of predictions, from its counts as `confusion` gives them."""
    baselines = all_scores(majority_counts(counts), labels)
    bootstrapped = bootstrap_intervals(counts, labels, seed)
    proportions, others = _behind(counts, labels)
    for key, value in all_scores(counts, labels).items():
        quantity, label = key
        n = others[key] if key in others else proportions[key][1]
        interval, low, high = None, None, None
        if n and key in proportions:
            interval, (low, high) = "wilson", wilson(*proportions[key])
        elif n:
            interval, (low, high) = "bootstrap", bootstrapped[key]
        yield {
            "side": side,
            "score": quantity if label is None else f"{quantity}[{label}]",
            "quantity": quantity,
            "label": label,
            "value": float(value),
            "low": low,
            "high": high,
            "interval": interval,
            "n": n,
            "unparsed": int(counts[:, -1].sum()),
            "baseline": float(baselines[key]),
        }


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


def _transitions(examples: Sequence[Example]) -> Iterator[Row]:
    found = Counter(example.correctness for example in examples)
    for correctness in CORRECTNESS:
        count = found[correctness]
        low, high = wilson(count, len(examples))
        yield {
            "correctness": correctness,
            "count": count,
            "n": len(examples),
            "share": count / len(examples),
            "share_low": low,
            "share_high": high,
        }


def _mcnemar(examples: Sequence[Example], seed: int) -> Row:
    right = {side: mean_statistics([getattr(e, side) == e.gold for e in examples]) for side in SIDES}
    found = Counter(example.correctness for example in examples)
    paired = paired_bootstrap(right["before"], right["after"], mean, seed=seed)
    return {
        "test": "mcnemar-exact",
        "n": len(examples),
        "corrected": found["corrected"],
        "broken": found["broken"],
        "difference": paired.difference,
        "low": paired.low,
        "high": paired.high,
        "p_value": mcnemar(found["corrected"], found["broken"]),
    }
