"""The vocabulary head at the places that carry loss alone: the same loss and gradients, of fewer logits."""

import pytest
import torch

from experiments.models.load import load_for
from experiments.training.batches import IGNORED, Collate
from experiments.training.prepare import prepare
from experiments.training.targets import head_at_targets

from .conftest import settings

ROWS = [
    {"input_ids": [5, 6, 7, 8, 9, 10], "labels": [IGNORED, IGNORED, IGNORED, 8, 9, 10]},
    {"input_ids": [11, 12, 13], "labels": [IGNORED, 12, 13]},
]


@pytest.mark.parametrize("method", ["lora", "full"])
def test_loss_and_gradients_are_the_same(method):
    model = prepare(
        load_for("causal", "smoke-decoder"),
        settings(method, lora={"r": 4, "alpha": 8}) if method == "lora" else settings(method),
        seed=0,
    )
    batch = Collate(0)(ROWS)

    def step():
        model.zero_grad()
        said = model(**batch, num_items_in_batch=5)
        said.loss.backward()
        moved = {name: each.grad for name, each in model.named_parameters() if each.requires_grad}
        return said.loss.detach(), moved, said.logits.shape

    whole, gradients, _ = step()
    with head_at_targets(model):
        loss, found, shape = step()
    assert shape[:-1] == (5,)
    torch.testing.assert_close(loss, whole)
    torch.testing.assert_close(found, gradients)
    assert step()[2][:-1] == (2, 6), "afterwards the model is as it was"
