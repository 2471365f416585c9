"""Rows of token ids with their targets, as batches of tensors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.models.batching import pad_batch

if TYPE_CHECKING:
    import torch

TrainingRow = Mapping[str, object]
"""`input_ids` (a list), where the model takes them `token_type_ids`, and targets: numbers (`labels` of a classifier,
`start_positions`, `end_positions`) or, for a causal model, `labels` as a list as long as the ids."""

IGNORED = -100  # the target that no loss counts


@dataclass(frozen=True)
class Collate:
    """Makes a batch of rows, padded on the right: (rows, longest row) for lists, (rows,) for numbers."""

    pad_id: int

    def __call__(self, rows: Sequence[TrainingRow]) -> dict[str, "torch.Tensor"]:
        import torch

        batch = pad_batch([row["input_ids"] for row in rows], self.pad_id)
        width = batch["input_ids"].shape[1]
        for name in rows[0]:
            if name == "input_ids":
                continue
            values = [row[name] for row in rows]
            if isinstance(values[0], list):
                fill = IGNORED if name == "labels" else 0
                values = [value + [fill] * (width - len(value)) for value in values]
            batch[name] = torch.tensor(values)
        return batch
