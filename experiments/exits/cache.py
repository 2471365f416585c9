"""Key-value caches with room to grow, so that a new token is written beside the others instead of copying them all.

Import it only where generating begins.
"""

import torch
from transformers import PretrainedConfig
from transformers.cache_utils import DynamicCache, DynamicLayer

from experiments.tables.errors import UserError

ROOM = 64  # tokens that a cache can take on before it has to be copied


class RoomyLayer(DynamicLayer):
    """The cache of one layer; `keys` and `values` are the filled part of larger tensors."""

    _stored: tuple[torch.Tensor, torch.Tensor] | None = None

    def update(self, key_states: torch.Tensor, value_states: torch.Tensor, *args, **kwargs):
        """Take on new tokens, (rows, heads, tokens, size), and give keys and values of all so far."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        start = self.get_seq_length()
        end = start + key_states.shape[-2]
        if self._stored is None or end > self._stored[0].shape[-2]:
            self._grow(key_states, value_states, end + ROOM)
        for stored, new in zip(self._stored, (key_states, value_states), strict=True):
            stored[:, :, start:end] = new
        self._fill(end)
        return self.keys, self.values

    def batch_select_indices(self, indices: torch.Tensor | list[int]) -> None:
        """Keep these rows alone; a row may be named more than once."""
        if self._stored is not None:
            self._stored = tuple(stored[indices] for stored in self._stored)
            self._fill(self.get_seq_length())

    def _grow(self, keys: torch.Tensor, values: torch.Tensor, room: int) -> None:
        grown = tuple(new.new_empty(*new.shape[:2], room, new.shape[-1]) for new in (keys, values))
        for into, old in zip(grown, (self.keys, self.values), strict=True):
            if old.numel():
                into[:, :, : old.shape[-2]] = old
        self._stored = grown

    def _fill(self, tokens: int) -> None:
        self.keys, self.values = (stored[:, :, :tokens] for stored in self._stored)


def roomy_cache(config: PretrainedConfig) -> DynamicCache:
    """An empty cache for a model; layers with a local window, which are small, have transformers' own.

    Raises UserError for a model that keeps something else than keys and values.
    """
    cache = DynamicCache(config=config)
    if not all(isinstance(layer, DynamicLayer) for layer in cache.layers):
        raise UserError(f"{config.model_type} keeps no keys and values of its texts, which early exits need")
    cache.layers = [RoomyLayer() if type(layer) is DynamicLayer else layer for layer in cache.layers]
    return cache
