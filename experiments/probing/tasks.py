"""What is predicted, in which folds, and the trivial baseline of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class _WithControls:
    """Values of n examples for the target (n,) and for its control tasks (controls, n)."""

    targets: NDArray
    controls: NDArray

    @property
    def every(self) -> NDArray:
        """The targets of the task and after them those of the control tasks, (1 + controls, n)."""
        return np.vstack([self.targets[None], self.controls])


@dataclass(frozen=True)
class Task(_WithControls):
    """A target of n examples and its control tasks.

    `classes` is None for a regression, whose targets are numbers; those of a classification are numbers of classes.
    """

    classes: int | None


@dataclass(frozen=True)
class Plan:
    """How every layer of every model is probed. `folds` (n,) are the numbers of the folds."""

    folds: NDArray[np.int64]
    inner_folds: int
    penalties: tuple[float, ...]
    seed: int


@dataclass(frozen=True)
class Predicted(_WithControls):
    """Held-out predictions of the target and of its controls, and the penalty chosen in each fold."""

    penalties: tuple[float, ...]


def stratified(strata: NDArray, count: int, seed: int) -> NDArray[np.int64]:
    """The fold of each example, every stratum over all folds as evenly as can be: those of StratifiedKFold."""
    from sklearn.model_selection import StratifiedKFold

    fold = np.empty(len(strata), dtype=np.int64)
    split = StratifiedKFold(count, shuffle=True, random_state=seed).split(np.zeros(len(strata)), strata)
    for number, (_, held_out) in enumerate(split):
        fold[held_out] = number
    return fold


def baseline(task: Task, folds: NDArray[np.int64]) -> Predicted:
    """For the target and its controls the training part's most frequent class, the first of several such, or mean.

    `folds` (n,) are the numbers of the folds; the training part of a fold is all the others.
    """
    every = task.every
    predicted = np.empty_like(every)
    for fold in np.unique(folds):
        training = every[:, folds != fold]
        if task.classes is None:
            constants = training.mean(axis=1)
        else:
            constants = np.stack([(training == c).sum(axis=1) for c in range(task.classes)], axis=1).argmax(axis=1)
        predicted[:, folds == fold] = constants[:, None]
    return Predicted(predicted[0], predicted[1:], ())
