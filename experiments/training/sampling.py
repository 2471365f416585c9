"""The order of the training examples: shuffled anew in each epoch, examples of like length in one batch."""

import random
from collections.abc import Iterator, Sequence

POOL = 16  # batches whose examples are sorted by length together


class ByLength:
    """Indices of examples, a pure function of seed and epoch: a training that goes on needs no random state for it.

    All examples are shuffled; each pool of `POOL` batches is sorted by length and cut into batches; and the batches are
    shuffled, but for an incomplete one, which comes last. On short sentences that saves more than half of the padding.
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int) -> None:
        self._lengths, self._batch_size, self._seed = lengths, batch_size, seed
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch, counted from 0."""
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        rng = random.Random(f"{self._seed} {self._epoch}")
        order = list(range(len(self._lengths)))
        rng.shuffle(order)
        batches = [
            pool[start : start + self._batch_size]
            for pool in map(self._by_length, _cut(order, POOL * self._batch_size))
            for start in range(0, len(pool), self._batch_size)
        ]
        whole = [batch for batch in batches if len(batch) == self._batch_size]
        rng.shuffle(whole)
        for batch in [*whole, *(batch for batch in batches if len(batch) < self._batch_size)]:
            yield from batch

    def _by_length(self, pool: Sequence[int]) -> list[int]:
        return sorted(pool, key=lambda index: -self._lengths[index])


def _cut(items: list[int], size: int) -> list[list[int]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
