"""From the chosen examples to what every layer of every model is probed for: targets, control tasks, folds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.data.errors import SettingError
from experiments.probing.examples import Chosen
from experiments.probing.study import Classes, Settings, Target
from experiments.probing.tasks import Plan, Task, stratified

PARTS = 10  # into which the values of a regression are cut by rank, so that folds have high and low ones alike


@dataclass(frozen=True)
class Probing:
    """What a study probes for, and the plan for all of it.

    Tasks and the names of their classes (none for a regression) are by target. The number of each example's type (n,)
    is what a control task goes by.
    """

    settings: Settings
    chosen: Chosen
    tasks: Mapping[str, Task]
    names: Mapping[str, tuple[str, ...]]
    types: NDArray[np.int64]
    plan: Plan


def make_plan(settings: Settings, chosen: Chosen, seed: int) -> Probing:
    """Plan what a study probes for.

    Raises UserError for fewer examples than folds, for a target that cannot be told or predicted, for a class with too
    few examples for the folds or the inner folds, and for controls of one type only.
    """
    n = len(chosen.examples)
    if n < settings.folds:
        raise SettingError(f"there are {n} examples for {settings.folds} folds; every fold needs one at least", "folds")
    types = numbered(chosen.types(settings.controls.by))
    if types.max() == 0:
        message = f"all examples have the same {settings.controls.by}: control tasks need two types at least"
        raise SettingError(message, "controls", "by")
    tasks, names = {}, {}
    for target in settings.targets:
        targets, labels = _targets(target, chosen, settings.folds)
        controls = control_targets(types, targets, settings.controls.n, seed)
        tasks[target.field] = Task(targets, controls, len(labels) if isinstance(target, Classes) else None)
        names[target.field] = labels
    folds = stratified(_strata(tasks, settings.folds), settings.folds, seed)
    if len(settings.penalties) > 1:  # a single one is not chosen
        for target, task in tasks.items():
            if task.classes is not None:
                check_training_parts(task.targets, names[target], folds, settings.inner_folds, target)
    plan = Plan(folds, settings.inner_folds, settings.penalties, seed)
    return Probing(settings, chosen, tasks, names, types, plan)


def numbered(types: Sequence[str]) -> NDArray[np.int64]:
    """The number of each example's type (n,), in the order in which types come up."""
    number = {name: index for index, name in enumerate(dict.fromkeys(types))}
    return np.array([number[name] for name in types])


def _targets(target: Target, chosen: Chosen, folds: int) -> tuple[NDArray, tuple[str, ...]]:
    values = np.array(chosen.values(target.field))
    if not isinstance(target, Classes):
        values = values.astype(float)
        check_values(values, target.field)
        return values, ()
    names, classes = np.unique(values, return_inverse=True)
    check_classes(classes, tuple(names.tolist()), folds, target.field)
    return classes, tuple(names.tolist())


def _strata(tasks: Mapping[str, Task], folds: int) -> NDArray[np.int64]:
    """The classes of the first classification; without one, parts of the first regression by rank."""
    for task in tasks.values():
        if task.classes is not None:
            return task.targets
    return by_rank(next(iter(tasks.values())).targets, folds)


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
        message = f"the target {target} has one class only, {names[0]}: there is nothing to tell apart"
        raise SettingError(message, "targets")
    rare = int(sizes.argmin())
    if sizes[rare] < folds:
        raise SettingError(
            f"the target {target} has {sizes[rare]} examples of {names[rare]}, fewer than the {folds} folds; "
            "raise at_least or n",
            "targets",
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
            raise SettingError(
                f"the target {target} has {sizes[rare]} examples of {names[rare]} in a training part, fewer than the "
                f"{inner} inner folds; lower inner_folds, or raise at_least or n",
                "inner_folds",
            )


def check_values(values: NDArray[np.float64], target: str) -> None:
    """Raises UserError for values that are no numbers, or all the same."""
    if not np.isfinite(values).all():
        raise SettingError(f"the target {target} has a value that is no number", "targets")
    if (values == values[0]).all():
        message = f"the target {target} has one value only, {values[0]:g}: there is nothing to predict"
        raise SettingError(message, "targets")


def control_targets(types: NDArray[np.int64], targets: NDArray, count: int, seed: int) -> NDArray:
    """Targets of control tasks (count, n), in which every type has a random one of its own.

    So it can be known for a type only by having seen it (Hewitt & Liang 2019, arXiv 1909.03368, section 2).

    Targets are drawn from those of all examples by systematic sampling: types in random order, each as wide as it has
    examples, lie along the sorted targets from a random place on, and take the target at their middle. Drawn one by
    one, a few large types would often come to the same target; the classes, or the spread, of a control task would be
    others than the target's, and it would be easier or harder for that alone. Drawn again where all types come to the
    same one, which would be no task. `types` (n,) are numbers from 0 on, two of them at least, and so are the distinct
    `targets`.
    """
    rng = np.random.default_rng(seed)
    sizes, along = np.bincount(types), np.sort(targets)
    found = np.empty((count, len(types)), dtype=along.dtype)
    for control in found:
        while True:
            order = rng.permutation(len(sizes))
            middles = np.cumsum(sizes[order]) - sizes[order] / 2 + rng.uniform(0, len(along))
            drawn = np.empty(len(sizes), dtype=along.dtype)
            drawn[order] = along[(middles % len(along)).astype(int)]
            if (drawn != drawn[0]).any():
                break
        control[:] = drawn[types]
    return found
