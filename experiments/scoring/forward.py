"""One batch of rows through a model, with the vocabulary head at the places that are asked for only.

Whether labels may share a row is decided by trying it on the model, not by a list of architectures.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from experiments.heap import keep_freed_memory
from experiments.scoring.encoding import EncodedLabel, setting
from experiments.scoring.rows import Row, shared_row

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

PREFIX, BRANCH = 8, 6  # tokens of the row on which sharing is tried


@contextmanager
def inference(model: "PreTrainedModel") -> Iterator[None]:
    """Without dropout and gradients; the model is afterwards in the mode it was in."""
    import torch

    keep_freed_memory()
    training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        model.train(training)


@contextmanager
def head_at(model: "PreTrainedModel", rows: "torch.Tensor", places: "torch.Tensor") -> Iterator[None]:
    """Inside, the model's logits are (len(rows), vocabulary): those at `places` of `rows` of the batch.

    The states are picked where they enter the vocabulary head, so what the architecture does with its logits (bias,
    scale, soft cap) is still done by its own code.
    """

    def pick(head: object, states: "tuple[torch.Tensor, ...]") -> "tuple[torch.Tensor]":
        return (states[0][rows, places],)

    hook = model.get_output_embeddings().register_forward_pre_hook(pick)
    try:
        yield
    finally:
        hook.remove()


def model_inputs(rows: Sequence[Row], model: "PreTrainedModel", width: int | None = None) -> dict[str, "torch.Tensor"]:
    """The rows padded on the right, (rows, width), by default as wide as the longest is.

    Without branches there is nothing but the ids: no token of a causal model attends to what comes after it, so the
    padding needs no mask.
    """
    import torch

    def padded(values: Sequence[list[int]], fill: int) -> torch.Tensor:
        wide = width or max(map(len, values))
        filled = [value + [fill] * (wide - len(value)) for value in values]
        return torch.tensor(filled, device=model.device)

    inputs = {"input_ids": padded([row.ids for row in rows], 0)}
    if any(row.branched for row in rows):
        inputs["position_ids"] = padded([row.positions for row in rows], 0)
        inputs["attention_mask"] = branch_mask(padded([row.branches for row in rows], -1), model.dtype)
    return inputs


def branch_mask(branches: "torch.Tensor", dtype: "torch.dtype") -> "torch.Tensor":
    """The mask (rows, 1, query, key) added to the attention: 0 or -inf. `branches`: (rows, key).

    Every token sees itself, so no row of the softmax is empty; and -inf is a third faster on a CPU than a large number.
    """
    import torch

    length = branches.shape[1]
    causal = torch.ones(length, length, dtype=torch.bool, device=branches.device).tril()
    keys, queries = branches[:, None, :], branches[:, :, None]
    seen = causal & ((keys == 0) | (keys == queries))
    mask = torch.zeros(seen.shape, dtype=dtype, device=seen.device)
    return mask.masked_fill_(~seen, float("-inf"))[:, None]


def label_logprobs(
    model: "PreTrainedModel", rows: Sequence[Row], width: int | None = None
) -> tuple[list[int], "torch.Tensor"]:
    """For each token asked for, its label number and its log-probability, as float64 on the CPU.

    `width` is that of the batch, by default the longest row's.
    """
    import torch

    from experiments.models.unpadded import unpadded

    wanted: dict[tuple[int, int], int] = {}
    source, tokens, labels = [], [], []
    for index, row in enumerate(rows):
        for ask in row.asks:
            source.append(wanted.setdefault((index, ask.place), len(wanted)))
            tokens.append(ask.token)
            labels.append(ask.label)
    at = torch.tensor(list(wanted), device=model.device)
    inputs = model_inputs(rows, model, width)
    lengths = torch.tensor([len(row.ids) for row in rows], device=model.device)
    filled = torch.arange(inputs["input_ids"].shape[1], device=model.device) < lengths[:, None]
    with head_at(model, at[:, 0], at[:, 1]), unpadded(model, filled):
        logits = model(**inputs, use_cache=False).logits.float()
    chosen = logits[source, tokens] - logits.logsumexp(dim=-1)[source]
    return labels, chosen.double().cpu()


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
    spans = (setting(model.config, name) for name in ("sliding_window", "attention_chunk_size"))
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
