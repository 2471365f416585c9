"""Training in two processes, on a processor: the same training as in one."""

import random
import sys
from types import SimpleNamespace

import pytest
import torch

from experiments.models.load import load_for
from experiments.quiet import quiet
from experiments.training.classification import load_accuracy
from experiments.training.faults import TrainingError
from experiments.training.launch import count_processes
from experiments.training.loop import train
from experiments.training.prepare import prepare
from experiments.training.runtime import deterministic
from experiments.training.targets import head_at_targets
from experiments.training.trainable import trainable

from .conftest import encoded, load, never_stopping

NO_DROPOUT = {"r": 4, "alpha": 8}
TWO = {"processes": 2}


@pytest.fixture(autouse=True)
def _forked(forked_python, monkeypatch):
    """The launcher is forked, and so is what it starts: they need not import torch each."""
    monkeypatch.setattr(sys, "executable", forked_python)
    monkeypatch.setenv("PYTHON_EXEC", forked_python)


def train_classifier(training, folder, **more):
    """29 examples to validate on: the second process has five in its only batch of 24."""
    with quiet(), deterministic(0):
        loaded = load(training)
        rows, validation = encoded(loaded, "train").rows, encoded(loaded, "dev", 29).rows
        return _train(
            prepare(loaded, training, 0), training, rows, validation, folder, measures=load_accuracy(), **more
        )


def train_generator(training, folder, **more):
    """Rows with as many targets as they have, and the head at these alone."""
    with quiet(), deterministic(0):
        model = prepare(load_for("causal", "smoke-decoder"), training, 0)
        with head_at_targets(model):
            return _train(model, training, _texts(36), _texts(31), folder, **more)


def _texts(n: int) -> list[dict[str, list[int]]]:
    draw = random.Random(n)
    texts = [[draw.randint(5, 60) for _ in range(draw.randint(4, 12))] for _ in range(n)]
    asked = [draw.randint(1, len(ids) - 1) for ids in texts]
    return [{"input_ids": ids, "labels": [-100] * n + ids[n:]} for ids, n in zip(texts, asked, strict=True)]


def _train(model, training, rows, validation, folder, show=never_stopping, **more):
    told = train(model, training, rows, validation, pad_id=0, seed=0, folder=folder, what="a test", show=show, **more)
    return {name: weights.detach() for name, weights in trainable(model).items()}, told


def assert_same(left, right, rounding=1e-4):
    (weights, told), (others, again) = left, right
    torch.testing.assert_close(weights, others, rtol=0, atol=rounding)
    for point, other in zip(told.curve, again.curve, strict=True):
        assert vars(point) == pytest.approx(vars(other), abs=rounding)
    assert (told.best_step, told.steps, told.usage.tokens) == (again.best_step, again.steps, again.usage.tokens)


def test_packed_weights_and_adapters_are_trained_by_two_processes_as_by_one(tiny, tmp_path):
    training = tiny.settings("qlora", lora=NO_DROPOUT, gradient_checkpointing=True)
    steps = []

    def show(these, what):
        for step in these:
            steps.append((what, step))
            yield step

    two = train_classifier(training, tmp_path / "two", show=show, **TWO)
    assert_same(two, train_classifier(training, tmp_path / "one"))
    assert steps == [("a test", step) for step in range(12)]
    assert not (tmp_path / "two" / "processes").exists()


def test_two_processes_that_were_stopped_end_as_one_that_was_not(tiny, tmp_path):
    """They go on from step 9, in the middle of an epoch, and the best checkpoint is a later one."""
    training = tiny.settings("full")
    with pytest.raises(tiny.Stopped):
        train_generator(training, tmp_path / "two", show=tiny.stopping_at(10), **TWO)
    two = train_generator(training, tmp_path / "two", **TWO)
    one = train_generator(training, tmp_path / "one")
    assert one[1].best_step == 12
    assert_same(two, one)
    assert two[1].interruptions == 1


def test_what_goes_wrong_in_a_process_is_said_in_one_line(tiny, tmp_path):
    training = tiny.settings("full", learning_rate=1e30, max_gradient_norm=1e30)
    with pytest.raises(TrainingError, match=r"^a test: the loss is not a number at step \d+; lower learning_rate.*$"):
        train_classifier(training, tmp_path, **TWO)
    assert not list(tmp_path.rglob("*.pt"))


@pytest.mark.parametrize(
    ("devices", "seen", "batch_size", "processes"),
    [
        (["cuda:0"], 1, 16, 1),
        (["cuda:0"], 4, 16, 4),
        (["cuda:0"], 4, 6, 3),
        (["cuda:0"], 8, 1, 1),
        (["cuda:0", "cuda:1"], 4, 16, 1),  # spread over two, since one is too small
        (["cpu"], 4, 16, 1),
    ],
)
def test_there_is_a_process_for_each_gpu_that_can_have_its_share(monkeypatch, devices, seen, batch_size, processes):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: seen)
    model = SimpleNamespace(parameters=lambda: [SimpleNamespace(device=torch.device(name)) for name in devices])
    assert count_processes(model, batch_size) == processes
