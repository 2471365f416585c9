"""Rows of the tables that say what is probed for: the examples, the targets and the control tasks."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from experiments.data.splits import digest
from experiments.probing.running import Found
from experiments.tables.digest import sha256_json

Row = dict[str, object]

PROBES = {"classification": "logistic regression", "regression": "ridge regression"}


def selection_rows(found: Found) -> Iterator[Row]:
    """The steps by which the examples were chosen, in their order."""
    for number, step in enumerate(found.first.chosen.steps, start=1):
        yield {"step": number, **vars(step)}


def targets_rows(found: Found) -> Iterator[Row]:
    """What is probed for: how each target is spread, and by which types its control tasks are drawn."""
    first, settings = found.first, found.first.settings
    types = Counter(first.types.tolist())
    ids = [example.id for example in first.chosen.examples]
    folds = [probing.plan.folds.tolist() for probing in found.by_seed]
    for target in settings.targets:
        values, names = first.tasks[target.field].targets, first.names[target.field]
        number = target.kind == "regression"
        yield {
            "target": target.field,
            "kind": target.kind,
            "probe": PROBES[target.kind],
            "dataset": settings.data.name,
            "split": settings.split,
            "n": len(values),
            "classes": None if number else len(names),
            "majority": None if number else names[int(np.bincount(values).argmax())],
            "mean": float(values.mean()) if number else None,
            "sd": float(values.std()) if number else None,
            "types_by": settings.controls.by,
            "types": len(types),
            "types_alone": sum(size == 1 for size in types.values()),
            "folds": settings.folds,
            "sha256": digest(first.chosen.examples),
            "folds_sha256": sha256_json(list(zip(ids, *folds, strict=True))),
        }


def classes_rows(found: Found) -> Iterator[Row]:
    """The number and the share of the examples of each class of each target."""
    for target, names in found.first.names.items():
        for number, label in enumerate(names):
            held = found.first.tasks[target].targets == number
            yield {"target": target, "label": label, "count": int(held.sum()), "n": len(held), "share": held.mean()}


def examples_rows(found: Found) -> Iterator[Row]:
    """Every target of every example, with the type of the example and for each seed its fold."""
    for probing in found.by_seed:
        for target, task in probing.tasks.items():
            for number, example in enumerate(probing.chosen.examples):
                yield {
                    "seed": probing.plan.seed,
                    "target": target,
                    "example": example.id,
                    "fold": int(probing.plan.folds[number]),
                    "type": int(probing.types[number]),
                    **_label_or_value(probing.names[target], task.targets[number]),
                }


def control_targets_rows(found: Found) -> Iterator[Row]:
    """What each control task of a seed has for all examples of a type."""
    _, firsts = np.unique(found.first.types, return_index=True)
    for probing in found.by_seed:
        for target, task in probing.tasks.items():
            for number, first in enumerate(firsts.tolist()):
                for control, targets in enumerate(task.controls, start=1):
                    drawn = _label_or_value(probing.names[target], targets[first])
                    yield {
                        "seed": probing.plan.seed,
                        "target": target,
                        "type": number,
                        "control": control,
                        **drawn,
                    }


def _label_or_value(names: tuple[str, ...], target: np.generic) -> Row:
    """A target as the class that it is, where there are names of classes, or as the number that it is."""
    return {"label": names[target], "value": None} if names else {"label": None, "value": float(target)}
