"""Predictions for the same examples from the same folds, held against each other: differences of scores, tested."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from experiments.probing.predictions import TRAINED, Layer, Predictions, read_predictions
from experiments.probing.study import Study
from experiments.probing.tasks import Task
from experiments.statistics.bootstrap import Difference, paired_means
from experiments.statistics.comparisons import mcnemar
from experiments.statistics.corrections import holm
from experiments.statistics.level import LEVEL
from experiments.system import Read

RESAMPLES = 4000  # the smallest p-value is 2 / 4001, which Holm's correction leaves below 5 % for a hundred tests
ROUNDING = 1e-9  # share of an error by which rounding may change it

MCNEMAR, BOOTSTRAP = "mcnemar-exact", "paired-bootstrap"

Row = dict[str, object]


@dataclass(frozen=True)
class Compared:
    """The score of one minus that of another, as means over the seeds.

    It is accuracy, or mean squared error. `only` counts the predictions that the one alone has right, `only_other`
    those of the other; None for a regression.
    """

    score: str
    value: float
    other: float
    difference: float
    low: float
    high: float
    n: int
    seeds: int
    test: str
    p_value: float
    only: int | None = None
    only_other: int | None = None

    @property
    def better(self) -> bool:
        """Whether the one is better."""
        return self.difference > 0 if self.score == "accuracy" else self.difference < 0


@dataclass(frozen=True)
class Pair:
    """Two sets of predictions (seeds, n) of one task: the one's and the other's."""

    task: Task
    predicted: NDArray
    other: NDArray


def compare(pairs: Sequence[Pair], seed: int) -> list[Compared]:
    """The one of each pair against the other, all on the same n examples.

    Accuracies of one seed are tested by McNemar's exact test, errors and means over seeds by the paired bootstrap of
    the examples; all have its interval.
    """
    if not pairs:
        return []
    errors = [(losses(pair.task, pair.predicted), losses(pair.task, pair.other)) for pair in pairs]
    gains = np.stack([_gain(pair.task, one, two) for pair, (one, two) in zip(pairs, errors, strict=True)], axis=1)
    drawn = scaled_means(gains, 1 / len(errors[0][0]), seed)
    return [_compared(pair.task, *both, found) for pair, both, found in zip(pairs, errors, drawn, strict=True)]


def scaled_means(sums: NDArray[np.float64], scale: float, seed: int) -> list[Difference]:
    """`paired_means` of `scale` times the columns (n, tests), drawn from the columns.

    Sums of whole numbers are exact, and resamples without a difference are told.
    """
    return [
        found._replace(difference=scale * found.difference, low=scale * found.low, high=scale * found.high)
        for found in paired_means(sums, RESAMPLES, seed)
    ]


def losses(task: Task, predicted: NDArray) -> NDArray[np.float64]:
    """The error of each prediction (seeds, n): 1 for a wrong class, or the square of what a number is missed by."""
    if task.classes is not None:
        return (predicted != task.targets).astype(float)
    return (predicted - task.targets) ** 2


def _gain(task: Task, one: NDArray, two: NDArray) -> NDArray[np.float64]:
    """By how much the score of each example (n,) is above the other's, summed over the seeds.

    Errors that differ by rounding are alike.
    """
    gains = two - one
    if task.classes is None:
        gains = np.where(np.isclose(one, two, rtol=ROUNDING, atol=0), 0, -gains)
    return gains.sum(axis=0)


def _compared(task: Task, one: NDArray, two: NDArray, drawn: Difference) -> Compared:
    (seeds, n), tested = one.shape, (drawn.difference, drawn.low, drawn.high)
    if task.classes is None:
        means = float(one.mean()), float(two.mean())
        return Compared("mse", *means, *tested, n, seeds, BOOTSTRAP, drawn.p_value)
    right, other_right = one == 0, two == 0
    only, only_other = int((right & ~other_right).sum()), int((other_right & ~right).sum())
    shares = float(right.mean()), float(other_right.mean())
    test, p_value = (MCNEMAR, mcnemar(only, only_other)) if seeds == 1 else (BOOTSTRAP, drawn.p_value)
    return Compared("accuracy", *shares, *tested, n, seeds, test, p_value, only, only_other)


def places(depth: int) -> dict[str, int]:
    """The layers of a model at which the source compared models."""
    return {"first": 0, "middle": depth // 2, "last": depth}


def comparison_rows(study: Study, read: Read) -> Iterator[Row]:
    """Trained models against each other, from the tables of a run."""
    return compare_models(read_predictions(read), study.chosen.seeds[0])


def compare_models(found: Predictions, seed: int) -> Iterator[Row]:
    """Trained models against each other at the first, middle and last layer.

    Holm's correction is over all comparisons of one pooling and target.
    """
    families = [
        [
            (pooling, target, place, *(_at(found, model, pooling, place) for model in models))
            for place in ("first", "middle", "last")
            for models in combinations(found.depths, 2)
        ]
        for pooling in found.poolings
        for target in found.tasks
    ]
    pairs = [
        Pair(found.tasks[target][0], *(found.targets(layer, target) for layer in layers))
        for family in families
        for _, target, _, *layers in family
    ]
    compared = iter(compare(pairs, seed))
    for family in families:
        made = [(*each, next(compared)) for each in family]
        adjusted = holm([each[-1].p_value for each in made])
        for (pooling, target, place, one, other, tested), p_holm in zip(made, adjusted, strict=True):
            clear = p_holm < LEVEL and tested.difference != 0
            yield {
                "pooling": pooling,
                "target": target,
                "place": place,
                "model": one.model,
                "other": other.model,
                "layer": one.number,
                "other_layer": other.number,
                "score": tested.score,
                "value": tested.value,
                "other_value": tested.other,
                "difference": tested.difference,
                "low": tested.low,
                "high": tested.high,
                "n": tested.n,
                "seeds": tested.seeds,
                "only_model": tested.only,
                "only_other": tested.only_other,
                "test": tested.test,
                "p_value": tested.p_value,
                "p_holm": p_holm,
                "tests": len(made),
                "better": (one if tested.better else other).model if clear else None,
                "degenerate": found.is_degenerate(one) or found.is_degenerate(other),
            }


def _at(found: Predictions, model: str, pooling: str, place: str) -> Layer:
    return Layer(model, TRAINED, pooling, places(found.depths[model])[place])
