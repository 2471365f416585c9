"""Linear layers that leave padding out: what they make of a token depends on that token alone.

Import it only where a model runs.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import nn

from experiments.models.batching import FEWEST

WORTH = 1 / 16
"""The share of padding from which its products take longer than to copy the tokens out and back."""


@contextmanager
def unpadded(model: nn.Module, mask: torch.Tensor) -> Iterator[None]:
    """Inside, linear layers that are given a batch compute where `mask`, (rows, width), has a token, and nowhere else.

    A place of padding has what the token before it has, in the order of the mask, so attention must not see it. What a
    token comes to stays the same to the last bit: see `FEWEST`.
    """
    seen = mask.flatten().bool()
    tokens = seen.nonzero().squeeze(1)
    if len(tokens) < FEWEST or len(tokens) > (1 - WORTH) * len(seen):
        yield
        return
    back = (seen.cumsum(0) - 1).clamp(min=0)

    given_tokens: set[nn.Module] = set()

    def enter(layer: nn.Module, given: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor] | None:
        if given[0].shape[:-1] != mask.shape:
            return None
        given_tokens.add(layer)
        return (given[0].flatten(0, 1).index_select(0, tokens),)

    def leave(layer: nn.Module, given: tuple[torch.Tensor, ...], out: torch.Tensor) -> torch.Tensor | None:
        if layer not in given_tokens:
            return None
        given_tokens.remove(layer)
        return out.index_select(0, back).unflatten(0, mask.shape)

    with ExitStack() as stack:
        for layer in model.modules():
            if isinstance(layer, nn.Linear):
                stack.callback(layer.register_forward_pre_hook(enter).remove)
                stack.callback(layer.register_forward_hook(leave).remove)
        yield
