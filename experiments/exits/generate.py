"""Greedy answers from several exits of a model in one batch, with key-value caches.

A prompt, but for its last token, goes through the model once for all exits; then every exit of every prompt is a row
of its own, which goes as deep as its exit and has caches in these layers alone. A row that has ended leaves the batch
too. The tokens are those of the model cut to that depth, and at full depth those of
transformers' greedy `generate`.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.exits.leaving import Leaving, leaving
from experiments.layers.parts import check_layers, depth
from experiments.models.batching import by_length, pad_batch
from experiments.models.by_batch import by_batch
from experiments.scoring.encoding import context_length
from experiments.scoring.forward import inference
from experiments.tables.errors import UserError

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

TOKENS_AT_ONCE = {"cpu": 2**15, "cuda": 2**17}  # of all rows of a batch, padding and room for answers counted


@dataclass(frozen=True)
class Generated:
    """The new tokens, the one that ended the answer among them; `ended` is false where it was cut off."""

    ids: tuple[int, ...]
    ended: bool

    @property
    def tokens(self) -> int:
        """How many new tokens there are, the end not counted."""
        return len(self.ids) - self.ended


def generate(
    model: "PreTrainedModel",
    prompts: Sequence[Sequence[int]],
    depths: Sequence[int],
    *,
    pad_id: int | None,
    stops: frozenset[int],
    max_new_tokens: int,
    token_budget: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    count_tokens: Callable[[int], None] | None = None,
) -> dict[int, list[Generated]]:
    """Generate the answer of each exit to each prompt, by depth.

    A prompt is a row of token ids; an answer ends with a token of `stops`, or after `max_new_tokens`.
    `token_budget` bounds a batch in tokens over all its rows. `progress` is told how many prompts are done and how
    many there are, `count_tokens` the tokens that went through the model, padding left out.

    Raises UserError for a depth that is not there, a prompt that is empty or does not fit into the model's context
    together with its answer, and where the tokenizer had no pad token.
    """
    if pad_id is None:
        raise UserError("the tokenizer has no pad token, which generating in batches needs")
    check_layers(depths, depth(model), "exits", lowest=1)
    if not depths or max_new_tokens < 1:
        raise UserError("generating needs at least one exit and one new token")
    check_room(prompts, context_length(model.config), max_new_tokens)
    rising = sorted(set(depths))
    way = leaving(model, rising)
    budget = token_budget or TOKENS_AT_ONCE.get(model.device.type, TOKENS_AT_ONCE["cpu"])
    needed = [(len(prompt) + max_new_tokens) * len(rising) for prompt in prompts]
    found: dict[int, list[Generated | None]] = {exit_: [None] * len(prompts) for exit_ in rising}
    done = 0

    def answer(numbers: list[int]) -> tuple[list, int]:
        batch = _Batch(model, way, [prompts[number] for number in numbers], rising, pad_id)
        said = batch.answers(stops, max_new_tokens)
        return [(exit_, place, each.ids, each.ended) for (exit_, place), each in said.items()], batch.tokens

    with inference(model), way.hooked():
        way.try_on(model)
        for numbers, (answers, tokens) in by_batch(by_length(needed, budget), answer, model.device.type):
            for exit_, place, ids, ended in answers:
                found[exit_][numbers[place]] = Generated(tuple(ids), ended)
            done += len(numbers)
            if count_tokens is not None:
                count_tokens(tokens)
            if progress is not None:
                progress(done, len(prompts))
    return found


def check_room(prompts: Sequence[Sequence[int]], context: int | None, max_new_tokens: int) -> None:
    """Raise UserError for a prompt that is empty, or leaves no room for its answer in a context of so many tokens."""
    for number, prompt in enumerate(prompts, start=1):
        if not len(prompt):
            raise UserError(f"prompt {number} is empty; a prompt needs at least one token")
        if context is not None and len(prompt) + max_new_tokens > context:
            room = f"with {max_new_tokens} new ones they do not fit into the model's context of {context}"
            raise UserError(f"prompt {number} has {len(prompt)} tokens; {room}")


class _Batch:
    """Rows, one for each exit of each prompt, deepest exits first; ended ones are gone."""

    def __init__(
        self,
        model: "PreTrainedModel",
        way: Leaving,
        prompts: Sequence[Sequence[int]],
        depths: Sequence[int],
        pad_id: int,
    ) -> None:
        from experiments.exits.cache import roomy_cache

        self._model, self._way, self._depths = model, way, depths
        self._rows = [(exit_, place) for exit_ in reversed(depths) for place in range(len(prompts))]
        self._cache = roomy_cache(model.config)
        inputs = {name: tensor.to(model.device) for name, tensor in pad_batch(prompts, pad_id, "left").items()}
        self._ids, self._mask, self._positions = (
            inputs[name] for name in ("input_ids", "attention_mask", "position_ids")
        )
        self._padded = not bool(self._mask.all())
        self.tokens = sum(len(prompt) - 1 for prompt in prompts)

    def answers(self, stops: frozenset[int], max_new_tokens: int) -> dict[tuple[int, int], Generated]:
        """Generate the answers to the prompts of this batch, by depth and place of the prompt in the batch."""
        said: dict[tuple[int, int], list[int]] = {row: [] for row in self._rows}
        ended = set()
        chosen = self._next(self._read_prompts())
        for step in range(max_new_tokens):
            going = []
            for index, (row, token) in enumerate(zip(self._rows, chosen.tolist(), strict=True)):
                said[row].append(token)
                if token in stops:
                    ended.add(row)
                else:
                    going.append(index)
            if not going or step + 1 == max_new_tokens:
                break
            if len(going) < len(self._rows):
                chosen = chosen[going]
                self._keep(going)
            chosen = self._next(chosen)
        return {row: Generated(tuple(ids), row in ended) for row, ids in said.items()}

    def _read_prompts(self) -> "torch.Tensor":
        """Read all but their last tokens, once for all exits; gives the last ones, which each exit reads itself."""
        import torch

        from experiments.models.unpadded import unpadded

        ids, self._mask = self._ids[:, :-1], self._mask[:, :-1]
        if ids.shape[1]:
            self._way.end_all_at(self._depths[-1])
            with unpadded(self._way.backbone, self._mask):
                self._way.backbone(input_ids=ids, position_ids=self._positions[:, :-1], **self._given())
            if self._cache.get_seq_length() != ids.shape[1]:
                name = type(self._way.backbone).__name__
                raise UserError(f"{name} keeps no keys and values of its texts, which early exits need")
        places, exits = torch.arange(len(ids), device=ids.device), len(self._depths)
        for layer, cached in enumerate(self._cache.layers):
            cached.batch_select_indices(places.repeat(sum(exit_ > layer for exit_ in self._depths)))
        self._mask, self._positions = self._mask.repeat(exits, 1), self._positions[:, -1:].repeat(exits, 1) - 1
        return self._ids[:, -1].repeat(exits)

    def _next(self, chosen: "torch.Tensor") -> "torch.Tensor":
        """The token after the chosen ones."""
        from torch.nn.functional import pad

        self._mask, self._positions = pad(self._mask, (0, 1), value=1), self._positions + 1
        self._way.end_rows_at(Counter(exit_ for exit_, _ in self._rows))
        self.tokens += len(chosen)
        logits = self._model(input_ids=chosen[:, None], position_ids=self._positions, **self._given()).logits
        return logits[:, -1].argmax(dim=-1)

    def _given(self) -> dict[str, object]:
        """The cache, and the mask where it hides anything."""
        mask = self._mask if self._padded else None
        return {"attention_mask": mask, "past_key_values": self._cache, "use_cache": True}

    def _keep(self, going: list[int]) -> None:
        """Only the rows of these numbers stay. The cache of a layer has the first rows, those that go so deep."""
        for layer, cached in enumerate(self._cache.layers):
            here = sum(row[0] > layer for row in self._rows)
            kept = [index for index in going if index < here]
            if len(kept) < here:
                cached.batch_select_indices(kept)
        self._mask, self._positions = self._mask[going], self._positions[going]
        self._rows = [self._rows[index] for index in going]
