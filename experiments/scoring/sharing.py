"""Whether labels may share a row: decided by trying it on the model, not by a list of architectures."""

from typing import TYPE_CHECKING

from experiments.scoring.encoding import EncodedLabel
from experiments.scoring.forward import head_at, model_inputs
from experiments.scoring.rows import Row, shared_row

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

PREFIX, BRANCH = 8, 6


def can_share(model: "PreTrainedModel") -> bool:
    """True where the last branch of a shared row has the same states as alone. Call it inside `inference`.

    It has not in models that take distances from the order of the keys (ALiBi), that have no attention to mask
    (Mamba), or whose attention kernel takes no such mask.
    """
    import torch

    labels = [_probe(model, branch) for branch in range(3)]
    shared, alone = shared_row(labels, 0), shared_row(labels[2:], 0)
    try:
        found = _states(model, shared)
    except (AttributeError, IndexError, NotImplementedError, RuntimeError, TypeError, ValueError):
        return False
    expected = _states(model, alone)
    tolerance = 1e-4 if model.dtype == torch.float32 else 0.03
    return bool((found - expected).norm() <= tolerance * expected.norm())


def longest_shared(model: "PreTrainedModel") -> int | None:
    """Up to how many tokens a layer with a local window sees them all; beyond it a shared row would be wrong."""
    config = model.config
    spans = (getattr(config, name, None) for name in ("sliding_window", "attention_chunk_size"))
    return min((span for span in spans if span), default=None)


def _probe(model: "PreTrainedModel", branch: int) -> EncodedLabel:
    """A label whose branch differs from the others' in every token."""
    size = model.get_input_embeddings().num_embeddings
    ids = [7 * place % size for place in range(PREFIX)]
    ids += [(11 * place + 5 * branch + 3) % size for place in range(BRANCH)]
    return EncodedLabel(ids[:-1], ids[PREFIX:], truncated=False)


def _states(model: "PreTrainedModel", row: Row) -> "torch.Tensor":
    """The states of the last branch as they enter the vocabulary head, (BRANCH, hidden)."""
    import torch

    entered = []
    head = model.get_output_embeddings()
    places = torch.tensor([ask.place for ask in row.asks[-BRANCH:]], device=model.device)
    with head_at(model, torch.zeros_like(places), places):
        hook = head.register_forward_pre_hook(lambda _, states: entered.append(states[0]))
        try:
            model(**model_inputs([row], model), use_cache=False)
        finally:
            hook.remove()
    return entered[0].float()
