"""The probes of one layer: out-of-fold predictions for every target and all of its control tasks.

For each fold the training part is standardised and factorised once, and this serves every target, penalty and control
task. The control tasks are fitted with the penalty that the probe itself has chosen: they ask what this very probe
would make of labels that can only be memorised.

The inner folds that choose a logistic penalty share the scaler and rotation of their whole training part, which is
harmless: both come from states alone, never from a target or a state of the held-out fold, so that no out-of-fold
score has seen what it is about.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.probing import logistic, ridge
from experiments.probing.features import Factors, Layer
from experiments.probing.folds import stratified


@dataclass(frozen=True)
class Task:
    """A target of n examples and its controls (controls, n). `classes` is None for a regression, whose targets are
    numbers; those of a classification are numbers of classes."""

    targets: NDArray
    controls: NDArray
    classes: int | None


@dataclass(frozen=True)
class Plan:
    """How every layer of every model is probed. `folds` (n,) are the numbers of the folds."""

    folds: NDArray[np.int64]
    inner_folds: int
    penalties: tuple[float, ...]
    seed: int


@dataclass(frozen=True)
class Predicted:
    """Out-of-fold predictions (n,), those of the controls (controls, n), and the penalty chosen in each fold."""

    targets: NDArray
    controls: NDArray
    penalties: tuple[float, ...]


def cross_fit(states: NDArray, tasks: Mapping[str, Task], plan: Plan) -> dict[str, Predicted]:
    """Probe states (n, features) for every task. Where no feature varies the probe has its intercepts alone."""
    found = {name: ([], np.empty_like(task.targets), np.empty_like(task.controls)) for name, task in tasks.items()}
    layer = Layer(states)
    for fold in np.unique(plan.folds):
        held_out = plan.folds == fold
        factors = layer.without(held_out)
        for name, task in tasks.items():
            penalties, targets, controls = found[name]
            probe = _ridge if task.classes is None else _logistic
            every = np.vstack([task.targets[None], task.controls])
            penalty, predicted = probe(factors, every[:, ~held_out], states[held_out], task.classes, plan)
            penalties.append(penalty)
            targets[held_out], controls[:, held_out] = predicted[0], predicted[1:]
    return {name: Predicted(targets, controls, tuple(chosen)) for name, (chosen, targets, controls) in found.items()}


def baseline(task: Task, plan: Plan) -> Predicted:
    """For the target and its controls the training part's most frequent class, the first of several such, or mean."""
    every = np.vstack([task.targets[None], task.controls])
    predicted = np.empty_like(every)
    for fold in np.unique(plan.folds):
        training = every[:, plan.folds != fold]
        if task.classes is None:
            constants = training.mean(axis=1)
        else:
            constants = np.stack([(training == c).sum(axis=1) for c in range(task.classes)], axis=1).argmax(axis=1)
        predicted[:, plan.folds == fold] = constants[:, None]
    return Predicted(predicted[0], predicted[1:], ())


def _ridge(factors: Factors, targets: NDArray, states: NDArray, classes: None, plan: Plan) -> tuple[float, NDArray]:
    penalty = ridge.choose_penalty(factors, targets[0], plan.penalties)
    return penalty, ridge.fit_predict(factors, targets.T, penalty, states).T


def _logistic(factors: Factors, targets: NDArray, states: NDArray, classes: int, plan: Plan) -> tuple[float, NDArray]:
    penalty = _chosen(factors, targets[0], classes, plan)
    tasks = logistic.Tasks(targets, np.ones(targets.shape, bool), np.full(len(targets), penalty), classes)
    weights = logistic.fit(factors.rotated, factors.squares, tasks)
    return penalty, logistic.predict(weights, tasks, factors(states))


def _chosen(factors: Factors, targets: NDArray, classes: int, plan: Plan) -> float:
    """The penalty with the smallest mean log loss over the inner folds, all of them and all penalties at once."""
    if len(plan.penalties) == 1:
        return plan.penalties[0]
    inner = stratified(targets, plan.inner_folds, plan.seed)
    folds = np.repeat(np.arange(plan.inner_folds), len(plan.penalties))
    counted = inner[None] != folds[:, None]
    tasks = logistic.Tasks(
        np.broadcast_to(targets, counted.shape), counted, np.tile(plan.penalties, plan.inner_folds), classes
    )
    weights = logistic.fit(factors.nearly_rotated(), factors.squares, tasks, logistic.NEARLY)
    losses = logistic.log_losses(weights, tasks, factors.rotated)
    by_fold = np.array([loss[~rows].mean() for loss, rows in zip(losses, counted, strict=True)])
    return plan.penalties[int(by_fold.reshape(plan.inner_folds, -1).mean(axis=0).argmin())]
