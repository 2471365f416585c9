"""Rows of token ids as one rectangular batch, padded on either side."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import torch

Side = Literal["left", "right"]


def pad_batch(
    rows: Sequence[Sequence[int]], pad_id: int, side: Side = "right", positions: bool = True
) -> dict[str, "torch.Tensor"]:
    """`input_ids`, `attention_mask` and `position_ids`, each (rows, longest row), on the CPU.

    Positions count the real tokens of each row from 0, so that left = right = unpadded also for models with absolute
    positions. Raises ValueError for an empty batch or an empty row.
    """
    import torch

    if not rows or not all(rows):
        raise ValueError("a batch needs rows, and each row a token")
    width = max(map(len, rows))
    ids = torch.full((len(rows), width), pad_id, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for index, row in enumerate(rows):
        place = slice(width - len(row), width) if side == "left" else slice(0, len(row))
        ids[index, place] = torch.tensor(row, dtype=torch.long)
        mask[index, place] = 1
    batch = {"input_ids": ids, "attention_mask": mask}
    if positions:
        batch["position_ids"] = (mask.cumsum(dim=1) - 1).clamp(min=0)
    return batch
