"""Rows of the tables of what a run of probes has found: inputs, hidden states, penalties, predictions and costs."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from experiments.meter.usage import Usage
from experiments.probing.running import Found, Probed

if TYPE_CHECKING:
    import pyarrow

Row = dict[str, object]

CONTROL_BITS = 12
"""Binary digits, below the standard deviation of the target, that are kept of what a control task predicts of a number:
enough to give its scores to four decimals or more, and a quarter of the file that all digits would make."""


def inputs_rows(found: Found) -> Iterator[Row]:
    """What each model was given to read; those with random weights read the same."""
    for model in found.models:
        if model.weights == "trained":
            yield {"model": model.name, **vars(model.reads[0].inputs)}


def hidden_states_rows(found: Found) -> Iterator[Row]:
    """How the hidden states of each layer lie, and whether they are degenerate.

    Of random weights they are those of the first seed.
    """
    for place, probed in _places(found):
        geometry = probed[0].geometry
        yield {**place, **vars(geometry), "degenerate": geometry.degenerate}


def penalties_rows(found: Found) -> Iterator[Row]:
    """The penalty that the probe of a target was given in each fold of each seed."""
    for place, probed in _places(found):
        for target in found.first.tasks:
            for seed, each in zip(found.seeds, probed, strict=True):
                for fold, penalty in enumerate(each.predicted[target].penalties):
                    yield {**place, "target": target, "seed": seed, "fold": fold, "penalty": penalty}


def predicted_classes_rows(found: Found) -> "pyarrow.Table | list[Row]":
    """What probes and control tasks predict of the targets that are classes."""
    return _predictions(found, classes=True)


def predicted_numbers_rows(found: Found) -> "pyarrow.Table | list[Row]":
    """What they predict of the targets that are numbers."""
    return _predictions(found, classes=False)


def cost_rows(found: Found) -> Iterator[Row]:
    """What the hidden states of each model took, and what its probes took, over all seeds.

    The probes are taken with those of the control tasks.
    """
    for model in found.models:
        probed = [one.usage for by_place in model.probed for one in by_place.values()]
        tasks = len(probed) * len(found.first.tasks) * (found.first.settings.controls.n + 1)
        common = {"model": model.name, "weights": model.weights, "n": model.reads[0].inputs.n}
        yield {**common, "stage": "states", "tasks": None, **added([read.usage for read in model.reads]).row()}
        yield {**common, "stage": "probes", "tasks": tasks, **added(probed).row()}


def shortened(values: NDArray[np.float64], targets: NDArray[np.float64]) -> NDArray[np.float64]:
    """The numbers rounded to steps of 2^-`CONTROL_BITS` of the spread of the targets, which is a power of two."""
    _, power = np.frexp(targets.std())
    return np.ldexp(np.rint(np.ldexp(values, CONTROL_BITS - power)), power - CONTROL_BITS)


def added(usages: list[Usage]) -> Usage:
    """What the parts of a stage took together. Energy is not known where it is not for a part."""
    energies = [usage.energy_joules for usage in usages]
    known = all(energy is not None for energy in energies)
    return replace(
        usages[-1],
        wall_seconds=sum(usage.wall_seconds for usage in usages),
        cpu_seconds=sum(usage.cpu_seconds for usage in usages),
        warm_up_seconds=sum(usage.warm_up_seconds for usage in usages),
        peak_memory_bytes=max(usage.peak_memory_bytes for usage in usages),
        tokens=sum(usage.tokens for usage in usages),
        energy_joules=sum(energies) if known else None,
        energy_source=usages[-1].energy_source if known else "none",
    )


def _places(found: Found) -> Iterator[tuple[Row, list[Probed]]]:
    """Every layer that is probed, with the cells of the key that name it and what each seed found there."""
    for model in found.models:
        for pooling, layer in model.probed[0]:
            place = {"model": model.name, "weights": model.weights, "pooling": pooling, "layer": layer}
            yield place, [by_place[pooling, layer] for by_place in model.probed]


def _predictions(found: Found, classes: bool) -> "pyarrow.Table | list[Row]":
    """What probes and control tasks predict of the targets that are classes, or of those that are numbers.

    There are no rows where there is no such target.
    """
    import pyarrow

    ids = [example.id for example in found.first.chosen.examples]
    asked = {target: task for target, task in found.first.tasks.items() if (task.classes is not None) == classes}
    parts = []
    for place, probed in _places(found):
        for target, task in asked.items():
            for seed, each in zip(found.seeds, probed, strict=True):
                predicted = each.predicted[target]
                if classes:
                    names = np.array(found.first.names[target])
                    cells = names[predicted.targets], names[predicted.controls]
                else:
                    cells = predicted.targets, shortened(predicted.controls, task.targets)
                same = {name: [cell] * len(ids) for name, cell in {**place, "target": target, "seed": seed}.items()}
                controls = {f"control_{number}": column for number, column in enumerate(cells[1], start=1)}
                parts.append(pyarrow.table({**same, "example": ids, "predicted": cells[0], **controls}))
    return pyarrow.concat_tables(parts) if parts else []
