"""Scores over several seeds: the mean, and intervals that know that all seeds saw the same examples.

Three models on 872 examples are not 2,616 observations. So the examples are resampled, each with the predictions of all
seeds, and n is the number of examples.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.metrics.classification import all_scores, confusion, majority_counts
from experiments.metrics.classification_tables import Row, name_cells
from experiments.metrics.correctness import Compared, transition_row
from experiments.statistics.bootstrap import (
    RESAMPLES,
    mean,
    mean_statistics,
    paired_bootstrap,
    percentiles,
    resampled_totals,
)
from experiments.tables.terms import Correctness


def pooled_score_rows(gold: Sequence[str], runs: Sequence[Sequence[str]], labels: Sequence[str]) -> Iterator[Row]:
    """Rows of the table of scores, without run and stage: means over `runs`, the predictions of each seed."""
    counts = np.array([confusion(gold, predicted, labels) for predicted in runs])
    values = {key: scores.mean() for key, scores in all_scores(counts, labels).items()}
    baselines = all_scores(majority_counts(counts[0]), labels)
    intervals = _intervals(gold, runs, labels)
    behind = _behind(gold, runs, labels)
    for key, value in values.items():
        interval = intervals[key] if behind[key] else (None, None)
        yield {
            **name_cells(key),
            "value": float(value),
            "low": interval[0],
            "high": interval[1],
            "interval": "bootstrap" if behind[key] else None,
            "n": behind[key],
            "unparsed": 0,
            "baseline": float(baselines[key]),
        }


def _intervals(gold: Sequence[str], runs: Sequence[Sequence[str]], labels: Sequence[str]) -> dict:
    """The percentile interval of each score's mean over the seeds."""
    shape = (len(labels), len(labels) + 1)
    statistics = np.hstack([_one_hot(gold, predicted, labels) for predicted in runs])
    totals = resampled_totals(statistics, None, RESAMPLES, seed=0).reshape(RESAMPLES, len(runs), *shape)
    return {key: percentiles(scores.mean(axis=1)) for key, scores in all_scores(totals, labels).items()}


def _one_hot(gold: Sequence[str], predicted: Sequence[str], labels: Sequence[str]) -> NDArray:
    """Statistics (n, k (k + 1)) whose sum over examples are the confusion counts."""
    place = {label: index for index, label in enumerate(labels)}
    found = np.zeros((len(gold), len(labels) * (len(labels) + 1)))
    columns = [place[true] * (len(labels) + 1) + place[guess] for true, guess in zip(gold, predicted, strict=True)]
    found[np.arange(len(gold)), columns] = 1
    return found


def _behind(gold: Sequence[str], runs: Sequence[Sequence[str]], labels: Sequence[str]) -> dict:
    """How many examples bear on each score in any of the runs."""
    everything = list(zip(gold, *runs, strict=True))
    behind = {("accuracy", None): len(gold)} | {
        (f"macro_{name}", None): len(gold) for name in ("precision", "recall", "f1")
    }
    for label in labels:
        behind["recall", label] = sum(true == label for true, *_ in everything)
        behind["precision", label] = sum(label in guesses for _, *guesses in everything)
        behind["f1", label] = sum(label in both for both in everything)
    return behind


def pooled_transition_rows(runs: Sequence[Compared]) -> Iterator[Row]:
    """Rows of the table of transitions over all runs: counts of predictions, intervals over examples."""
    n = sum(map(len, runs))
    for correctness in Correctness:
        share = np.mean([run.are(correctness) for run in runs], axis=0)
        interval = percentiles(mean(resampled_totals(mean_statistics(share), None, RESAMPLES, seed=0)))
        count = sum(run.counts()[correctness] for run in runs)
        yield transition_row(correctness, count, n, interval)


def pooled_test_row(runs: Sequence[Compared]) -> Row:
    """The row of the table of tests over all runs: how much better after is than before, examples resampled."""
    before = np.mean([run.before for run in runs], axis=0)
    after = np.mean([run.after for run in runs], axis=0)
    found = paired_bootstrap(mean_statistics(before), mean_statistics(after), mean)
    return {
        "test": "paired-bootstrap",
        "n": len(before),
        "corrected": sum(run.counts()[Correctness.CORRECTED] for run in runs),
        "broken": sum(run.counts()[Correctness.BROKEN] for run in runs),
        **found._asdict(),
    }
