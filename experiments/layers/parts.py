"""The parts of a transformer: embedding, blocks, final norm and vocabulary head."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.tables.errors import UserError

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedModel

FINAL_NORMS = ("norm", "final_layernorm", "final_layer_norm", "final_norm", "ln_f", "norm_f", "layer_norm")
"""What architectures call the norm between the last block and the head, beside the list of blocks."""
PROJECTIONS = ("project_out",)
"""The same of what brings states to another width after that (OPT-350m)."""


@dataclass(frozen=True)
class Parts:
    """The modules of a model, shared with it.

    `owner` is the module that holds the blocks in a list called `name`. `norm` is None where blocks end in a norm of
    their own (BERT), `projection` where states keep their width, `head` where the model has no vocabulary head.
    """

    backbone: "PreTrainedModel"
    embedding: "nn.Module"
    blocks: "nn.ModuleList"
    norm: "nn.Module | None"
    projection: "nn.Module | None"
    head: "nn.Module | None"
    owner: "nn.Module"
    name: str

    @property
    def after(self) -> "tuple[nn.Module, ...]":
        """What states go through between the last block and the head."""
        return tuple(module for module in (self.norm, self.projection) if module is not None)


def unwrapped(model: "PreTrainedModel") -> "PreTrainedModel":
    """The model inside a PEFT wrapper, with its adapters in place; any other model as it is."""
    from transformers import PreTrainedModel

    return model if isinstance(model, PreTrainedModel) else model.get_base_model()


def parts_of(model: "PreTrainedModel") -> Parts:
    """The parts of a decoder or an encoder. Raises UserError where its blocks are in no list."""
    from torch import nn

    inner = unwrapped(model)
    backbone = inner.base_model
    for owner in backbone.modules():
        beside = dict(owner.named_children())
        for name, child in beside.items():
            if isinstance(child, nn.ModuleList) and len(child) == backbone.config.num_hidden_layers:
                norm, projection = (
                    next((beside[known] for known in names if known in beside), None)
                    for names in (FINAL_NORMS, PROJECTIONS)
                )
                embedding, head = backbone.get_input_embeddings(), inner.get_output_embeddings()
                return Parts(backbone, embedding, child, norm, projection, head, owner, name)
    raise UserError(f"{type(inner).__name__} has no list of {backbone.config.num_hidden_layers} blocks to look into")


def depth(model: "PreTrainedModel") -> int:
    """The number of blocks."""
    return len(parts_of(model).blocks)


def check_layers(layers: Iterable[int], depth: int, where: str, lowest: int = 0) -> None:
    """Raise UserError for a layer that is not one of `lowest` (0 for states, 1 for exits) to `depth`.

    Negative numbers do not count from the end. `where` starts the message: whose layers they are.
    """
    wrong = [layer for layer in layers if type(layer) is not int or not lowest <= layer <= depth]
    if wrong:
        first = f"{lowest} (the embedding)" if lowest == 0 else str(lowest)
        raise UserError(f"{where}: there is no layer {wrong[0]}; there are {first} to {depth}")
