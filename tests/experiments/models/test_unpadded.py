"""Padding is left out of products, and what tokens come to stays the same to the last bit."""

import pytest
import torch
from torch import nn

from experiments.models.unpadded import unpadded


def mask_of(lengths, width):
    return (torch.arange(width) < torch.tensor(lengths)[:, None]).long()


@pytest.mark.parametrize("side", ["left", "right"])
@torch.inference_mode()
def test_tokens_come_to_the_same_and_padding_is_not_computed(side):
    layer, states, rows = nn.Linear(48, 80), torch.randn(3, 20, 48), []
    mask = mask_of([20, 9, 5], 20)
    mask = mask.flip(1) if side == "left" else mask
    layer.register_forward_hook(lambda layer, given, out: rows.append(out.numel() // 80))
    plain = layer(states)
    with unpadded(layer, mask):
        found = layer(states)
    assert found.shape == plain.shape
    assert torch.equal(found[mask.bool()], plain[mask.bool()])
    assert rows == [60, 34]
    assert torch.equal(layer(states), plain)


@pytest.mark.parametrize(
    ("lengths", "given"),
    [
        pytest.param([20, 20, 19], (3, 20), id="hardly any padding"),
        pytest.param([1, 1, 1], (3, 20), id="too few tokens for the same order of sums"),
        pytest.param([20, 9, 5], (34,), id="states picked out before the layer"),
    ],
)
@torch.inference_mode()
def test_what_gains_nothing_goes_through_as_it_is(lengths, given):
    layer, states = nn.Linear(48, 80), torch.randn(*given, 48)
    with unpadded(layer, mask_of(lengths, 20)):
        assert torch.equal(layer(states), layer(states.clone()))
        assert layer(states).shape == (*given, 80)


def test_hooks_are_gone_after_an_error():
    layer = nn.Linear(4, 4)
    with pytest.raises(RuntimeError), unpadded(layer, mask_of([9, 2], 9)):
        layer(torch.randn(2, 9, 3))
    assert not layer._forward_hooks
    assert not layer._forward_pre_hooks
