"""Folds fixed by a seed alone, and the random targets of control tasks."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.tables.errors import UserError

PARTS = 10  # into which the values of a regression are cut by rank, so that folds have high and low ones alike


def stratified(strata: NDArray, count: int, seed: int) -> NDArray[np.int64]:
    """The fold of each example, every stratum over all folds as evenly as can be: those of StratifiedKFold."""
    from sklearn.model_selection import StratifiedKFold

    fold = np.empty(len(strata), dtype=np.int64)
    split = StratifiedKFold(count, shuffle=True, random_state=seed).split(np.zeros(len(strata)), strata)
    for number, (_, held_out) in enumerate(split):
        fold[held_out] = number
    return fold


def by_rank(values: NDArray, folds: int) -> NDArray[np.int64]:
    """Strata of a regression: parts of like size by rank, each with at least as many values as there are folds."""
    order = np.argsort(values, kind="stable")
    parts = min(PARTS, len(values) // folds)
    strata = np.empty(len(values), dtype=np.int64)
    strata[order] = np.arange(len(values)) * parts // len(values)
    return strata


def check_classes(classes: NDArray[np.int64], names: Sequence[str], folds: int, target: str) -> None:
    """Raises UserError where there is one class only, or one has too few examples to stand in every fold."""
    sizes = np.bincount(classes, minlength=len(names))
    if len(names) < 2:
        raise UserError(f"the target {target} has one class only, {names[0]}: there is nothing to tell apart")
    rare = int(sizes.argmin())
    if sizes[rare] < folds:
        raise UserError(
            f"the target {target} has {sizes[rare]} examples of {names[rare]}, fewer than the {folds} folds; "
            "raise at_least or n"
        )


def check_training_parts(
    classes: NDArray[np.int64], names: Sequence[str], folds: NDArray[np.int64], inner: int, target: str
) -> None:
    """Raises UserError where a class has too few examples in a training part to stand in every inner fold of it.

    `folds` (n,) are the numbers of the folds; a training part is all of them but one.
    """
    for fold in np.unique(folds):
        sizes = np.bincount(classes[folds != fold], minlength=len(names))
        rare = int(sizes.argmin())
        if sizes[rare] < inner:
            raise UserError(
                f"the target {target} has {sizes[rare]} examples of {names[rare]} in a training part, fewer than the "
                f"{inner} inner folds; lower inner_folds, or raise at_least or n"
            )


def check_values(values: NDArray[np.float64], target: str) -> None:
    """Raises UserError for values that are no numbers, or all the same."""
    if not np.isfinite(values).all():
        raise UserError(f"the target {target} has a value that is no number")
    if (values == values[0]).all():
        raise UserError(f"the target {target} has one value only, {values[0]:g}: there is nothing to predict")


def control_targets(types: Sequence[str], targets: NDArray, count: int, seed: int) -> NDArray:
    """Targets of control tasks (count, n) after Hewitt & Liang (2019, arXiv 1909.03368, section 2): every type has a
    random one of its own, so that it can be known for a type only by having seen it.

    Targets are drawn from those of all examples by systematic sampling: types in random order, each as wide as it has
    examples, lie along the sorted targets from a random place on, and take the target at their middle. Drawn one by
    one, a few large types would often come to the same target; the classes, or the spread, of a control task would be
    others than the target's, and it would be easier or harder for that alone. Drawn again where all types come to the
    same one, which would be no task. `types` are two at least, and so are the distinct `targets`.
    """
    rng = np.random.default_rng(seed)
    number = {name: index for index, name in enumerate(dict.fromkeys(types))}
    of_example = np.array([number[name] for name in types])
    sizes, along = np.bincount(of_example), np.sort(targets)
    found = np.empty((count, len(types)), dtype=along.dtype)
    for control in found:
        while True:
            order = rng.permutation(len(sizes))
            middles = np.cumsum(sizes[order]) - sizes[order] / 2 + rng.uniform(0, len(along))
            drawn = np.empty(len(sizes), dtype=along.dtype)
            drawn[order] = along[(middles % len(along)).astype(int)]
            if (drawn != drawn[0]).any():
                break
        control[:] = drawn[of_example]
    return found
