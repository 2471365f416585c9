"""Trained models against each other at the places that the source compared, on the same examples and folds."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from experiments.probing.differences import Compared, compare
from experiments.probing.found import Model
from experiments.probing.probe import Task
from experiments.statistics.corrections import holm
from experiments.statistics.level import LEVEL

Row = dict[str, object]


def comparison_rows(
    models: Sequence[Model], poolings: Sequence[str], tasks: dict[str, Task], seed: int
) -> Iterator[Row]:
    """Holm's correction is over all comparisons of one pooling and target."""
    for pooling in poolings:
        for target, task in tasks.items():
            made = [
                (place, one, other, _compared(one, other, place, pooling, target, task, seed))
                for place in ("first", "middle", "last")
                for one, other in combinations(models, 2)
            ]
            adjusted = holm([found.p_value for *_, found in made])
            for (place, one, other, found), p_holm in zip(made, adjusted, strict=True):
                clear = p_holm < LEVEL and found.difference != 0
                yield {
                    "pooling": pooling,
                    "target": target,
                    "place": place,
                    "model": one.name,
                    "other": other.name,
                    "layer": one.places[place],
                    "other_layer": other.places[place],
                    "score": found.score,
                    "value": found.value,
                    "other_value": found.other,
                    "difference": found.difference,
                    "low": found.low,
                    "high": found.high,
                    "n": found.n,
                    "only_model": found.only,
                    "only_other": found.only_other,
                    "test": found.test,
                    "p_value": found.p_value,
                    "p_holm": p_holm,
                    "tests": len(made),
                    "better": (one if found.better else other).name if clear else None,
                    "degenerate": any(model.degenerate(pooling, model.places[place]) for model in (one, other)),
                }


def _compared(one: Model, other: Model, place: str, pooling: str, target: str, task: Task, seed: int) -> Compared:
    ours, theirs = (model.predicted(pooling, model.places[place], target) for model in (one, other))
    return compare(task, ours, theirs, seed)
