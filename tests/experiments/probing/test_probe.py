"""Out-of-fold predictions are those of scikit-learn's pipelines, and what must not be read is not read."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV, Ridge, RidgeCV
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from experiments.probing.plan import control_targets, numbered
from experiments.probing.probe import cross_fit
from experiments.probing.tasks import Plan, Task, baseline, stratified

PENALTIES = (1.0, 10.0, 100.0, 1000.0)


def plan_for(classes, seed=0, penalties=PENALTIES):
    return Plan(stratified(classes, 5, seed), 4, penalties, seed)


def tasks_for(labels, values, types=None, count=4):
    types = numbered(types) if types is not None else np.arange(len(labels)) % 30
    return {
        "kind": Task(labels, control_targets(types, labels, count, 0), int(labels.max()) + 1),
        "size": Task(values, control_targets(types, values, count, 0), None),
    }


@pytest.mark.parametrize(("classes", "features"), [(3, 12), (2, 8), (4, 150)])
def test_probes_and_controls_are_those_of_scikit_learns_pipelines(states, classes, features):
    found, labels, values = states(n=160, features=features, classes=classes, noise=3)
    tasks, plan = tasks_for(labels, values), plan_for(labels)
    ours = cross_fit(found, tasks, plan)
    for fold in range(5):
        train, test = plan.folds != fold, plan.folds == fold
        inner = StratifiedKFold(4, shuffle=True, random_state=0).split(found[train], labels[train])
        probe = LogisticRegressionCV(
            Cs=[1 / penalty for penalty in PENALTIES],
            cv=list(inner),
            scoring="neg_log_loss",
            tol=1e-8,
            max_iter=100_000,
            l1_ratios=(0,),
            use_legacy_attributes=False,
        )
        theirs = make_pipeline(StandardScaler(), probe).fit(found[train], labels[train])
        penalty = 1 / theirs[-1].C_
        assert ours["kind"].penalties[fold] == pytest.approx(penalty)
        assert (ours["kind"].targets[test] == theirs.predict(found[test])).all()
        for control, predicted in zip(tasks["kind"].controls, ours["kind"].controls, strict=True):
            model = make_pipeline(StandardScaler(), LogisticRegression(C=1 / penalty, tol=1e-8, max_iter=100_000))
            assert (predicted[test] == model.fit(found[train], control[train]).predict(found[test])).all()
        theirs = make_pipeline(StandardScaler(), RidgeCV(alphas=PENALTIES)).fit(found[train], values[train])
        assert ours["size"].penalties[fold] == theirs[-1].alpha_
        assert ours["size"].targets[test] == pytest.approx(theirs.predict(found[test]), abs=1e-8)
        for control, predicted in zip(tasks["size"].controls, ours["size"].controls, strict=True):
            model = make_pipeline(StandardScaler(), Ridge(alpha=theirs[-1].alpha_)).fit(found[train], control[train])
            assert predicted[test] == pytest.approx(model.predict(found[test]), abs=1e-8)


def test_what_is_held_out_has_no_say_in_its_own_predictions(states):
    """A scaler or a penalty that saw the held-out fold would change with it."""
    found, labels, values = states()
    plan = plan_for(labels)
    held_out = plan.folds == 0
    spoilt = found.copy()
    spoilt[held_out] *= 1000
    tasks = tasks_for(labels, values)
    other = {
        name: Task(np.where(held_out, np.roll(task.targets, 1), task.targets), task.controls, task.classes)
        for name, task in tasks.items()
    }
    before, after = cross_fit(found, tasks, plan), cross_fit(found, other, plan)
    assert before["kind"].penalties[0] == after["kind"].penalties[0]
    assert (before["kind"].targets[held_out] == after["kind"].targets[held_out]).all()
    assert (before["size"].targets[held_out] == after["size"].targets[held_out]).all()
    alone = cross_fit(spoilt, tasks, plan)["size"].targets[held_out]
    train = ~held_out
    model = make_pipeline(StandardScaler(), Ridge(alpha=before["size"].penalties[0])).fit(found[train], values[train])
    assert alone == pytest.approx(model.predict(spoilt[held_out]))


def test_a_constant_state_gives_the_baseline_and_nothing_else(states):
    """The source's first layer: the last token's embedding is the same for every prompt."""
    _, labels, values = states()
    tasks, plan = tasks_for(labels, values), plan_for(labels)
    found = cross_fit(np.tile(np.random.default_rng(0).normal(size=16), (len(labels), 1)), tasks, plan)
    for name, task in tasks.items():
        expected = baseline(task, plan.folds)
        assert found[name].targets == pytest.approx(expected.targets)
        assert found[name].controls == pytest.approx(expected.controls)


def test_noise_around_a_constant_is_not_a_signal(states):
    """Rounding of the last digit that went with the class would be read perfectly once it is scaled up."""
    _, labels, values = states()
    tasks, plan = tasks_for(labels, values), plan_for(labels)
    leaky = 1 + 1e-7 * np.eye(3)[labels]
    assert (cross_fit(leaky, tasks, plan)["kind"].targets == baseline(tasks["kind"], plan.folds).targets).all()


def test_the_planted_layer_is_the_one_that_is_read():
    rng = np.random.default_rng(0)
    labels = rng.permutation(np.repeat([0, 1, 2], 60))
    values = rng.normal(size=180)
    layers = rng.normal(size=(4, 180, 10))
    layers[2, :, :3] += 3 * np.eye(3)[labels]
    layers[1, :, 4] += 3 * values
    tasks, plan = tasks_for(labels, values), plan_for(labels)
    found = [cross_fit(layer, tasks, plan) for layer in layers]
    accuracies = [(one["kind"].targets == labels).mean() for one in found]
    errors = [((one["size"].targets - values) ** 2).mean() for one in found]
    assert accuracies[2] > 0.85
    assert max(accuracies[:2] + accuracies[3:]) < 0.5
    assert errors[1] < 0.2
    assert min(errors[:1] + errors[2:]) > 0.9


def test_controls_are_read_by_type_and_only_by_a_type_seen_before():
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, 8, size=240)
    labels, values = rng.permutation(np.repeat([0, 1], 120)), rng.normal(size=240)
    states = np.eye(8)[kinds] + 0.01 * rng.normal(size=(240, 8))
    plan = plan_for(labels, penalties=(1.0,))
    repeated = tasks_for(labels, values, types=[str(kind) for kind in kinds], count=10)
    unique = tasks_for(labels, values, types=[str(number) for number in range(240)], count=10)
    seen, unseen = (
        (cross_fit(states, tasks, plan)["kind"].controls == tasks["kind"].controls).mean()
        for tasks in (repeated, unique)
    )
    assert seen > 0.99
    assert unseen < 0.56


@pytest.mark.filterwarnings("ignore:The least populated class")
def test_a_class_that_a_training_part_lacks_is_not_predicted_there(states):
    found, labels, values = states(n=60)
    labels = np.where(np.arange(60) == 7, 3, labels)
    plan = Plan(np.arange(60) % 5, 4, PENALTIES, 0)
    predicted = cross_fit(found, {"kind": tasks_for(labels, values)["kind"]}, plan)["kind"].targets
    assert 3 not in predicted[plan.folds == 2]


def test_the_baseline_is_the_training_parts_own():
    labels = np.array([0, 0, 0, 1, 1, 1, 1])
    plan = Plan(np.array([0, 0, 1, 1, 1, 2, 2]), 2, (1.0,), 0)
    task = Task(labels, labels[None] * 0, 2)
    assert baseline(task, plan.folds).targets.tolist() == [1, 1, 0, 0, 0, 0, 0]
    numbers = Task(labels.astype(float), labels[None].astype(float), None)
    assert baseline(numbers, plan.folds).targets[:2] == pytest.approx([4 / 5] * 2)
