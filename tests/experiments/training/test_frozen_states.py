"""A head trained on states that are looked up is the head trained through the backbone."""

import pytest
import torch

from experiments.quiet import quiet
from experiments.training.classification import load_accuracy
from experiments.training.frozen_states import find_states, has_constant_states, looked_up
from experiments.training.loop import train
from experiments.training.prepare import prepare
from experiments.training.runtime import deterministic


def test_the_head_comes_out_the_same(tiny, tmp_path):
    training = tiny.settings("head", learning_rate=1e-2)
    expected, through_backbone = tiny.run(training, tmp_path / "whole", name="smoke-decoder")
    with quiet(), deterministic(0):
        loaded = tiny.load(training, "smoke-decoder", 0)
        rows, validation = tiny.encoded(loaded, "train").rows, tiny.encoded(loaded, "dev").rows
        model, pad_id = prepare(loaded, training, 0), loaded.tokenizer.pad_token_id
        backbone = model.model
        shown = []
        states = find_states(
            model, [*rows, *validation], pad_id, "a test", lambda batches, what: shown.extend(batches) or batches
        )
        calls = []
        backbone.register_forward_hook(lambda *given: calls.append(1))
        with looked_up(model, states):
            found = train(
                model,
                training,
                rows,
                validation,
                pad_id=pad_id,
                seed=0,
                folder=tmp_path / "looked-up",
                what="a test",
                show=lambda steps, what: iter(steps),
                measures=load_accuracy(),
            )
    assert not calls
    assert shown
    assert model.model is backbone
    assert torch.allclose(model.score.weight, expected.score.weight, atol=1e-5)
    losses = [(point.train_loss, point.validation_loss) for point in found.curve]
    wanted = [(point.train_loss, point.validation_loss) for point in through_backbone.curve]
    assert torch.allclose(torch.tensor(losses), torch.tensor(wanted), atol=1e-5)


@pytest.mark.parametrize(
    ("method", "model", "expected"),
    [("head", "smoke-decoder", True), ("head", "smoke-encoder", False), ("lora", "smoke-decoder", False)],
)
def test_states_are_constant_only_where_nothing_below_the_head_moves(tiny, method, model, expected):
    training = tiny.settings(method)
    assert has_constant_states(tiny.load(training, model), training) is expected


def test_states_are_not_constant_under_dropout(tiny):
    training = tiny.settings("head")
    loaded = tiny.load(training, "smoke-decoder")
    loaded.model.config.attention_dropout = 0.1
    assert not has_constant_states(loaded, training)
