"""Two sets of predictions for the same examples from the same folds: the difference of their scores, tested."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.probing.probe import Task
from experiments.statistics.bootstrap import mean, mean_statistics, paired_bootstrap
from experiments.statistics.comparisons import mcnemar

RESAMPLES = 4000  # the smallest p-value is 2 / 4001, which Holm's correction leaves below 5 % for a hundred tests
ROUNDING = 1e-9  # share of an error by which rounding may change it

MCNEMAR, BOOTSTRAP = "mcnemar-exact", "paired-bootstrap"


@dataclass(frozen=True)
class Compared:
    """The score of one (accuracy, or mean squared error) minus that of another. `only` counts the examples that the
    one alone has right, `only_other` those of the other; None for a regression."""

    score: str
    value: float
    other: float
    difference: float
    low: float
    high: float
    n: int
    test: str
    p_value: float
    only: int | None = None
    only_other: int | None = None

    @property
    def better(self) -> bool:
        """Whether the one is better."""
        return self.difference > 0 if self.score == "accuracy" else self.difference < 0


def compare(task: Task, predicted: NDArray, other: NDArray, seed: int) -> Compared:
    """The predictions (n,) of the one against the other's.

    Accuracies are tested by McNemar's exact test, errors by the paired bootstrap; both have its interval.
    """
    one, two = losses(task, predicted), losses(task, other)
    n = len(one)
    if task.classes is not None:
        right, other_right = one == 0, two == 0
        only, only_other = int((right & ~other_right).sum()), int((other_right & ~right).sum())
        found = paired_bootstrap(mean_statistics(other_right), mean_statistics(right), mean, None, RESAMPLES, seed)
        return Compared(
            "accuracy",
            float(right.mean()),
            float(other_right.mean()),
            found.difference,
            found.low,
            found.high,
            n,
            MCNEMAR,
            mcnemar(only, only_other),
            only,
            only_other,
        )
    two = np.where(np.isclose(one, two, rtol=ROUNDING, atol=0), one, two)
    found = paired_bootstrap(mean_statistics(two), mean_statistics(one), mean, None, RESAMPLES, seed)
    return Compared(
        "mse",
        float(one.mean()),
        float(two.mean()),
        found.difference,
        found.low,
        found.high,
        n,
        BOOTSTRAP,
        found.p_value,
    )


def losses(task: Task, predicted: NDArray) -> NDArray[np.float64]:
    """The error of each example (n,): 1 for a wrong class, or the square of what a number is missed by."""
    if task.classes is not None:
        return (predicted != task.targets).astype(float)
    return (predicted - task.targets) ** 2


def slope(task: Task, by_layer: list[NDArray], places: list[float], seed: int) -> Compared:
    """The slope of the mean error over the relative depths at which the layers' predictions (n,) lie.

    The least-squares slope of a mean is the mean of the examples' slopes, so that its interval comes from drawing
    examples, each with its errors at all layers. `value` and `other` are the scores of the last and the first layer.
    """
    errors = np.stack([losses(task, predicted) for predicted in by_layer], axis=1)
    centred = np.asarray(places) - np.mean(places)
    slopes = errors @ (centred / (centred**2).sum())
    flat = np.zeros_like(slopes)
    found = paired_bootstrap(mean_statistics(flat), mean_statistics(slopes), mean, None, RESAMPLES, seed)
    score = "mse" if task.classes is None else "accuracy"
    first, last = (float(errors[:, place].mean()) for place in (0, -1))
    value, other = (last, first) if score == "mse" else (1 - last, 1 - first)
    return Compared(score, value, other, found.difference, found.low, found.high, len(slopes), BOOTSTRAP, found.p_value)
