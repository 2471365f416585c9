"""Training: the same seed is the same model, stopped or not; the best checkpoint is that of the validation."""

import os
import pickle
import shutil

import pytest
import torch
from safetensors.torch import load_file

from experiments.tables.digest import sha256_file
from experiments.training.checkpoints import MARKER, checkpoint_at, latest, step_of
from experiments.training.faults import TrainingError
from experiments.training.trainable import FILE, trainable


def weights(model) -> dict[str, torch.Tensor]:
    return {name: parameter.detach().clone() for name, parameter in trainable(model).items()}


def same(left, right) -> bool:
    return left.keys() == right.keys() and all(torch.equal(left[name], right[name]) for name in left)


# Checkpoints are after steps 3, 6 (the end of the first epoch), 9 and 12.
@pytest.mark.parametrize(
    ("method", "model", "step"),
    [
        ("lora", "smoke-decoder", 0),
        ("lora", "smoke-decoder", 5),
        ("lora", "smoke-encoder", 7),
        ("qlora", "smoke-encoder", 11),
        ("full", "smoke-decoder", 4),
    ],
)
def test_a_training_that_was_stopped_ends_as_if_it_had_not_been(tiny, tmp_path, method, model, step):
    training = tiny.settings(method)
    whole, told = tiny.run(training, tmp_path / "whole", name=model)
    with pytest.raises(tiny.Stopped):
        tiny.run(training, tmp_path / "stopped", tiny.stopping_at(step), name=model)
    goes_on, told_again = tiny.run(training, tmp_path / "stopped", name=model)
    assert same(weights(whole), weights(goes_on))
    assert told_again.curve == told.curve
    assert told_again.best_step == told.best_step
    assert told_again.interruptions == (1 if step >= 3 else 0)
    assert told_again.usage.tokens == told.usage.tokens


def test_another_seed_is_another_model(tiny, tmp_path):
    one, _ = tiny.run(tiny.settings("head"), tmp_path / "one", seed=1)
    two, _ = tiny.run(tiny.settings("head"), tmp_path / "two", seed=2)
    assert not same(weights(one), weights(two))


def test_the_number_of_threads_does_not_matter(tiny, tmp_path):
    before = torch.get_num_threads()
    one, _ = tiny.run(tiny.settings("lora"), tmp_path / "one")
    torch.set_num_threads(before + 1)
    try:
        other, _ = tiny.run(tiny.settings("lora"), tmp_path / "other")
        assert torch.get_num_threads() == before + 1
    finally:
        torch.set_num_threads(before)
    assert same(weights(one), weights(other))


@pytest.mark.parametrize("best_by", ["loss", "accuracy"])
def test_the_best_checkpoint_is_chosen_by_the_validation_and_the_first_of_equals(tiny, tmp_path, best_by):
    model, told = tiny.run(tiny.settings("full", learning_rate=3e-2, best_by=best_by), tmp_path)
    assert [point.step for point in told.curve] == [3, 6, 9, 12]
    value = (lambda p: p.validation_loss) if best_by == "loss" else (lambda p: -p.validation_accuracy)
    best = min(told.curve, key=lambda point: (value(point), point.step))
    assert told.best_step == best.step
    assert [point.step for point in told.curve if point.best] == [best.step]

    assert same(weights(model), load_file(checkpoint_at(tmp_path, best.step) / FILE))


def test_the_best_and_the_newest_checkpoint_are_kept(tiny, tmp_path):
    _, told = tiny.run(tiny.settings("lora"), tmp_path)
    assert {step_of(path) for path in tmp_path.glob("checkpoint-*")} == {told.best_step, 12}


def test_a_checkpoint_without_its_marker_does_not_count(tiny, tmp_path):
    whole, _ = tiny.run(tiny.settings("lora"), tmp_path / "whole")
    with pytest.raises(tiny.Stopped):
        tiny.run(tiny.settings("lora"), tmp_path / "stopped", tiny.stopping_at(7))
    newest = latest(tmp_path / "stopped")
    assert step_of(newest) == 6
    torn = checkpoint_at(tmp_path / "stopped", 9)
    shutil.copytree(newest, torn)
    (torn / MARKER).unlink()
    (torn / FILE).write_bytes(b"half")
    goes_on, _ = tiny.run(tiny.settings("lora"), tmp_path / "stopped")
    assert same(weights(whole), weights(goes_on))


