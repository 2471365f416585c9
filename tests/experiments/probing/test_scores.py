"""Scores are scikit-learn's; selectivity is what is left above the controls."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, mean_absolute_error, mean_squared_error, r2_score

from experiments.probing.scores import score_probes
from experiments.probing.tasks import Predicted, Task
from experiments.statistics.proportions import wilson


def classification(n=90, controls=6, right=0.8, seed=0):
    rng = np.random.default_rng(seed)
    gold = rng.integers(0, 3, size=(controls + 1, n))
    said = np.where(rng.random(gold.shape) < 0.3, gold, rng.integers(0, 3, size=gold.shape))
    said[0] = np.where(rng.random(n) < right, gold[0], (gold[0] + 1) % 3)
    return Task(gold[0], gold[1:], 3), Predicted(said[0], said[1:], (1.0,)), Predicted(said[0] * 0, said[1:] * 0, ())


def regression(n=90, controls=6, seed=0):
    rng = np.random.default_rng(seed)
    gold = rng.normal(size=(controls + 1, n))
    said = gold * 0.1 + 0.3 * rng.normal(size=gold.shape)
    said[0] += 0.7 * gold[0]
    return Task(gold[0], gold[1:], None), Predicted(said[0], said[1:], (1.0,)), Predicted(said[0] * 0, said[1:] * 0, ())


def test_classification_scores_are_scikit_learns():
    task, said, constant = classification()
    accuracy, macro = score_probes([task], [said], [constant], 0)
    assert accuracy.value == pytest.approx(accuracy_score(task.targets, said.targets))
    assert accuracy.interval == wilson(int((task.targets == said.targets).sum()), 90)
    assert macro.value == pytest.approx(f1_score(task.targets, said.targets, average="macro"))
    controls = zip(task.controls, said.controls, strict=True)
    expected = [f1_score(gold, found, average="macro") for gold, found in controls]
    assert macro.controls == pytest.approx(expected)
    assert macro.baseline == pytest.approx(f1_score(task.targets, constant.targets, average="macro"))
    assert (accuracy.interval_kind, macro.interval_kind) == ("wilson", "bootstrap")


def test_regression_scores_are_scikit_learns():
    task, said, constant = regression()
    by_name = {score.name: score for score in score_probes([task], [said], [constant], 0)}
    for name, metric in (("mse", mean_squared_error), ("mae", mean_absolute_error), ("r2", r2_score)):
        score = by_name[name]
        assert score.value == pytest.approx(metric(task.targets, said.targets))
        assert score.baseline == pytest.approx(metric(task.targets, constant.targets))
        assert score.controls[2] == pytest.approx(metric(task.controls[2], said.controls[2]))
        expected = np.mean([metric(gold, gold * 0) for gold in task.controls])
        assert score.control_baseline == pytest.approx(expected)


@pytest.mark.parametrize("made", [classification(), regression()], ids=["classification", "regression"])
def test_selectivity_is_positive_where_the_probe_is_better_whichever_way_a_score_goes(made):
    for score in score_probes(*([one] for one in made), 0):
        gain = score.value - score.controls.mean()
        assert score.selectivity == pytest.approx(-gain if score.name in ("mse", "mae") else gain)
        assert 0 < score.selectivity_interval.low < score.selectivity < score.selectivity_interval.high
        assert score.interval.low < score.value < score.interval.high


def test_the_interval_of_selectivity_knows_that_controls_are_a_sample():
    task, said, constant = classification(controls=4)
    said.controls[:2], said.controls[2:] = task.controls[:2], (task.controls[2:] + 1) % 3  # two right, two wrong
    [accuracy, _] = score_probes([task], [said], [constant], 0)
    assert accuracy.selectivity_interval.high - accuracy.selectivity_interval.low > 0.7


def test_a_single_control_has_its_score_and_the_same_seed_the_same_intervals():
    made = classification(controls=1)
    first, again = (score_probes(*([one] for one in made), 3) for _ in range(2))
    assert [score.interval for score in first] == [score.interval for score in again]
    assert len(first[0].controls) == 1


@pytest.mark.parametrize("make", [classification, regression])
def test_the_score_over_several_seeds_is_the_mean_of_theirs(make):
    made = [make(controls=4, seed=seed) for seed in range(3)]
    gold = made[0][0].targets
    made = [(Task(gold, task.controls, task.classes), said, constant) for task, said, constant in made]
    together = score_probes(*zip(*made, strict=True), 0)
    alone = [score_probes(*([one] for one in each), 0) for each in made]
    for score, *single in zip(together, *alone, strict=True):
        assert score.by_seed == pytest.approx([one.value for one in single])
        assert score.value == pytest.approx(np.mean([one.value for one in single]))
        assert score.controls == pytest.approx(np.concatenate([one.controls for one in single]))
        assert score.baseline == pytest.approx(np.mean([one.baseline for one in single]))
        assert score.selectivity == pytest.approx(np.mean([one.selectivity for one in single]))
        assert score.interval_kind == "bootstrap"
        row = score.row()
        assert (row["seeds"], row["controls"]) == (3, 12)
        assert row["seed_sd"] == pytest.approx(np.std([one.value for one in single], ddof=1))


def test_the_same_predictions_thrice_are_no_more_evidence_than_once():
    for made in (classification(), regression()):
        once, thrice = (score_probes(*([one] * times for one in made), 0) for times in (1, 3))
        for one, three in zip(once, thrice, strict=True):
            assert three.value == pytest.approx(one.value)
            assert three.row()["seed_sd"] == pytest.approx(0, abs=1e-12)
            if one.interval_kind == "bootstrap":
                assert three.interval == pytest.approx(one.interval)
