"""Rows of like length together, so that little is padded."""

from collections.abc import Iterator, Sequence

TOKENS_AT_ONCE = {"cpu": 2**12, "cuda": 2**16}  # of a batch, padding counted, by the type of the device


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
