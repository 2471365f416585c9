"""The probes of one layer: out-of-fold predictions for every target and all of its control tasks.

For each fold the training part is standardised and factorised once, and this serves every target, penalty and control
task. The control tasks are fitted with the penalty that the probe itself has chosen: they ask what this very probe
would make of labels that can only be memorised.

The inner folds that choose a logistic penalty share the scaler and rotation of their whole training part, which is
harmless: both come from states alone, never from a target or a state of the held-out fold, so that no out-of-fold
score has seen what it is about.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.heap import keep_freed_memory
from experiments.probing import logistic
from experiments.probing.features import Factors, Layer
from experiments.probing.tasks import Plan, Predicted, Task, stratified


def cross_fit(states: NDArray, tasks: Mapping[str, Task], plan: Plan) -> dict[str, Predicted]:
    """Probe states (n, features) for every task. Where no feature varies the probe has its intercepts alone."""
    keep_freed_memory()
    found = {name: ([], np.empty_like(task.targets), np.empty_like(task.controls)) for name, task in tasks.items()}
    layer = Layer(states)
    for fold in np.unique(plan.folds):
        held_out = plan.folds == fold
        factors = layer.without(held_out)
        for name, task in tasks.items():
            penalties, targets, controls = found[name]
            probe = _ridge if task.classes is None else _logistic
            penalty, predicted = probe(factors, task.every[:, ~held_out], states[held_out], task.classes, plan)
            penalties.append(penalty)
            targets[held_out], controls[:, held_out] = predicted[0], predicted[1:]
    return {name: Predicted(targets, controls, tuple(chosen)) for name, (chosen, targets, controls) in found.items()}


def _ridge(factors: Factors, targets: NDArray, states: NDArray, classes: None, plan: Plan) -> tuple[float, NDArray]:
    penalty = choose_ridge_penalty(factors, targets[0], plan.penalties)
    return penalty, predict_ridge(factors, targets.T, penalty, states).T


def _logistic(factors: Factors, targets: NDArray, states: NDArray, classes: int, plan: Plan) -> tuple[float, NDArray]:
    penalty = _choose_logistic_penalty(factors, targets[0], classes, plan)
    tasks = logistic.Tasks(targets, np.ones(targets.shape, bool), np.full(len(targets), penalty), classes)
    weights = logistic.fit(factors.rotated, factors.squares, tasks)
    return penalty, logistic.predict(weights, tasks, factors(states))


def _choose_logistic_penalty(factors: Factors, targets: NDArray, classes: int, plan: Plan) -> float:
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


def choose_ridge_penalty(factors: Factors, values: NDArray, penalties: Sequence[float]) -> float:
    """The penalty with the smallest mean squared leave-one-out error on the training values (n,).

    That of scikit-learn's RidgeCV: the error of leaving a row out follows from the residual and the leverage of the
    row in the fit of all rows (Hastie, Tibshirani & Friedman 2009, section 7.10).
    """
    shrunk = 1 / (factors.squares[:, None] + np.asarray(penalties))
    residuals = values[:, None] - _fit_ridge(factors, values[:, None], shrunk)(factors.scaled)
    nearly = factors.nearly_rotated()
    leverages = 1 / len(values) + np.square(nearly, out=nearly) @ shrunk.astype(np.float32)
    return penalties[int(((residuals / (1 - leverages)) ** 2).mean(axis=0).argmin())]


def predict_ridge(factors: Factors, values: NDArray, penalty: float, states: NDArray) -> NDArray[np.float64]:
    """Predictions (m, targets) for other states (m, features), by ridge fitted to training values (n, targets)."""
    return _fit_ridge(factors, values, 1 / (factors.squares + penalty)[:, None])(factors.scaler(states))


def _fit_ridge(factors: Factors, values: NDArray, shrunk: NDArray):
    """The prediction from standardised rows: values (n, targets) and 1 / (squares + penalty), both or one of many."""
    means = values.mean(axis=0)
    weights = factors.shrink(shrunk, values - means)
    return lambda scaled: scaled @ weights + means
