"""Differences of paired predictions, and the rules that are made of them."""

import numpy as np
import pytest
from scipy.stats import binomtest, linregress

from experiments.probing.anomalies import find_anomalies, slope
from experiments.probing.comparisons import Pair, compare, compare_models
from experiments.probing.predictions import Layer, Predictions
from experiments.probing.tasks import Predicted, Task
from experiments.statistics.corrections import holm

N = 300
GOLD = np.random.default_rng(0).integers(0, 3, size=N)
KIND = Task(GOLD, GOLD[None], 3)
SIZE = Task(np.random.default_rng(1).normal(size=N), np.zeros((1, N)), None)
TASKS = {"kind": KIND, "size": SIZE}
CONSTANTS = {"kind": np.full(N, 0), "size": np.full(N, SIZE.targets.mean())}


def right(share, seed):
    """Predictions of the class of which so many are right."""
    return np.where(np.random.default_rng(seed).random(N) < share, GOLD, (GOLD + 1) % 3)


def near(noise, seed):
    """Predictions of the number that are so far off."""
    return SIZE.targets + noise * np.random.default_rng(seed).normal(size=N)


def model(name, trained, random=None, constant=()):
    """A model from its predictions of the class by layer, and of the number by layer."""
    return {
        (Layer(name, weights, "mean", number), target): (predictions, number in constant)
        for weights, by_target in (("trained", trained), ("random", random or trained))
        for target, by_layer in zip(TASKS, by_target, strict=True)
        for number, predictions in enumerate(by_layer)
    }


def together(*models):
    """The models as one run has them."""
    everything = {place: found for made in models for place, found in made.items()}
    layers = {layer: {"degenerate": constant} for (layer, _), (_, constant) in everything.items()}
    return Predictions(
        depths={layer.model: layer.number for layer in layers},
        layers=layers,
        tasks={target: [task] for target, task in TASKS.items()},
        baselines={target: [Predicted(constant, None, ())] for target, constant in CONSTANTS.items()},
        predicted={place: [Predicted(predictions, None, ())] for place, (predictions, _) in everything.items()},
    )


def anomalies(*models, rule=None, target=None):
    rows = list(find_anomalies(together(*models), 0))
    return [row for row in rows if rule in (None, row["rule"]) and target in (None, row["target"])]


def against(task, predicted, other):
    [found] = compare([Pair(task, np.atleast_2d(predicted), np.atleast_2d(other))], 0)
    return found


def test_accuracies_are_tested_by_the_discordant_examples():
    one, other = right(0.8, 2), right(0.6, 3)
    found = against(KIND, one, other)
    only, only_other = ((one == GOLD) & (other != GOLD)).sum(), ((one != GOLD) & (other == GOLD)).sum()
    assert (found.only, found.only_other) == (only, only_other)
    assert found.p_value == pytest.approx(binomtest(int(only), int(only + only_other)).pvalue)
    assert found.difference == pytest.approx((one == GOLD).mean() - (other == GOLD).mean())
    assert found.low < found.difference < found.high
    assert found.better


def test_errors_are_tested_in_pairs():
    found = against(SIZE, near(1.0, 2), near(0.5, 3))
    errors = [((said - SIZE.targets) ** 2).mean() for said in (near(1.0, 2), near(0.5, 3))]
    assert found.difference == pytest.approx(errors[0] - errors[1])
    assert found.p_value < 0.01
    assert not found.better
    assert against(SIZE, near(0.5, 4), near(0.5, 5)).p_value > 0.05


def test_means_over_seeds_are_tested_over_the_examples_and_not_over_the_predictions():
    one, other = (np.stack([right(share, seed) for seed in seeds]) for share, seeds in ((0.7, (2, 3)), (0.6, (4, 5))))
    found = against(KIND, one, other)
    assert (found.test, found.n, found.seeds) == ("paired-bootstrap", N, 2)
    assert found.only == ((one == GOLD) & (other != GOLD)).sum()
    assert found.difference == pytest.approx((one == GOLD).mean() - (other == GOLD).mean())
    gains = (one == GOLD).mean(axis=0) - (other == GOLD).mean(axis=0)
    assert found.high - found.low == pytest.approx(2 * 1.96 * gains.std() / np.sqrt(N), rel=0.1)
    # The same predictions thrice are no more evidence than once.
    once, thrice = (against(SIZE, *(np.stack([near(*of)] * times) for of in ((1.0, 2), (0.9, 3)))) for times in (1, 3))
    assert thrice.p_value == once.p_value
    assert (thrice.low, thrice.high) == pytest.approx((once.low, once.high))


def test_rounding_is_no_difference():
    """Two ways to the same mean differ in the last digit, alike for every example."""
    one = np.full(N, SIZE.targets.mean() + 1)
    assert against(SIZE, one, one + 1e-15).p_value == 1


