"""Anomalies by rule: every test that a rule makes is a row, found or not, and Holm's correction is over them all."""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from numpy.typing import NDArray

from experiments.probing.differences import Compared, compare, slope
from experiments.probing.found import Model
from experiments.probing.probe import Task
from experiments.statistics.corrections import holm
from experiments.statistics.level import LEVEL

LATER_WORSE, ERROR_GROWS, AT_BASELINE, TWIN_WINS = "later-worse", "error-grows", "at-baseline", "twin-wins"

Row = dict[str, object]
Made = tuple[int, str, Compared, bool]  # layer, against, test, degenerate


def anomaly_rows(
    models: Sequence[Model], poolings: Sequence[str], tasks: dict[str, Task], constants: dict[str, NDArray], seed: int
) -> Iterator[Row]:
    """The rows of all rules, for the trained models. `constants` are the baselines' predictions by target.

    A family, for Holm's correction, is what one rule says of the layers of one curve; the slopes of all curves are one.
    """
    slopes: list[tuple[Row, Made]] = []
    for model in models:
        for pooling in poolings:
            for target, task in tasks.items():
                curve = {"model": model.name, "pooling": pooling, "target": target}
                rules: dict[str, Callable[..., Iterator[Made]]] = {
                    LATER_WORSE: _later,
                    AT_BASELINE: _baseline,
                    TWIN_WINS: _twin,
                }
                for rule, make in rules.items():
                    made = list(make(model, pooling, target, task, constants[target], seed))
                    yield from _family([(curve, one) for one in made], rule)
                slopes += [(curve, one) for one in _slope(model, pooling, target, task, seed)]
    yield from _family(slopes, ERROR_GROWS)


def _later(model: Model, pooling: str, target: str, task: Task, constant: NDArray, seed: int) -> Iterator[Made]:
    """Every layer against the one before it, and first, middle and last against each other."""
    neighbours = {(layer, layer + 1) for layer in range(model.depth)}
    places = sorted(set(model.places.values()))
    for earlier, later in sorted(neighbours | set(combinations(places, 2)), key=lambda pair: pair[::-1]):
        found = compare(task, model.predicted(pooling, later, target), model.predicted(pooling, earlier, target), seed)
        flat = model.degenerate(pooling, later) or model.degenerate(pooling, earlier)
        yield later, f"layer-{earlier}", found, flat


def _baseline(model: Model, pooling: str, target: str, task: Task, constant: NDArray, seed: int) -> Iterator[Made]:
    for layer in range(model.depth + 1):
        found = compare(task, model.predicted(pooling, layer, target), constant, seed)
        yield layer, "baseline", found, model.degenerate(pooling, layer)


def _twin(model: Model, pooling: str, target: str, task: Task, constant: NDArray, seed: int) -> Iterator[Made]:
    for layer in range(model.depth + 1):
        ours, twins = (model.predicted(pooling, layer, target, weights) for weights in ("trained", "random"))
        flat = any(model.degenerate(pooling, layer, weights) for weights in ("trained", "random"))
        yield layer, "twin", compare(task, ours, twins, seed), flat


def _slope(model: Model, pooling: str, target: str, task: Task, seed: int) -> Iterator[Made]:
    """Over the layers with features that vary; nothing where there are fewer than three."""
    layers = [layer for layer in range(model.depth + 1) if not model.degenerate(pooling, layer)]
    if len(layers) > 2:
        by_layer = [model.predicted(pooling, layer, target) for layer in layers]
        found = slope(task, by_layer, [layer / model.depth for layer in layers], seed)
        yield layers[-1], f"layer-{layers[0]}", found, False


def _family(made: Sequence[tuple[Row, Made]], rule: str) -> Iterator[Row]:
    adjusted = holm([found.p_value for _, (_, _, found, _) in made])
    for (curve, (layer, against, found, degenerate)), p_holm in zip(made, adjusted, strict=True):
        clear = p_holm < LEVEL
        holds = {
            LATER_WORSE: clear and not found.better,
            TWIN_WINS: clear and not found.better,
            AT_BASELINE: not (clear and found.better),
            ERROR_GROWS: clear and found.difference > 0,
        }
        yield {
            **curve,
            "rule": rule,
            "layer": layer,
            "against": against,
            "score": found.score,
            "value": found.value,
            "reference": found.other,
            "effect": found.difference,
            "low": found.low,
            "high": found.high,
            "n": found.n,
            "test": found.test,
            "p_value": found.p_value,
            "p_holm": p_holm,
            "tests": len(made),
            "found": holds[rule],
            "degenerate": degenerate,
        }
