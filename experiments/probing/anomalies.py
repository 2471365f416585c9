"""Anomalies by rule: every test that a rule makes is a row, found or not, and Holm's correction is over them all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from experiments.probing.comparisons import BOOTSTRAP, Compared, Pair, compare, losses, places, scaled_means
from experiments.probing.predictions import RANDOM, TRAINED, Layer, Predictions, read_predictions
from experiments.probing.study import Study
from experiments.probing.tasks import Task
from experiments.statistics.corrections import holm
from experiments.statistics.level import LEVEL
from experiments.system import Read

LATER_WORSE, ERROR_GROWS, AT_BASELINE = "later-worse", "error-grows", "at-baseline"
RANDOM_BETTER = "random-weights-better"

Row = dict[str, object]


@dataclass(frozen=True)
class Curve:
    """One target, probed at all layers of one trained model."""

    model: str
    pooling: str
    target: str


@dataclass(frozen=True)
class Trial:
    """A layer of a curve, what it is held against, and whether a layer that is compared has no feature that varies."""

    curve: Curve
    rule: str
    layer: int
    against: str
    pair: Pair
    degenerate: bool


def anomaly_rows(study: Study, read: Read) -> Iterator[Row]:
    """Anomalies of the trained models, from the tables of a run."""
    return find_anomalies(read_predictions(read), study.chosen.seeds[0])


def find_anomalies(found: Predictions, seed: int) -> Iterator[Row]:
    """The rows of all rules, for the trained models.

    A family, for Holm's correction, is what one rule says of the layers of one curve; the slopes of all curves are one.
    """
    curves = [
        Curve(model, pooling, target) for model in found.depths for pooling in found.poolings for target in found.tasks
    ]
    families = [list(rule(found, curve)) for curve in curves for rule in (_later, _baseline, _random)]
    compared = iter(compare([trial.pair for family in families for trial in family], seed))
    for family in families:
        yield from _family([(trial, next(compared)) for trial in family])
    yield from _family([slope for curve in curves for slope in _slope(found, curve, seed)])


def _later(found: Predictions, curve: Curve) -> Iterator[Trial]:
    """Every layer against the one before it, and first, middle and last against each other."""
    depth = found.depths[curve.model]
    neighbours = {(layer, layer + 1) for layer in range(depth)}
    compared = combinations(sorted(set(places(depth).values())), 2)
    for earlier, later in sorted(neighbours | set(compared), key=lambda pair: pair[::-1]):
        yield _against_layer(
            found, curve, LATER_WORSE, _layer(curve, later), f"layer-{earlier}", _layer(curve, earlier)
        )


def _baseline(found: Predictions, curve: Curve) -> Iterator[Trial]:
    [task, *_], baselines = found.tasks[curve.target], found.baselines[curve.target]
    constant = np.stack([seed.targets for seed in baselines])
    for layer in _layers(found, curve):
        pair = Pair(task, found.targets(layer, curve.target), constant)
        yield Trial(curve, AT_BASELINE, layer.number, "baseline", pair, found.is_degenerate(layer))


def _random(found: Predictions, curve: Curve) -> Iterator[Trial]:
    """Every layer against that of the model with random weights."""
    for layer in _layers(found, curve):
        yield _against_layer(found, curve, RANDOM_BETTER, layer, "random-weights", layer._replace(weights=RANDOM))


def _against_layer(found: Predictions, curve: Curve, rule: str, layer: Layer, against: str, other: Layer) -> Trial:
    ours, theirs = (found.targets(each, curve.target) for each in (layer, other))
    flat = found.is_degenerate(layer) or found.is_degenerate(other)
    return Trial(curve, rule, layer.number, against, Pair(found.tasks[curve.target][0], ours, theirs), flat)


def _slope(found: Predictions, curve: Curve, seed: int) -> Iterator[tuple[Trial, Compared]]:
    """Over the layers with features that vary; nothing where there are fewer than three."""
    layers = [layer for layer in _layers(found, curve) if not found.is_degenerate(layer)]
    if len(layers) > 2:
        task, by_layer = found.tasks[curve.target][0], [found.targets(layer, curve.target) for layer in layers]
        tested = slope(task, by_layer, [layer.number for layer in layers], found.depths[curve.model], seed)
        pair = Pair(task, by_layer[-1], by_layer[0])
        yield Trial(curve, ERROR_GROWS, layers[-1].number, f"layer-{layers[0].number}", pair, False), tested


def slope(task: Task, by_layer: Sequence[NDArray], layers: Sequence[int], depth: int, seed: int) -> Compared:
    """The slope of the mean error over the relative depth, `layers` over `depth`, of predictions (seeds, n) by layer.

    The least-squares slope of a mean is the mean of the examples' slopes, so that its interval comes from drawing
    examples, each with its errors at all layers. Up to a scale, the slope of an example is a sum over the layers with
    whole weights: of right and wrong answers it is a whole number, and resamples without a slope are told exactly.
    `value` and `other` are the scores of the last and the first layer.
    """
    errors = np.stack([losses(task, predicted) for predicted in by_layer], axis=2)
    weights = len(layers) * np.asarray(layers) - sum(layers)
    scale = len(layers) * depth / int((weights**2).sum())
    seeds, n, _ = errors.shape
    [found] = scaled_means((errors @ weights).sum(axis=0)[:, None], scale / seeds, seed)
    first, last = (float(errors[..., place].mean()) for place in (0, -1))
    score, value, other = ("mse", last, first) if task.classes is None else ("accuracy", 1 - last, 1 - first)
    effect = (found.difference, found.low, found.high)
    return Compared(score, value, other, *effect, n, seeds, BOOTSTRAP, found.p_value)


def _layers(found: Predictions, curve: Curve) -> list[Layer]:
    return [_layer(curve, number) for number in range(found.depths[curve.model] + 1)]


def _layer(curve: Curve, number: int) -> Layer:
    return Layer(curve.model, TRAINED, curve.pooling, number)


def _family(made: Sequence[tuple[Trial, Compared]]) -> Iterator[Row]:
    adjusted = holm([tested.p_value for _, tested in made])
    for (trial, tested), p_holm in zip(made, adjusted, strict=True):
        clear = p_holm < LEVEL
        holds = {
            LATER_WORSE: clear and not tested.better,
            RANDOM_BETTER: clear and not tested.better,
            AT_BASELINE: not (clear and tested.better),
            ERROR_GROWS: clear and tested.difference > 0,
        }
        yield {
            **vars(trial.curve),
            "rule": trial.rule,
            "layer": trial.layer,
            "against": trial.against,
            "score": tested.score,
            "value": tested.value,
            "reference": tested.other,
            "effect": tested.difference,
            "low": tested.low,
            "high": tested.high,
            "n": tested.n,
            "seeds": tested.seeds,
            "test": tested.test,
            "p_value": tested.p_value,
            "p_holm": p_holm,
            "tests": len(made),
            "found": holds[trial.rule],
            "degenerate": trial.degenerate,
        }
