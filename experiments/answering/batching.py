"""Rows of like length together, so that little is padded."""

from collections.abc import Iterator, Sequence

TOKENS_AT_ONCE = 4096  # of a batch, padding counted


def by_length(lengths: Sequence[int], tokens: int = TOKENS_AT_ONCE) -> Iterator[list[int]]:
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
