"""The weights that training moves, adapter and head alike, in one file; the rest of the model is never stored twice."""

from pathlib import Path
from typing import TYPE_CHECKING

from experiments.tables.errors import UserError
from experiments.tables.locations import shown_path

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

FILE = "trainable.safetensors"


def trainable(model: "PreTrainedModel") -> dict[str, "torch.nn.Parameter"]:
    """The parameters that require a gradient, by name, each tied one once."""
    return {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}


def save_trainable(model: "PreTrainedModel", folder: Path) -> None:
    """Write them below `folder`. The same weights give the same bytes."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: value.detach().cpu().contiguous() for name, value in trainable(model).items()}, folder / FILE)


def load_trainable(model: "PreTrainedModel", folder: Path) -> None:
    """Put the weights in `folder` into a model prepared in the same way, in place.

    Raises UserError where they cannot be read, or are not exactly the weights that this model trains.
    """
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    path, wanted = folder / FILE, trainable(model)
    try:
        found = load_file(path)
    except (OSError, SafetensorError) as error:
        raise UserError(f"{shown_path(path)}: cannot be read: {error}; remove the folder and run again") from None
    shapes = {name: tuple(value.shape) for name, value in found.items()}
    if shapes != {name: tuple(value.shape) for name, value in wanted.items()}:
        raise UserError(f"{shown_path(path)}: not the weights that this model trains; remove the folder and run again")
    with torch.no_grad():
        for name, parameter in wanted.items():
            parameter.copy_(found[name])
