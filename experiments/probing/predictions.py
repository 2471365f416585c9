"""What the probes of a run predict, read back from its frozen tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.probing.tasks import Predicted, Task, baseline
from experiments.system import Read
from experiments.tables.read import FrozenTable

if TYPE_CHECKING:
    import pyarrow

INPUTS = ("inputs", "examples", "hidden-states", "predicted-classes", "predicted-numbers")
"""The tables that are read; the targets of control tasks are given where they are asked for."""

TRAINED, RANDOM = "trained", "random"


class Layer(NamedTuple):
    """The hidden states of one layer, pooled in one way."""

    model: str
    weights: str
    pooling: str
    number: int


@dataclass(frozen=True)
class Predictions:
    """The tasks by target with their trivial baselines, and by layer and target what the probes predict: of each seed.

    `depths` are the numbers of blocks by model, `layers` the rows of the table of hidden states.
    """

    depths: Mapping[str, int]
    layers: Mapping[Layer, Mapping[str, object]]
    tasks: Mapping[str, Sequence[Task]]
    baselines: Mapping[str, Sequence[Predicted]]
    predicted: Mapping[tuple[Layer, str], Sequence[Predicted]]

    @property
    def poolings(self) -> list[str]:
        """The ways in which hidden states are pooled, in order."""
        return list(dict.fromkeys(layer.pooling for layer in self.layers))

    def targets(self, layer: Layer, target: str) -> NDArray:
        """What the probes of a layer predict for each example (seeds, n), fitted on the other folds."""
        return np.stack([seed.targets for seed in self.predicted[layer, target]])

    def is_degenerate(self, layer: Layer) -> bool:
        """Whether no feature of the layer's hidden states varies."""
        return bool(self.layers[layer]["degenerate"])


def read_predictions(read: Read, controls: FrozenTable | None = None) -> Predictions:
    """From the tables of a run. Without `controls`, the targets of the control tasks, there are no control tasks."""
    drawn = _targets_by_type(controls) if controls else {}
    examples = read("examples")
    tasks, baselines, predicted = {}, {}, {}
    classes: dict[str, dict[str, int]] = {}
    for (seed, target), rows in _groups(examples, "seed", "target"):
        labels, values, folds, types = (_column(examples, name)[rows] for name in ("label", "value", "fold", "type"))
        if labels[0].is_valid:
            names = sorted(labels.unique().to_pylist())
            classes[target] = {label: number for number, label in enumerate(names)}
        known = classes.get(target)
        of_types = np.array(
            [_numbers(cells, known) for cells in drawn.get((seed, target)) or [values[:0]] * len(types.unique())]
        )
        targets = _numbers(values if known is None else labels, known)
        controls_of = of_types[types.to_numpy()].T.astype(targets.dtype)
        task = Task(targets, controls_of, None if known is None else len(known))
        tasks.setdefault(target, []).append(task)
        baselines.setdefault(target, []).append(baseline(task, folds.to_numpy()))
    for table in (read("predicted-classes"), read("predicted-numbers")):
        names = [column.name for column in table.sidecar.columns if controls and column.name.startswith("control_")]
        columns = [_column(table, name) for name in ("predicted", *names)]
        for (*layer, target, _), rows in _groups(table, "model", "weights", "pooling", "layer", "target", "seed"):
            every = np.stack([_numbers(column[rows], classes.get(target)) for column in columns])
            predicted.setdefault((Layer(*layer), target), []).append(Predicted(every[0], every[1:], ()))
    return Predictions(
        {row["model"]: row["depth"] for row in read("inputs").rows},
        {Layer(row["model"], row["weights"], row["pooling"], row["layer"]): row for row in read("hidden-states").rows},
        tasks,
        baselines,
        predicted,
    )


def _column(table: FrozenTable, name: str) -> "pyarrow.Array":
    return table.arrow()[name].combine_chunks()


def _numbers(cells: "pyarrow.Array", classes: Mapping[str, int] | None) -> NDArray:
    """The numbers of the classes that the cells name, or the numbers that they are."""
    if classes is None:
        return cells.to_numpy()
    coded = cells.dictionary_encode()
    numbers = np.array([classes[label] for label in coded.dictionary.to_pylist()], dtype=int)
    return numbers[coded.indices.to_numpy()]


def _groups(table: FrozenTable, *names: str) -> Iterator[tuple[tuple, slice]]:
    """The cells of the columns `names` where they change, and the rows that have them."""
    columns = [_column(table, name) for name in names]
    changes = [np.flatnonzero(np.diff(column.dictionary_encode().indices.to_numpy())) + 1 for column in columns]
    starts = np.unique(np.concatenate([[0], *changes])).tolist() if len(columns[0]) else []
    for start, end in zip(starts, [*starts[1:], len(columns[0])], strict=False):
        yield tuple(column[start].as_py() for column in columns), slice(start, end)


def _targets_by_type(table: FrozenTable) -> dict[tuple[int, str], list["pyarrow.Array"]]:
    """By seed and target, and by number of the type, the labels or values that the control tasks have for it."""
    labels, values = _column(table, "label"), _column(table, "value")
    found: dict[tuple[int, str], list[pyarrow.Array]] = {}
    for (seed, target, _), rows in _groups(table, "seed", "target", "type"):
        cells = labels[rows] if labels[rows.start].is_valid else values[rows]
        found.setdefault((seed, target), []).append(cells)
    return found