def test_the_same_weights_are_the_same_file(tiny, tmp_path):
    for name in ("one", "two"):
        tiny.run(tiny.settings("lora"), tmp_path / name)
    files = [checkpoint_at(tmp_path / name, 12) / FILE for name in ("one", "two")]
    assert sha256_file(files[0]) == sha256_file(files[1])


@pytest.mark.parametrize("name", ["optimizer.pt", "scheduler.pt", "rng_state.pth"])
def test_no_code_in_a_checkpoint_runs_when_training_goes_on(tiny, tmp_path, name):
    class Calls:
        """What a pickle makes of this when it is read is a folder."""

        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "it-ran"),)

    with pytest.raises(tiny.Stopped):
        tiny.run(tiny.settings("lora"), tmp_path / "stopped", tiny.stopping_at(4))
    planted = latest(tmp_path / "stopped") / name
    assert planted.is_file()
    torch.save(Calls(), planted)
    with pytest.raises(pickle.UnpicklingError):
        tiny.run(tiny.settings("lora"), tmp_path / "stopped")
    assert not (tmp_path / "it-ran").exists()


def test_a_loss_that_is_no_number_stops_the_training(tiny, tmp_path):
    with pytest.raises(TrainingError, match=r"a test: the loss is not a number at step \d+; lower learning_rate"):
        tiny.run(tiny.settings("full", learning_rate=1e30, max_gradient_norm=1e30), tmp_path)


def test_a_validation_loss_that_is_no_number_stops_the_training(tiny, tmp_path):
    """The only step has a loss that is a number, and makes of the weights what is none."""
    settings = tiny.settings("full", learning_rate=1e30, max_gradient_norm=1e30, epochs=1, batch_size=1000)
    with pytest.raises(TrainingError, match=r"a test: the validation loss is not a number at step 1; lower learning_r"):
        tiny.run(settings, tmp_path)


NO_MEMORY = [
    torch.OutOfMemoryError("CUDA out of memory"),
    MemoryError(),
    RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
]


@pytest.mark.parametrize("error", NO_MEMORY)
def test_memory_that_runs_out_is_said(tiny, tmp_path, monkeypatch, error):
    from transformers import BertForSequenceClassification

    original = BertForSequenceClassification.forward

    def forward(self, **inputs):
        if self.training:  # not in the trial of a model that has just been loaded
            raise error
        return original(self, **inputs)

    monkeypatch.setattr(BertForSequenceClassification, "forward", forward)
    with pytest.raises(TrainingError, match="a test: out of memory; lower batch_size"):
        tiny.run(tiny.settings("head"), tmp_path)


def test_an_error_that_is_not_about_memory_is_not_hidden(tiny, tmp_path, monkeypatch):
    from transformers import BertForSequenceClassification

    def forward(self, **inputs):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    monkeypatch.setattr(BertForSequenceClassification, "forward", forward)
    with pytest.raises(RuntimeError, match="shapes"):
        tiny.run(tiny.settings("head"), tmp_path)


def test_nothing_to_train_on_is_said(tiny, tmp_path):
    from experiments.training.loop import train

    training = tiny.settings("head")
    with pytest.raises(TrainingError, match="a test: there are no examples to train on"):
        train(
            tiny.load(training).model,
            training,
            [],
            [],
            pad_id=0,
            seed=0,
            folder=tmp_path,
            what="a test",
            show=lambda steps, what: iter(steps),
        )


@pytest.mark.parametrize("model", ["smoke-encoder", "smoke-decoder"])
def test_accumulated_steps_have_the_loss_of_one(tiny, tmp_path, model):
    """Trainer leaves it to models to divide by the examples of all steps, and classifiers do not."""
    whole = tiny.settings("full", batch_size=6, learning_rate=1e-9)
    shared = tiny.settings("full", batch_size=3, accumulate=2, learning_rate=1e-9)
    (one, _), (other, _) = (
        [point.train_loss for point in tiny.run(each, tmp_path / str(each.accumulate), name=model)[1].curve[:2]]
        for each in (whole, shared)
    )
    assert other == pytest.approx(one, rel=0.2)
