"""What the probes of a run predict, read back from its frozen tables."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

import numpy as np

from experiments.probing.tasks import Predicted, Task, baseline
from experiments.system import Read
from experiments.tables.read import FrozenTable

INPUTS = ("inputs", "examples", "hidden-states", "predicted-classes", "predicted-numbers")
"""The tables that are read; where control tasks are asked for, "control-targets" is read too."""

TRAINED, RANDOM = "trained", "random"


class Layer(NamedTuple):
    """The hidden states of one layer, pooled in one way."""

    model: str
    weights: str
    pooling: str
    number: int


class Predictions:
    """The tasks by target with their trivial baselines, and what the probes of every layer predict.

    Control tasks are read only where they are asked for; there are none otherwise. `layers` are the rows of the table
    of hidden states, `depths` the numbers of blocks by model.
    """

    def __init__(self, read: Read, controls: bool = False) -> None:
        self.depths: dict[str, int] = {row["model"]: row["depth"] for row in read("inputs").rows}
        self.layers: dict[Layer, Mapping[str, object]] = {
            Layer(row["model"], row["weights"], row["pooling"], row["layer"]): row for row in read("hidden-states").rows
        }
        self.poolings = list(dict.fromkeys(layer.pooling for layer in self.layers))
        self.tasks: dict[str, Task] = {}
        self.baselines: dict[str, Predicted] = {}
        self._classes: dict[str, dict[str, int]] = {}
        drawn = _targets_by_type(read("control-targets")) if controls else {}
        examples = read("examples")
        for (target,), rows in _groups(examples, "target"):
            self._add_task(target, examples, rows, drawn.get(target))
        self._predicted: dict[tuple[Layer, str], Predicted] = {}
        for name in ("predicted-classes", "predicted-numbers"):
            self._add_predictions(read(name), controls)

    def predicted(self, layer: Layer, target: str) -> Predicted:
        """What the probe of a layer predicts for all examples, each from the other folds."""
        return self._predicted[layer, target]

    def is_degenerate(self, layer: Layer) -> bool:
        """Whether no feature of the layer's hidden states varies."""
        return bool(self.layers[layer]["degenerate"])

    def _add_task(self, target: str, examples: FrozenTable, rows: slice, drawn: list[list] | None) -> None:
        labels, values, folds, types = (column(examples, name)[rows] for name in ("label", "value", "fold", "type"))
        if labels[0] is None:
            number, classes, targets = float, None, values
        else:
            known = {label: index for index, label in enumerate(sorted(set(labels)))}
            self._classes[target] = known
            number, classes, targets = known.__getitem__, len(known), labels
        of_type = np.array([[number(cell) for cell in cells] for cells in drawn or [[] for _ in set(types)]])
        made = np.array([number(cell) for cell in targets])
        task = self.tasks[target] = Task(made, of_type[types].T.astype(made.dtype), classes)
        self.baselines[target] = baseline(task, np.array(folds))

    def _add_predictions(self, table: FrozenTable, controls: bool) -> None:
        found = [column(table, "predicted")]
        if controls:
            names = [one.name for one in table.sidecar.columns if one.name.startswith("control_")]
            found += [column(table, name) for name in names]
        for (*layer, target), rows in _groups(table, *Layer._fields[:3], "layer", "target"):
            cells = [one[rows] for one in found]
            if target in self._classes:
                known = self._classes[target]
                cells = [[known[label] for label in one] for one in cells]
            every = np.array(cells)
            self._predicted[Layer(*layer), target] = Predicted(every[0], every[1:], ())


def column(table: FrozenTable, name: str) -> list:
    """The cells of one column, in order."""
    return [row[name] for row in table.rows]


def _groups(table: FrozenTable, *names: str) -> Iterator[tuple[tuple, slice]]:
    """The cells of the columns `names` where they change, and the rows that have them."""
    end = 0
    for cells, rows in groupby(zip(*(column(table, name) for name in names), strict=True)):
        start, end = end, end + sum(1 for _ in rows)
        yield cells, slice(start, end)


def _targets_by_type(table: FrozenTable) -> dict[str, list[list]]:
    """By target and number of the type, the labels or values that the control tasks have for it."""
    labels, values = column(table, "label"), column(table, "value")
    found: dict[str, list[list]] = {}
    for (target, _), rows in _groups(table, "target", "type"):
        cells = labels[rows] if labels[rows.start] is not None else values[rows]
        found.setdefault(target, []).append(cells)
    return found
