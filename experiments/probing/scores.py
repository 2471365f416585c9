"""Scores of held-out predictions beside their trivial baseline and their control tasks, with intervals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from experiments.metrics.classification import f1_scores
from experiments.probing.predictions import RANDOM, TRAINED, Layer, read_predictions
from experiments.probing.study import Study
from experiments.probing.tasks import Predicted, Task
from experiments.statistics.bootstrap import RESAMPLES, draw, percentiles, resampled_totals
from experiments.statistics.level import Interval
from experiments.statistics.proportions import wilson
from experiments.system import Read

Row = dict[str, object]

ERRORS = ("mse", "mae")  # less is better


@dataclass(frozen=True)
class Score:
    """One score of the probes of a target, one for each seed, as a mean over these: `by_seed` are theirs.

    Selectivity is how much better it is than the mean of all controls.
    """

    name: str
    by_seed: NDArray[np.float64]
    interval: Interval
    interval_kind: str
    baseline: float
    controls: NDArray[np.float64]
    control_baseline: float
    selectivity: float
    selectivity_interval: Interval

    @property
    def value(self) -> float:
        """The mean over the seeds."""
        return float(self.by_seed.mean())

    def row(self) -> Row:
        """The cells of the table of layers that are the score's own."""
        return {
            "score": self.name,
            "value": self.value,
            "low": self.interval.low,
            "high": self.interval.high,
            "interval": self.interval_kind,
            "seeds": len(self.by_seed),
            "seed_sd": _sd(self.by_seed),
            "baseline": self.baseline,
            "control_mean": float(self.controls.mean()),
            "control_sd": _sd(self.controls),
            "controls": len(self.controls),
            "control_baseline": self.control_baseline,
            "selectivity": self.selectivity,
            "selectivity_low": self.selectivity_interval.low,
            "selectivity_high": self.selectivity_interval.high,
        }


def score_probes(
    tasks: Sequence[Task], predicted: Sequence[Predicted], constant: Sequence[Predicted], draw_seed: int
) -> list[Score]:
    """All scores of a target's predictions, of each seed; `constant` are those of its baseline.

    Examples are drawn with what the probes and all control tasks predict for them, whatever the seed; for the
    selectivity control tasks are drawn too, as they are a sample of what could have been random targets.
    """
    classes, n = tasks[0].classes, len(tasks[0].targets)
    seeds, count = len(tasks), len(tasks[0].controls) + 1
    statistics = np.hstack([_statistics(*both) for both in zip(tasks, predicted, strict=True)])
    constants = np.hstack([_statistics(*both) for both in zip(tasks, constant, strict=True)])

    def score(totals: NDArray) -> dict[str, NDArray[np.float64]]:
        """Each score (resamples, seeds, 1 + controls)."""
        scored = _scores(totals, classes, seeds * count)
        return {name: values.reshape(-1, seeds, count) for name, values in scored.items()}

    found, base = (score(each.sum(axis=0)[None]) for each in (statistics, constants))
    drawn = score(resampled_totals(statistics, None, RESAMPLES, draw_seed))
    picked = np.vstack([*draw(seeds * (count - 1), RESAMPLES, draw_seed)])
    scores = []
    for name, [values] in found.items():
        sign = -1 if name in ERRORS else 1
        probes, controls = drawn[name][:, :, 0].mean(axis=1), drawn[name][:, :, 1:].reshape(RESAMPLES, -1)
        above = sign * (probes - np.take_along_axis(controls, picked, axis=1).mean(axis=1))
        kind, interval = "bootstrap", percentiles(probes)
        if name == "accuracy" and seeds == 1:
            kind, interval = "wilson", wilson(int((predicted[0].targets == tasks[0].targets).sum()), n)
        scores.append(
            Score(
                name=name,
                by_seed=values[:, 0],
                interval=interval,
                interval_kind=kind,
                baseline=float(base[name][0, :, 0].mean()),
                controls=values[:, 1:].ravel(),
                control_baseline=float(base[name][0, :, 1:].mean()),
                selectivity=float(sign * (values[:, 0].mean() - values[:, 1:].mean())),
                selectivity_interval=percentiles(above),
            )
        )
    return scores


def _sd(values: NDArray[np.float64]) -> float | None:
    return float(values.std(ddof=1)) if len(values) > 1 else None


def layer_rows(study: Study, read: Read) -> Iterator[Row]:
    """All scores by model, pooling, layer and target: trained weights first, with those of random weights beside."""
    found = read_predictions(read, read("control-targets"))
    penalties: dict[tuple[Layer, str], list[float]] = {}
    for row in read("penalties").rows:
        layer = Layer(row["model"], row["weights"], row["pooling"], row["layer"])
        penalties.setdefault((layer, row["target"]), []).append(row["penalty"])
    edges = {min(study.chosen.penalties), max(study.chosen.penalties)}

    def rows(model: str, weights: str) -> Iterator[Row]:
        for layer, states in found.layers.items():
            if (layer.model, layer.weights) != (model, weights):
                continue
            for target, tasks in found.tasks.items():
                chosen = penalties[layer, target]
                for score in score_probes(
                    tasks, found.predicted[layer, target], found.baselines[target], study.chosen.seeds[0]
                ):
                    yield {
                        **states,
                        **score.row(),
                        "target": target,
                        "depth": found.depths[model],
                        "n": len(tasks[0].targets),
                        "penalty": median(chosen),
                        "penalty_at_edge": sum(penalty in edges for penalty in chosen),
                    }

    for model in found.depths:
        controls = list(rows(model, RANDOM))
        for row, control in zip(rows(model, TRAINED), controls, strict=True):
            yield {**row, "random_weights": control["value"]}
        yield from ({**control, "random_weights": None} for control in controls)


def _statistics(task: Task, predicted: Predicted) -> NDArray[np.float64]:
    """The statistics from which the scores of T tasks follow once they are summed: (n, T x statistics).

    The tasks are a target and its controls, the sum is over the examples. Of classes these are the right predictions of
    each, and its predictions and examples.
    """
    targets, found = task.every, predicted.every
    if task.classes is not None:
        each = np.eye(task.classes)
        gold = each[targets]
        cells = np.concatenate([gold * (targets == found)[..., None], gold + each[found]], axis=2)
    else:
        missed = found - targets
        cells = np.stack([missed**2, np.abs(missed), targets, targets**2, np.ones_like(targets)], axis=2)
    return cells.transpose(1, 0, 2).reshape(targets.shape[1], -1)


def _scores(totals: NDArray, classes: int | None, tasks: int) -> dict[str, NDArray[np.float64]]:
    """Summed statistics (resamples, T x statistics) to each score (resamples, T)."""
    if classes is not None:
        right, either = np.moveaxis(totals.reshape(len(totals), tasks, 2, classes), 2, 0)
        share = right.sum(axis=-1) / (either.sum(axis=-1) / 2)
        return {"accuracy": share, "macro_f1": f1_scores(right, either).mean(axis=-1)}
    squared, absolute, sums, squares, n = np.moveaxis(totals.reshape(len(totals), tasks, 5), 2, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {"mse": squared / n, "mae": absolute / n, "r2": 1 - squared / (squares - sums**2 / n)}
