"""From the chosen examples to what every layer of every model is probed for: targets, controls, folds."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.probing.examples import Chosen
from experiments.probing.folds import (
    by_rank,
    check_classes,
    check_training_parts,
    check_values,
    control_targets,
    stratified,
)
from experiments.probing.probe import Plan, Task
from experiments.probing.study import Classes, Settings
from experiments.tables.errors import UserError


@dataclass(frozen=True)
class Probing:
    """The tasks by target, the names of the classes by target (none for a regression), and the plan for all."""

    tasks: Mapping[str, Task]
    names: Mapping[str, tuple[str, ...]]
    plan: Plan


def make_plan(settings: Settings, chosen: Chosen, seed: int) -> Probing:
    """Raises UserError for fewer examples than folds, for a target that cannot be told or predicted, for a class with
    too few examples for the folds or the inner folds, and for controls of one type only."""
    n = len(chosen.examples)
    if n < settings.folds:
        raise UserError(f"there are {n} examples for {settings.folds} folds; every fold needs one at least")
    types = chosen.types(settings.controls.by)
    if len(set(types)) < 2:
        raise UserError(f"all examples have the same {settings.controls.by}: control tasks need two types at least")
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
    return Probing(tasks, names, Plan(folds, settings.inner_folds, settings.penalties, seed))


def _targets(target, chosen: Chosen, folds: int) -> tuple[NDArray, tuple[str, ...]]:
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
