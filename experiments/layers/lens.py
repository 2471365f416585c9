"""What the model would say next if it ended at each of its layers (the logit lens).

One pass gives the states of all layers. The model's own final norm and its own way to logits (bias, scale, soft cap)
are then done anew for each layer. What a block gives is not normed, the last one's states neither; transformers'
`hidden_states[-1]` is, so norming that again would be wrong. Source: nostalgebraist, "interpreting GPT: the logit
lens", https://www.lesswrong.com/posts/AcKRB8wDpdaN6v6ru/interpreting-gpt-the-logit-lens
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from experiments.layers.parts import Parts, check_layers, parts_of, unwrapped
from experiments.layers.states import check_prompts, every_layer
from experiments.models.batching import by_length, pad_batch
from experiments.scoring.forward import inference
from experiments.scoring.likelihood import LOGITS
from experiments.tables.errors import UserError

if TYPE_CHECKING:
    import numpy as np
    import torch
    from transformers import PreTrainedModel

Ids = Sequence[int]


def lens(
    model: "PreTrainedModel",
    rows: Ids | Sequence[Ids],
    places: Ids | Sequence[Ids],
    layers: Sequence[int] | None = None,
    *,
    token_budget: int = 1024,
) -> "np.ndarray | list[np.ndarray]":
    """The log-probability of every token to come next, (layers, places, vocabulary) in float32.

    `places` are where to look, counted from 0: the distribution at place p is that of token p + 1. `layers` are by
    default 1 to the depth, where the distribution is the model's own. One row of token ids gives one array, a list of
    rows, with the places of each, a list.

    Raises UserError for a layer or a place that is not there, a row that is empty or longer than the model's context,
    and a model without a vocabulary head.
    """
    import numpy as np

    if len(rows) and not hasattr(rows[0], "__len__"):
        return lens(model, [rows], [places], layers, token_budget=token_budget)[0]
    found = [[] for _ in rows]
    for row, _, logprobs in _read_off(model, rows, places, layers, token_budget):
        found[row].append(logprobs.cpu().numpy())
    return [np.concatenate(parts, axis=1) for parts in found]


def text_lens(
    model: "PreTrainedModel",
    rows: Sequence[Ids],
    places: Sequence[Ids],
    layers: Sequence[int] | None = None,
    *,
    token_budget: int = 1024,
) -> "list[np.ndarray]":
    """For each row the log-probability, (layers, places), of the token that does come after each place.

    The same as `lens`, picked at `row[place + 1]`, without ever holding the distributions of more than a few places.
    """
    import numpy as np
    import torch

    found = [[] for _ in rows]
    for row, part, logprobs in _read_off(model, rows, places, layers, token_budget, followed=True):
        tokens = torch.tensor([rows[row][place + 1] for place in part], dtype=torch.long)
        found[row].append(logprobs[:, torch.arange(len(part)), tokens].cpu().numpy())
    return [np.concatenate(parts, axis=1) for parts in found]


def logits_of(model: "PreTrainedModel", states: "torch.Tensor") -> "torch.Tensor":
    """The model's logits, (…, vocabulary), if its last block had given `states`, (…, hidden).

    The final norm is applied here; then the model's own code runs with these states in the place of its backbone's,
    so that whatever it does on the way to its logits is done.
    """
    parts, inner = parts_of(model), unwrapped(model)
    normed = states if parts.norm is None else parts.norm(states)
    with _backbone_gives(parts, normed.reshape(1, -1, normed.shape[-1])):
        logits = inner(input_ids=None, use_cache=False).logits
    return logits.reshape(*states.shape[:-1], logits.shape[-1])


@contextmanager
def _backbone_gives(parts: Parts, states: "torch.Tensor") -> Iterator[None]:
    """Inside, the backbone computes nothing: its final states are these."""
    from transformers.modeling_outputs import BaseModelOutputWithPastAndCrossAttentions

    def given(*args: object, **kwargs: object) -> BaseModelOutputWithPastAndCrossAttentions:
        return BaseModelOutputWithPastAndCrossAttentions(last_hidden_state=states)

    kept = vars(parts.backbone).get("forward")
    parts.backbone.forward = given
    try:
        yield
    finally:
        del parts.backbone.forward
        if kept is not None:
            parts.backbone.forward = kept


def _read_off(
    model: "PreTrainedModel",
    rows: Sequence[Ids],
    places: Sequence[Ids],
    layers: Sequence[int] | None,
    token_budget: int,
    followed: bool = False,
) -> Iterator[tuple[int, Ids, "torch.Tensor"]]:
    """Row, some of its places in their order, and the log-probabilities (layers, those places, vocabulary)."""
    parts = parts_of(model)
    if parts.head is None:
        raise UserError(f"{type(unwrapped(model)).__name__} has no vocabulary head, so its layers name no next token")
    layers = range(1, len(parts.blocks) + 1) if layers is None else layers
    check_layers(layers, len(parts.blocks), "lens", lowest=1)
    check_prompts(rows, parts.backbone.config)
    _check_places(rows, places, followed)
    vocabulary = parts.embedding.num_embeddings
    at_once = max(LOGITS.get(model.device.type, LOGITS["cpu"]) // (vocabulary * len(layers)), 1)
    with inference(model):
        for batch in by_length([len(row) for row in rows], token_budget):
            for row, states in zip(batch, _states(parts, rows, places, layers, batch), strict=True):
                for first in range(0, max(len(places[row]), 1), at_once):
                    some = slice(first, first + at_once)
                    logits = logits_of(model, states[:, some])
                    yield row, places[row][some], logits.float().log_softmax(dim=-1)


def _states(
    parts: Parts, rows: Sequence[Ids], places: Sequence[Ids], layers: Sequence[int], batch: Sequence[int]
) -> "list[torch.Tensor]":
    """For each row of the batch the states at its places, (layers, places, hidden)."""
    import torch

    kept: dict[int, list[torch.Tensor]] = {}

    def keep(layer: int, states: torch.Tensor) -> None:
        if layer in layers:
            kept[layer] = [states[number, list(places[row])] for number, row in enumerate(batch)]

    # No token of a causal model attends to what comes after it, so padding on the right needs no mask.
    inputs = pad_batch([rows[row] for row in batch], 0, positions=False)["input_ids"]
    with every_layer(parts, keep):
        parts.backbone(input_ids=inputs.to(parts.backbone.device), use_cache=False)
    return [torch.stack([kept[layer][number] for layer in layers]) for number in range(len(batch))]


def _check_places(rows: Sequence[Ids], places: Sequence[Ids], followed: bool) -> None:
    """Raise UserError for a place outside its row, or at its end where what follows is asked for."""
    for number, (ids, wanted) in enumerate(zip(rows, places, strict=True), start=1):
        last = len(ids) - (2 if followed else 1)
        wrong = [place for place in wanted if not 0 <= place <= last]
        if wrong:
            what = "with a token after it" if followed else ""
            there = f"there are 0 to {last}" if last >= 0 else "there is none"
            raise UserError(f"lens: prompt {number} has no place {wrong[0]} {what}".rstrip() + f"; {there}")
