"""Penalised logistic regression for many tasks at once on the same rows, to the minimum that scikit-learn looks for.

An L2 penalty does not change when features are rotated, so a task may be solved in the coordinates of the
factorisation, where the inner products of the features are a diagonal matrix S². There the Hessian is close to
M ⊗ S² + penalty, M being the mean over the rows of diag(p) - pp', and that is inverted task by task for the price of
an eigenvalue problem of the size of the classes. L-BFGS (Nocedal & Wright 2006, algorithm 7.4) with this as the
initial matrix of every step needs some ten steps where it needs some hundred without; and what a step costs are
products of matrices that hold all tasks.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MEMORY = 8
STEPS, SINGLE_STEPS = 1000, 40  # in float64 and in float32, whose rounding may hide the way to a minimum
SOLVED, NEARLY = 1e-10, 1e-5
"""A task is solved when a Newton step would lower its objective, a sum over rows, by less than half of this: logits are
then right to a millionth or so. To choose a penalty by the mean loss, less will do."""
HALVINGS = 30
ROUNDING = 64  # machine epsilons by which rounding may raise an objective
FLAT = 64  # machine epsilons below which a curvature over classes is none: logits can all be raised alike
EVERY = slice(None)  # task; unlike their numbers it copies nothing
ABSENT = -1e30  # logit of a class that the task does not have


@dataclass(frozen=True)
class Tasks:
    """T tasks on the same n rows.

    `classes` (T, n) are numbers below `count`, `counted` (T, n) marks the rows that a task is fitted on, `penalties`
    (T,) weigh half the squared norm: scikit-learn's 1/C.
    """

    classes: NDArray[np.int64]
    counted: NDArray[np.bool_]
    penalties: NDArray[np.float64]
    count: int

    @property
    def present(self) -> NDArray[np.bool_]:
        """Which classes (T, count) have a counted row."""
        return np.stack([((self.classes == c) & self.counted).any(axis=1) for c in range(self.count)], axis=1)

    def only(self, numbers: NDArray[np.int64]) -> "Tasks":
        """The tasks of these numbers."""
        return Tasks(self.classes[numbers], self.counted[numbers], self.penalties[numbers], self.count)


def fit(
    rotated: NDArray, squares: NDArray, tasks: Tasks, decrement: float = SOLVED, start: NDArray | None = None
) -> NDArray[np.float64]:
    """Weights (T, classes, rank + 1), the last ones unpenalised intercepts, for rotated training rows (n, rank).

    As in scikit-learn the tasks of two classes are binary: one weight vector, so that its symmetric form here has
    twice the penalty. A class without a counted row has no part in its task. The arithmetic is done in the type of
    `rotated`; to be NEARLY there, float32 will do, and a task for which it does not goes on in float64 from where it
    is: from `start`, weights like those returned. Raises ArithmeticError where a task does not come to its minimum.
    """
    solver = _Solver(rotated, squares, tasks, start)
    weights = np.zeros((len(tasks.classes), tasks.count, rotated.shape[1] + 1))
    running = np.arange(len(weights))
    single = rotated.dtype == np.float32
    for _ in range(SINGLE_STEPS if single else STEPS):
        solved = solver.aim() <= decrement
        if solved.any():
            weights[running[solved]] = solver.weights[solved]
            running = running[~solved]
            if not len(running):
                return weights
            solver.keep(~solved)
        solver.step()
    if single:
        reached = solver.weights.astype(float)
        reached -= reached.mean(axis=1, keepdims=True)  # they sum to 0 over the classes but for float32's rounding
        weights[running] = fit(rotated.astype(float), squares, tasks.only(running), decrement, reached)
        return weights
    raise ArithmeticError(f"{len(running)} logistic probes did not come to their minimum in {STEPS} steps")


def predict(weights: NDArray, tasks: Tasks, rows: NDArray) -> NDArray[np.int64]:
    """The likeliest classes (T, m) of rotated rows (m, rank), never one without a counted row."""
    return _logits(weights, tasks, rows).argmax(axis=1)


def log_losses(weights: NDArray, tasks: Tasks, rows: NDArray) -> NDArray[np.float64]:
    """The log loss (T, n) of each rotated row (n, rank), the rows of the tasks.

    That of a class without a counted row is the largest that a float can tell from certainty, as in scikit-learn.
    """
    found = _logits(weights, tasks, rows)
    found -= found.max(axis=1, keepdims=True)
    right = np.take_along_axis(found, tasks.classes[:, None], axis=1)[:, 0]
    return np.minimum(np.log(np.exp(found).sum(axis=1)) - right, -np.log(np.finfo(float).eps))


def _logits(weights: NDArray, tasks: Tasks, rows: NDArray) -> NDArray[np.float64]:
    count, classes, width = weights.shape
    flat = weights.reshape(-1, width)
    found = (flat[:, :-1] @ rows.T + flat[:, -1:]).reshape(count, classes, len(rows))
    return found + np.where(tasks.present, 0.0, ABSENT)[:, :, None]


class _Solver:
    """The tasks that are not solved yet, at their current weights.

    Weights sum to 0 over the classes: those of the last class are minus the sum of the others', and so need no product
    of their own.
    """

    def __init__(self, rotated: NDArray, squares: NDArray, tasks: Tasks, start: NDArray | None) -> None:
        kind = self._kind = rotated.dtype
        self._rows = np.hstack([rotated, np.ones((len(rotated), 1), kind)])
        self._targets = np.stack([(tasks.classes == c) & tasks.counted for c in range(tasks.count)], 1).astype(kind)
        self._counted = tasks.counted.astype(kind)
        present, count = tasks.present, len(tasks.classes)
        strength = np.where(present.sum(axis=1) == 2, 2.0, 1.0) * tasks.penalties
        self._penalty = np.outer(strength, np.append(np.ones(len(squares)), 0)).astype(kind)
        share = self._counted.mean(axis=1)[:, None]
        self._scale = (share * np.append(squares, len(rotated))).astype(kind)
        self._absent = np.where(present, 0, ABSENT).astype(kind)
        self._past: deque[tuple[NDArray, NDArray, NDArray]] = deque(maxlen=MEMORY)
        if start is None:
            start = np.zeros((count, tasks.count, len(squares) + 1), kind)
            start[:, :, -1] = _start(self._targets.sum(axis=2), present)
        self.weights = start
        self._value, self._shares = self._evaluate(self.weights, EVERY)
        self._gradient = self._gradient_at(self.weights, self._shares)

    def aim(self) -> NDArray[np.float64]:
        """Choose where to go from here, as L-BFGS does (downhill is minus this).

        Returns twice what a Newton step would gain of each objective.
        """
        precondition = self._preconditioner()
        direction, taken = self._gradient.copy(), []
        for moved, bent, inverse in reversed(self._past):
            taken.append(inverse * _dot(moved, direction))
            direction -= taken[-1][:, None, None] * bent
        direction = precondition(direction)
        for moved, bent, inverse in self._past:
            back = inverse * _dot(bent, direction)
            direction += (taken.pop() - back)[:, None, None] * moved
        self._direction = direction
        return _dot(self._gradient, precondition(self._gradient))

    def step(self) -> None:
        """Go there."""
        weights, value, shares = self._search()
        gradient = self._gradient_at(weights, shares)
        moved, bent = weights - self.weights, gradient - self._gradient
        curvature = _dot(moved, bent)
        inverse = np.divide(1, curvature, out=np.zeros_like(curvature), where=curvature > 0)
        self._past.append((moved, bent, inverse))
        self.weights, self._value, self._shares, self._gradient = weights, value, shares, gradient

    def keep(self, tasks: NDArray[np.bool_]) -> None:
        """Go on with these tasks only."""
        for name in (
            "weights",
            "_targets",
            "_counted",
            "_penalty",
            "_scale",
            "_absent",
            "_value",
            "_shares",
            "_gradient",
            "_direction",
        ):
            setattr(self, name, getattr(self, name)[tasks])
        self._past = deque((tuple(part[tasks] for part in past) for past in self._past), maxlen=MEMORY)

    def _evaluate(self, weights: NDArray, tasks: NDArray | slice) -> tuple[NDArray, NDArray]:
        """The objectives (T,), and the classes' probabilities (T, classes, n), 0 in rows that do not count."""
        found = np.empty((*weights.shape[:2], len(self._rows)), self._kind)
        free = np.ascontiguousarray(weights[:, :-1]).reshape(-1, weights.shape[2])
        found[:, :-1] = (free @ self._rows.T).reshape(len(weights), -1, len(self._rows))
        found[:, -1] = -found[:, :-1].sum(axis=1)
        found += self._absent[tasks][:, :, None]
        found -= found.max(axis=1, keepdims=True)
        right = np.einsum("tcn,tcn->t", found, self._targets[tasks])
        np.exp(found, out=found)
        total = found.sum(axis=1)
        counted = self._counted[tasks]
        loss = np.einsum("tn,tn->t", np.log(total), counted) - right
        penalty = np.einsum("tcw,tw->t", weights**2, self._penalty[tasks]) / 2
        found *= (counted / total)[:, None]
        return loss + penalty, found

    def _gradient_at(self, weights: NDArray, shares: NDArray) -> NDArray:
        pull = np.empty_like(weights)
        missed = (shares[:, :-1] - self._targets[:, :-1]).reshape(-1, shares.shape[2])
        pull[:, :-1] = (missed @ self._rows).reshape(len(weights), -1, weights.shape[2])
        pull[:, -1] = -pull[:, :-1].sum(axis=1)
        pull += self._penalty[:, None] * weights
        return pull

    def _preconditioner(self):
        """Multiplication with the inverse of M ⊗ S² + penalty."""
        spread = -(self._shares @ self._shares.transpose(0, 2, 1))
        own = np.arange(spread.shape[1])
        spread[:, own, own] += self._shares.sum(axis=2)
        curvature, classes = np.linalg.eigh(spread / self._counted.sum(axis=1)[:, None, None])
        curvature = np.where(curvature > FLAT * np.finfo(self._kind).eps, curvature, 0)[:, :, None]
        hessian = curvature * self._scale[:, None]
        hessian += self._penalty[:, None]
        inverse = np.divide(1, hessian, out=np.zeros_like(hessian), where=hessian > 0)
        return lambda vectors: classes @ (inverse * (classes.transpose(0, 2, 1) @ vectors))

    def _search(self) -> tuple[NDArray, NDArray, NDArray]:
        """Step length 1, halved until the objective falls enough (Armijo), rounding allowed for."""
        slope = _dot(self._direction, self._gradient)
        every = np.arange(len(slope))
        length = np.ones_like(slope)
        rounding = ROUNDING * np.finfo(self._kind).eps * np.abs(self._value)
        weights = self.weights - self._direction
        value, shares = self._evaluate(weights, EVERY)
        for _ in range(HALVINGS):
            again = every[value > self._value - 1e-4 * length * slope + rounding]
            if not len(again):
                break
            length[again] /= 2
            weights[again] = self.weights[again] - length[again, None, None] * self._direction[again]
            value[again], shares[again] = self._evaluate(weights[again], again)
        return weights, value, shares


def _start(counts: NDArray, present: NDArray) -> NDArray[np.float64]:
    """The intercepts that give every class its frequency, of mean 0 over the classes present."""
    found = np.log(counts, out=np.zeros_like(counts), where=present)
    return np.where(present, found - (found.sum(axis=1) / present.sum(axis=1))[:, None], 0)


def _dot(left: NDArray, right: NDArray) -> NDArray[np.float64]:
    return np.einsum("tcw,tcw->t", left, right)