def test_the_slope_of_the_mean_error_is_that_of_a_regression_on_depth():
    layers, places = [near(noise, seed) for seed, noise in enumerate([0.2, 0.5, 0.8, 1.1])], [0.25, 0.5, 0.75, 1.0]
    found = slope(SIZE, [layer[None] for layer in layers], [1, 2, 3, 4], 4, 0)
    means = [((layer - SIZE.targets) ** 2).mean() for layer in layers]
    assert found.difference == pytest.approx(linregress(places, means).slope)
    assert found.p_value < 0.01
    assert (found.value, found.other) == (pytest.approx(means[-1]), pytest.approx(means[0]))


def test_resamples_without_a_slope_are_told_whatever_the_machine_rounds():
    """Wrong at the first layer and at two above the middle: the slope is 1 + 2 - 3 sixths, of which floats make
    something else than nothing."""
    gold = np.zeros(5, dtype=int)
    by_layer = [np.full((1, 5), wrong) for wrong in (1, 0, 0, 0, 1, 1, 0)]
    found = slope(Task(gold, gold[None], 2), by_layer, range(7), 6, 0)
    assert (found.difference, found.p_value) == (0, 1)


FALLS = model(
    "falls",
    (
        [right(s, i) for i, s in enumerate([0.4, 0.8, 0.8, 0.6, 0.45])],
        [near(e, i) for i, e in enumerate([0.3, 0.6, 0.9, 1.2, 1.5])],
    ),
)
RISES = model(
    "rises",
    (
        [right(s, i) for i, s in enumerate([0.4, 0.5, 0.6, 0.7, 0.9])],
        [near(e, i) for i, e in enumerate([0.9, 0.8, 0.6, 0.4, 0.2])],
    ),
)


def test_a_later_layer_that_is_worse_is_found_and_a_better_one_is_not():
    rows = anomalies(FALLS, rule="later-worse", target="kind")
    found = {(row["layer"], row["against"]) for row in rows if row["found"]}
    assert found == {(3, "layer-2"), (4, "layer-2"), (4, "layer-3")}
    assert not [row for row in anomalies(RISES, rule="later-worse") if row["found"]]


def test_holm_is_over_the_layers_of_one_rule_and_curve():
    rows = anomalies(FALLS, RISES, rule="later-worse", target="kind")
    for name in ("falls", "rises"):
        family = [row for row in rows if row["model"] == name]
        assert [row["p_holm"] for row in family] == holm([row["p_value"] for row in family])
        # Four steps, and first to middle, first to last, middle to last.
        assert {row["tests"] for row in family} == {len(family)} == {7}


def test_an_error_that_grows_with_depth_is_found():
    found = {(row["model"], row["target"]) for row in anomalies(FALLS, RISES, rule="error-grows") if row["found"]}
    assert found == {("falls", "size")}
    assert all(row["tests"] == 4 for row in anomalies(FALLS, RISES, rule="error-grows"))


def test_a_constant_layer_takes_no_part_in_the_slope_and_is_marked_elsewhere():
    """The constant layer is worst, and makes every error seem to fall with depth."""
    kinds = [np.full(N, 0), *(right(0.8, i) for i in range(4))]
    sizes = [near(noise, seed) for seed, noise in enumerate([3, 0.3, 0.5, 0.7, 0.9])]
    marked, unmarked = model("marked", (kinds, sizes), constant=(0,)), model("unmarked", (kinds, sizes))
    [row] = anomalies(marked, rule="error-grows", target="size")
    assert row["found"]
    assert row["against"] == "layer-1"
    [row] = anomalies(unmarked, rule="error-grows", target="size")
    assert not row["found"]
    assert {row["layer"] for row in anomalies(marked, rule="at-baseline", target="kind") if row["degenerate"]} == {0}


def test_a_layer_at_its_baseline_is_found():
    kinds = [np.full(N, 0), right(0.9, 1), np.full(N, 0)]
    flat = model("flat", (kinds, [np.full(N, SIZE.targets.mean()), near(0.3, 2), near(3, 3)]))
    found = {(row["target"], row["layer"]) for row in anomalies(flat, rule="at-baseline") if row["found"]}
    assert found == {("kind", 0), ("kind", 2), ("size", 0), ("size", 2)}


def test_a_random_weights_control_that_wins_is_found_and_one_that_loses_is_not():
    better, worse = ([right(0.9, 5)] * 3, [near(0.2, 5)] * 3), ([right(0.6, 6)] * 3, [near(0.9, 6)] * 3)
    loses, wins = model("loses", worse, better), model("wins", better, worse)
    rows = anomalies(loses, wins, rule="random-weights-better")
    found = {(row["model"], row["target"], row["layer"]) for row in rows if row["found"]}
    assert found == {("loses", target, layer) for target in ("kind", "size") for layer in range(3)}


def test_models_are_compared_at_their_own_first_middle_and_last_layer():
    made = compare_models(together(FALLS, RISES), 0)
    rows = {(row["target"], row["place"]): row for row in made}
    last = rows["kind", "last"]
    assert (last["layer"], last["other_layer"]) == (4, 4)
    assert last["better"] == "rises"
    assert rows["kind", "middle"]["layer"] == 2
    assert rows["size", "first"]["better"] == "falls"
    assert rows["size", "first"]["only_model"] is None
    family = [rows["kind", place] for place in ("first", "middle", "last")]
    assert [row["p_holm"] for row in family] == holm([row["p_value"] for row in family])
