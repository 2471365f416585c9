"""Parameters of a model as it is, counted four ways: the columns of the parameter study, read off the tensors."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from experiments.models.pad import padding_parameters
from experiments.tables.columns import integer

if TYPE_CHECKING:
    import torch
    from bitsandbytes.functional import QuantState
    from transformers import PreTrainedModel

COUNT_COLUMNS = (
    integer("logical_base", "elements of the model with its head, each tied tensor once", unit="parameter"),
    integer("added", "elements that PEFT adds: LoRA and the copy of a saved head", unit="parameter"),
    integer("trainable", "elements that require a gradient", unit="parameter"),
    integer("stored", "elements that the tensors hold; NF4 packs two weights into one", unit="parameter"),
)


@runtime_checkable
class Packed(Protocol):
    """A parameter of bitsandbytes, which need not be imported to tell one: its state knows the shape of the weights."""

    quant_state: "QuantState | None"


@dataclass(frozen=True)
class Counts:
    """The cells of `COUNT_COLUMNS`, which say what they are."""

    logical_base: int
    added: int
    trainable: int
    stored: int


def count_parameters(model: "PreTrainedModel") -> Counts:
    """Count a model, with adapters or without."""
    base = added = trainable = stored = 0
    for name, parameter in model.named_parameters():
        size = _logical_size(parameter)
        if _is_added(name):
            added += size
        else:
            base += size
        trainable += size if parameter.requires_grad else 0
        stored += parameter.numel()
    padding = padding_parameters(model)
    return Counts(base - padding, added + padding, trainable, stored)


def _is_added(name: str) -> bool:
    """Whether PEFT put it there: of a saved module it keeps the original, and trains a copy."""
    return any(part.startswith("lora_") or part == "modules_to_save" for part in name.split("."))


def _logical_size(parameter: "torch.nn.Parameter") -> int:
    packed = isinstance(parameter, Packed) and parameter.quant_state is not None
    return parameter.quant_state.shape.numel() if packed else parameter.numel()
