"""States of a frozen decoder, computed once: where only the head is trained, every epoch would find the same ones."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from experiments.models.batching import TOKENS_AT_ONCE, by_length
from experiments.models.load import Loaded
from experiments.training.batches import Collate, TrainingRow
from experiments.training.classification import Show
from experiments.training.faults import raise_on_oom
from experiments.training.settings import Training

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

States = Mapping[tuple[int, ...], "torch.Tensor"]


def has_constant_states(loaded: Loaded, training: Training) -> bool:
    """Whether the head alone is trained, reads the last token alone, and no dropout changes what it reads."""
    from torch import nn
    from transformers.modeling_layers import GenericForSequenceClassification

    model = loaded.model
    if training.method != "head" or not isinstance(model, GenericForSequenceClassification):
        return False
    dropout = [module.p for module in model.modules() if isinstance(module, nn.Dropout)]
    return not any(dropout) and not model.config.to_dict().get("attention_dropout")


def find_states(model: "PreTrainedModel", rows: Sequence[TrainingRow], pad_id: int, what: str, show: Show) -> States:
    """The state of the last token of each row, (hidden,), by the ids of the row.

    Batches depend on the rows alone, so that a training which goes on finds the same states. Raises TrainingError where
    memory runs out.
    """
    import torch

    collate, states = Collate(pad_id), {}
    lengths = [len(row["input_ids"]) for row in rows]
    model.eval()
    with raise_on_oom(what), torch.no_grad():
        for batch in show(list(by_length(lengths, TOKENS_AT_ONCE[model.device.type])), what):
            inputs = collate([{"input_ids": rows[index]["input_ids"]} for index in batch])
            inputs = {name: tensor.to(model.device) for name, tensor in inputs.items()}
            found = model.base_model(**inputs).last_hidden_state
            for place, index in enumerate(batch):
                states[tuple(rows[index]["input_ids"])] = found[place, lengths[index] - 1].clone()
    return states


@contextmanager
def looked_up(model: "PreTrainedModel", states: States) -> Iterator[None]:
    """Within it the backbone looks up what it says of rows, in place of computing it; afterwards it computes again."""
    name = model.base_model_prefix
    backbone = model.get_submodule(name)
    setattr(model, name, _backbone_of(states))
    try:
        yield
    finally:
        setattr(model, name, backbone)


def _backbone_of(states: States) -> "torch.nn.Module":
    """A module that answers as the backbone does for these rows, with zeros for all tokens but the last."""
    from torch import nn
    from transformers.modeling_outputs import BaseModelOutputWithPast

    class Known(nn.Module):
        def forward(self, input_ids, attention_mask, **more):
            any_state = next(iter(states.values()))
            found = any_state.new_zeros(*input_ids.shape, len(any_state))
            for place, (ids, mask) in enumerate(zip(input_ids, attention_mask.bool(), strict=True)):
                row = ids[mask]
                found[place, len(row) - 1] = states[tuple(row.tolist())]
            return BaseModelOutputWithPast(last_hidden_state=found)

    return Known()
