"""The model that ends at a layer: the plain way to an early exit, and the reference for the fast ones."""

import copy
from itertools import chain
from typing import TYPE_CHECKING

from experiments.layers.parts import check_layers, parts_of

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def cut(model: "PreTrainedModel", layers: int) -> "PreTrainedModel":
    """A model of the first `layers` blocks with the same final norm and head. It shares its weights with `model`.

    Raises UserError where there are not so many blocks, or none are asked for.
    """
    from torch import nn

    check_layers([layers], len(parts_of(model).blocks), "cut", lowest=1)
    shared = {id(tensor): tensor for tensor in chain(model.parameters(), model.buffers())}
    short = copy.deepcopy(model, shared)
    parts = parts_of(short)
    setattr(parts.owner, parts.name, nn.ModuleList(parts.blocks[:layers]))
    config = parts.backbone.config
    config.num_hidden_layers = layers
    if getattr(config, "layer_types", None):
        config.layer_types = config.layer_types[:layers]
    return short
