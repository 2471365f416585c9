"""One vector per text and layer, for all layers of a model in one pass.

Hooks on the blocks pool the states of a batch as they come by, so that of a batch there is never more than one
layer in memory, and nothing but vectors afterwards. `output_hidden_states` keeps every layer of every token.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from experiments.layers.parts import Parts, parts_of
from experiments.models.batching import Side, by_length, narrowed, pad_batch
from experiments.scoring.encoding import context_length
from experiments.scoring.forward import inference
from experiments.tables.errors import UserError, printable

if TYPE_CHECKING:
    import numpy as np
    import torch
    from transformers import PretrainedConfig, PreTrainedModel

MEAN, LAST = "mean", "last"
TOKENS = {"cpu": 2**9, "cuda": 2**14}
"""Of a batch without gradients: a CPU keeps what a block computes of 512 tokens in its caches, and is faster for it."""


@dataclass(frozen=True)
class Prompt:
    """A tokenised text. `positions` names places in it, counted from 0, whose states may be asked for."""

    ids: tuple[int, ...]
    positions: Mapping[str, int] = field(default_factory=dict)


def pooled_states(
    model: "PreTrainedModel",
    prompts: Sequence[Prompt],
    pooling: str | tuple[str, ...],
    *,
    pad_id: int | None,
    side: Side = "right",
    token_budget: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    count_tokens: Callable[[int], None] | None = None,
) -> "np.ndarray | dict[str, np.ndarray]":
    """The states of all layers, (depth + 1, prompts, hidden) in float32, in the order of the prompts.

    Entry 0 is what enters the first block; entry k is the output of block k, the last one too, before the final norm.
    `pooling` is "mean" over the tokens, "last" for the last token, or the name of a position that every prompt has;
    a tuple of them gives a dict by name, from the same pass. Prompts of like length share a batch of at most
    `token_budget` tokens, padding counted, by default as many as suit the device; a longer one is a batch of its own.
    Neither budget nor side changes the states, but for rounding. `progress` is told how many prompts are done and how
    many there are, `count_tokens` the tokens of each batch without padding.

    Raises UserError for a prompt that is empty, longer than the model's context or without the position, and where
    the tokenizer had no pad token. See `check_blocks` for models of other kinds.
    """
    import numpy as np

    from experiments.models.unpadded import unpadded

    names = (pooling,) if isinstance(pooling, str) else pooling
    parts = parts_of(model)
    if pad_id is None:
        raise UserError("the tokenizer has no pad token, which batches need")
    check_prompts([prompt.ids for prompt in prompts], parts.backbone.config)
    places = {name: _places(prompts, name) for name in names if name != MEAN}
    shape = (len(parts.blocks) + 1, len(prompts), parts.backbone.config.hidden_size)
    pooled = {name: np.empty(shape, dtype=np.float32) for name in names}
    done = 0
    with inference(model):
        for batch, width in _parts(model, prompts, token_budget, side):
            inputs = _inputs([prompts[row].ids for row in batch], pad_id, side, parts, width)
            start = inputs["attention_mask"].argmax(dim=1)
            at = {name: start + start.new_tensor([of[row] for row in batch]) for name, of in places.items()}

            def keep(layer: int, states: "torch.Tensor", batch=batch, mask=inputs["attention_mask"], at=at) -> None:
                for name, into in pooled.items():
                    vectors = _mean(states, mask) if name == MEAN else states[range(len(batch)), at[name]]
                    into[layer, batch] = vectors.float().cpu().numpy()

            with every_layer(parts, keep), unpadded(parts.backbone, inputs["attention_mask"]):
                parts.backbone(**_needed(inputs), use_cache=False)
            done += len(batch)
            if count_tokens is not None:
                count_tokens(sum(len(prompts[row].ids) for row in batch))
            if progress is not None:
                progress(done, len(prompts))
    return pooled[pooling] if isinstance(pooling, str) else pooled


@contextmanager
def every_layer(parts: Parts, see: Callable[[int, "torch.Tensor"], None]) -> Iterator[None]:
    """Inside, every pass shows its states to `see(layer, states)`, layer after layer: (rows, width, hidden)."""
    with ExitStack() as stack:

        def enters(block: object, args: tuple) -> None:
            see(0, args[0])

        def leaves(layer: int) -> Callable:
            return lambda block, args, out: see(layer, out[0] if isinstance(out, tuple | list) else out)

        stack.callback(parts.blocks[0].register_forward_pre_hook(enters).remove)
        for layer, block in enumerate(parts.blocks, start=1):
            stack.callback(block.register_forward_hook(leaves(layer)).remove)
        yield


def check_blocks(model: "PreTrainedModel") -> None:
    """Raise UserError unless what the blocks take and give is what transformers calls the model's hidden states."""
    import torch

    parts = parts_of(model)
    ids = torch.arange(5, 9, device=parts.backbone.device)[None] % parts.embedding.num_embeddings
    seen: dict[int, object] = {}
    with inference(parts.backbone), every_layer(parts, seen.__setitem__):
        own = parts.backbone(input_ids=ids, output_hidden_states=True, use_cache=False).hidden_states or ()
    before_last = range(len(parts.blocks))  # the last one may be normed in theirs
    same = len(own) == len(parts.blocks) + 1 and all(
        isinstance(seen.get(layer), torch.Tensor) and torch.equal(seen[layer], own[layer]) for layer in before_last
    )
    if not same:
        raise UserError(
            f"{type(parts.backbone).__name__} has no blocks one after the other, whose states could be read"
        )


