"""Train a causal model with its vocabulary head at the places that carry loss alone.

The others' logits would be multiplied out, kept for the backward pass, and then ignored: with a vocabulary of 262,144
that is most of the work and of the memory of a step.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from experiments.training.batches import IGNORED

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel


@contextmanager
def head_at_targets(model: "PreTrainedModel") -> Iterator[None]:
    """Inside, a model with a causal head that is called with `labels` has logits (targets, vocabulary): those before
    each token that the labels ask for. Its loss is the same, but for rounding.

    A model whose own loss is another than transformers' for causal models computes all logits as before.
    """
    from torch.nn.functional import pad

    inner = _without_adapters(model)
    if not has_causal_loss(model):
        yield
        return
    places: list[torch.Tensor] = []

    def choose(_: object, args: tuple, given: dict[str, object]) -> tuple[tuple, dict[str, object]]:
        following = pad(given["labels"], (0, 1), value=IGNORED)[:, 1:]
        places[:] = [following != IGNORED]
        return args, {**given, "shift_labels": following[places[0]]}

    def pick(_: object, states: "tuple[torch.Tensor, ...]") -> "tuple[torch.Tensor]":
        return (states[0][places[0]],)

    hooks = [
        model.register_forward_pre_hook(choose, with_kwargs=True),
        inner.get_output_embeddings().register_forward_pre_hook(pick),
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def has_causal_loss(model: "PreTrainedModel") -> bool:
    """Whether the loss of a model is transformers' for causal models, which divides by the number of all tokens of a
    step where it is told."""
    from transformers.loss.loss_utils import ForCausalLMLoss

    return _without_adapters(model).loss_function is ForCausalLMLoss


def _without_adapters(model: "PreTrainedModel") -> "PreTrainedModel":
    from peft import PeftModel

    return model.get_base_model() if isinstance(model, PeftModel) else model
