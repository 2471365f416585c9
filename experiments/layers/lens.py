"""What the model would say next if it ended at each of its layers (the logit lens).

One pass gives the states of all layers. The model's own final norm and its own way to logits (bias, scale, soft cap)
are then done anew for each layer. What a block gives is not normed, the last one's states neither; transformers'
`hidden_states[-1]` is, so norming that again would be wrong. Source: nostalgebraist, "interpreting GPT: the logit
lens", https://www.lesswrong.com/posts/AcKRB8wDpdaN6v6ru/interpreting-gpt-the-logit-lens
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from numbers import Integral
from typing import TYPE_CHECKING

from experiments.layers.parts import Parts, check_layers, parts_of, unwrapped
from experiments.layers.states import batches, check_prompts, every_layer
from experiments.models.batching import pad_batch
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
    token_budget: int | None = None,
) -> "np.ndarray | list[np.ndarray]":
    """The log-probability of every token to come next, (layers, places, vocabulary) in float32.

    `places` are where to look, counted from 0: the distribution at place p is that of token p + 1. `layers` are by
    default 1 to the depth, where the distribution is the model's own. One row of token ids gives one array, a list of
    rows, with the places of each, a list. Rows of like length share a pass of at most `token_budget` tokens.

    Raises UserError for a layer or a place that is not there, a row that is empty or longer than the model's context,
    and a model without a vocabulary head.
    """
    import numpy as np

    if len(rows) and isinstance(rows[0], Integral):
        return lens(model, [rows], [places], layers, token_budget=token_budget)[0]
    parts = parts_of(model)
    layers = range(1, len(parts.blocks) + 1) if layers is None else layers
    _check(model, parts, rows, places, layers)
    vocabulary = parts.embedding.num_embeddings
    at_once = max(LOGITS.get(model.device.type, LOGITS["cpu"]) // (vocabulary * len(layers)), 1)
    found = [np.empty((len(layers), len(wanted), vocabulary), dtype=np.float32) for wanted in places]
    with inference(model):
        for batch in batches(model, rows, token_budget):
            asked = [(row, number) for row in batch for number in range(len(places[row]))]
            states = _states(parts, rows, places, layers, batch)
            for first in range(0, len(asked), at_once):
                some = slice(first, first + at_once)
                logprobs = logits_of(model, states[:, some]).float().log_softmax(dim=-1).cpu().numpy()
                for place, (row, number) in enumerate(asked[some]):
                    found[row][:, number] = logprobs[:, place]
    return found


def check_way(model: "PreTrainedModel") -> None:
    """Raise UserError unless what its layers would say can be had: at the last one it must be what the model says."""
    import torch

    parts, last = parts_of(model), []
    if parts.head is None:
        raise UserError(f"{type(unwrapped(model)).__name__} has no vocabulary head, so its layers name no next token")
    ids = torch.arange(1, 5, device=model.device)[None] % parts.embedding.num_embeddings
    with inference(model), every_layer(parts, lambda layer, states: last.append(states)):
        said = unwrapped(model)(input_ids=ids, use_cache=False).logits
    with inference(model):
        found = logits_of(model, last[-1])
    tolerance = 1e-4 if model.dtype == torch.float32 else 0.03
    if not torch.allclose(found, said, rtol=tolerance, atol=tolerance * float(said[said.isfinite()].abs().max())):
        name = type(unwrapped(model)).__name__
        raise UserError(
            f"{name} has a way from its last block to its words that is not known, so it has no early exits"
        )


def logits_of(model: "PreTrainedModel", states: "torch.Tensor") -> "torch.Tensor":
    """The model's logits, (…, vocabulary), if its last block had given `states`, (…, hidden).

    The final norm (and projection) is applied here; then the model's own code runs with these states in the place of
    its backbone's, so that whatever it does on the way to its logits is done.
    """
    parts, inner = parts_of(model), unwrapped(model)
    last = states
    for module in parts.after:
        last = module(last)
    with _backbone_gives(parts, last.reshape(1, -1, last.shape[-1])):
        logits = inner(input_ids=None, use_cache=False).logits
    return logits.reshape(*states.shape[:-1], logits.shape[-1])


@contextmanager
def _backbone_gives(parts: Parts, states: "torch.Tensor") -> Iterator[None]:
    """Inside, the backbone computes nothing: its final states are these."""
    from transformers.modeling_outputs import BaseModelOutput

    class Given(BaseModelOutput):
        """Of whatever else a kind of backbone gives (router logits, states of a recurrence) there is none."""

        def __getattr__(self, name: str) -> None:
            if name.startswith("__"):
                raise AttributeError(name)

    def given(*args: object, **kwargs: object) -> Given:
        return Given(last_hidden_state=states)

    # A model asks its backbone, or what holds the blocks in it (OPT).
    asked = {id(module): module for module in (parts.backbone, parts.owner)}.values()
    kept = [(module, vars(module).get("forward")) for module in asked]
    for module in asked:
        module.forward = given
    try:
        yield
    finally:
        for module, forward in kept:
            del module.forward
            if forward is not None:
                module.forward = forward


def _states(
    parts: Parts, rows: Sequence[Ids], places: Sequence[Ids], layers: Sequence[int], batch: Sequence[int]
) -> "torch.Tensor":
    """The raw states at all places of the batch, row after row: (layers, places, hidden)."""
    import torch

    at = [(number, place) for number, row in enumerate(batch) for place in places[row]]
    source, column = (torch.tensor(index, dtype=torch.long) for index in (zip(*at, strict=True) if at else ((), ())))
    kept: dict[int, torch.Tensor] = {}

    def keep(layer: int, states: torch.Tensor) -> None:
        if layer in layers:
            kept[layer] = states[source, column]

    # No token of a causal model attends to what comes after it, so padding on the right needs no mask.
    inputs = pad_batch([rows[row] for row in batch], 0, positions=False)["input_ids"]
    with every_layer(parts, keep):
        parts.backbone(input_ids=inputs.to(parts.backbone.device), use_cache=False)
    return torch.stack([kept[layer] for layer in layers])


def _check(
    model: "PreTrainedModel", parts: Parts, rows: Sequence[Ids], places: Sequence[Ids], layers: Sequence[int]
) -> None:
    if parts.head is None:
        raise UserError(f"{type(unwrapped(model)).__name__} has no vocabulary head, so its layers name no next token")
    check_layers(layers, len(parts.blocks), "lens", lowest=1)
    check_prompts(rows, parts.backbone.config)
    for number, (ids, wanted) in enumerate(zip(rows, places, strict=True), start=1):
        wrong = [place for place in wanted if not 0 <= place < len(ids)]
        if wrong:
            raise UserError(f"lens: prompt {number} has no place {wrong[0]}; there are 0 to {len(ids) - 1}")