def batches(model: "PreTrainedModel", rows: Sequence[Sequence[int]], token_budget: int | None) -> Iterator[list[int]]:
    """The numbers of the rows, longest first, in batches of at most so many tokens, padding counted."""
    return by_length([len(row) for row in rows], token_budget or TOKENS.get(model.device.type, TOKENS["cpu"]))


def check_prompts(rows: Sequence[Sequence[int]], config: "PretrainedConfig") -> None:
    """Raise UserError for a row of token ids that is empty or longer than the model's context."""
    longest = context_length(config)
    for number, ids in enumerate(rows, start=1):
        if not len(ids):
            raise UserError(f"prompt {number} is empty; a prompt needs at least one token")
        if longest is not None and len(ids) > longest:
            raise UserError(f"prompt {number} has {len(ids)} tokens, the model's context only {longest}")


def _places(prompts: Sequence[Prompt], name: str) -> list[int]:
    """Where each prompt has the token that stands for it."""
    if name == LAST:
        return [len(prompt.ids) - 1 for prompt in prompts]
    for number, prompt in enumerate(prompts, start=1):
        if not 0 <= prompt.positions.get(name, -1) < len(prompt.ids):
            known = ", ".join([MEAN, LAST, *(printable(known) for known in prompt.positions)])
            raise UserError(f"prompt {number} has no token called {printable(name)} to pool; there are {known}")
    return [prompt.positions[name] for prompt in prompts]


def _parts(
    model: "PreTrainedModel", prompts: Sequence[Prompt], token_budget: int | None, side: Side
) -> Iterator[tuple[Sequence[int], int]]:
    """The numbers of the prompts that go through the model together, and how wide they are padded."""
    rows = [prompt.ids for prompt in prompts]
    for batch in batches(model, rows, token_budget):
        lengths = [len(rows[row]) for row in batch]
        yield from narrowed(batch, lengths) if side == "right" else [(batch, lengths[0])]


def _inputs(
    rows: Sequence[Sequence[int]], pad_id: int, side: Side, parts: Parts, width: int
) -> dict[str, "torch.Tensor"]:
    # Padding on the right leaves positions as they are.
    inputs = pad_batch(rows, pad_id, side, positions=side == "left", width=width)
    return {name: tensor.to(parts.backbone.device) for name, tensor in inputs.items()}


def _needed(inputs: Mapping[str, "torch.Tensor"]) -> dict[str, "torch.Tensor"]:
    """Leave the mask out of the inputs where it hides nothing: attention is faster without."""
    return {name: tensor for name, tensor in inputs.items() if name != "attention_mask" or not tensor.all()}


def _mean(states: "torch.Tensor", mask: "torch.Tensor") -> "torch.Tensor":
    """The mean over real tokens, (rows, hidden), as one product; a sum over masked states would copy the batch."""
    weights = mask / mask.sum(dim=1, keepdim=True)
    return (weights.float().unsqueeze(1) @ states.float()).squeeze(1)
