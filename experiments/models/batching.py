"""Rows of token ids as rectangular batches: which rows go together, and how they are padded."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, TypeVar

if TYPE_CHECKING:
    import torch

Side = Literal["left", "right"]

T = TypeVar("T")
Told = Callable[[int, int], None]
"""Called with how many are done, and how many there are."""

BLOCK = 2**14  # rows that are tokenised and put in the order of their lengths at once
TOKENS_AT_ONCE = {"cpu": 2**12, "cuda": 2**16}  # of a batch, padding counted, by the type of the device
WIDTHS = 16
"""A softmax adds so many numbers side by side, the rest one by one: a row is in the first part at any width of a
multiple of this that holds it, and zeros of padding change no sum."""
FEWEST = 4
"""Rows of a part: a product of fewer than four is summed in another order."""
WORTH = 48
"""Tokens of padding that a pass more has to save: about what reading the weights once more takes on a CPU."""


def in_blocks(items: Sequence[T], told: Told | None = None) -> Iterator[tuple[Sequence[T], Told | None]]:
    """The items in blocks of at most `BLOCK`, so that no more of many have to be in memory.

    Each block comes with what is to be told how far it is, which tells `told` of all.
    """
    if len(items) <= BLOCK:
        yield items, told
        return
    for start in range(0, len(items), BLOCK):
        block = list(items[start : start + BLOCK])

        def tell(done: int, total: int, start: int = start, n: int = len(block)) -> None:
            told(start + n * done // total, len(items))

        yield block, tell if told else None


def by_length(lengths: Sequence[int], tokens: int) -> Iterator[list[int]]:
    """Indices of rows by falling length, of equals the first first, as many at once as fit into the budget.

    A row that is over the budget is a batch of its own.
    """
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        if batch and (len(batch) + 1) * lengths[batch[0]] > tokens:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def narrowed(rows: Sequence[T], lengths: Sequence[int]) -> Iterator[tuple[Sequence[T], int]]:
    """Cut a batch, longest row first, where its shorter rows go through a model with less padding: (rows, width).

    What a row of a causal model comes to stays the same to the last bit, wherever padding stands on the right: see
    `WIDTHS` and `FEWEST`.
    """
    start, width = 0, lengths[0]
    for end in range(FEWEST, len(rows) - FEWEST + 1):
        narrower = -(-lengths[end] // WIDTHS) * WIDTHS
        if end - start >= FEWEST and (len(rows) - end) * (width - narrower) >= WORTH:
            yield rows[start:end], width
            start, width = end, narrower
    yield rows[start:], width


def pad_batch(
    rows: Sequence[Sequence[int]],
    pad_id: int,
    side: Side = "right",
    positions: bool = True,
    width: int | None = None,
) -> dict[str, "torch.Tensor"]:
    """`input_ids`, `attention_mask` and `position_ids`, each (rows, width), on the CPU; as wide as the longest row is.

    Positions count the real tokens of each row from 0, so that left = right = unpadded also for models with absolute
    positions. Raises ValueError for an empty batch or an empty row.
    """
    import torch

    if not rows or not all(rows):
        raise ValueError("a batch needs rows, and each row a token")
    width = width or max(map(len, rows))
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
