"""From encoded labels to rows of a batch: the common prefix of an example's labels stands in its row once.

A shared row is the prefix followed by the rest of each label, its branches:

    ids        p p p p a a b b b
    positions  0 1 2 3 4 5 4 5 6
    branches   0 0 0 0 1 1 2 2 2

Each token may attend to itself and to earlier tokens of the prefix and of its own branch. That is what it would see
with its label alone in the row, at the same positions, so the scores are the same. A key-value cache gives the same
too, but takes a second pass and a copy of the cache per label.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from experiments.scoring.encoding import EncodedLabel


@dataclass(frozen=True)
class Ask:
    """The log-probability of `token` after the token at `place` of the row counts towards label number `label`."""

    place: int
    token: int
    label: int


@dataclass(frozen=True)
class Row:
    """One row of a batch; see above."""

    ids: list[int]
    positions: list[int]
    branches: list[int]
    asks: list[Ask]

    @property
    def branched(self) -> bool:
        return self.branches[-1] > 0

    @property
    def places(self) -> int:
        """At how many places the vocabulary head is needed."""
        return len({ask.place for ask in self.asks})


def shared_row(labels: Sequence[EncodedLabel], first: int) -> Row:
    """All labels of an example in one row; they count as labels `first`, `first + 1`, …"""
    prefix = _common_prefix([label.window for label in labels])
    row = Row(labels[0].window[:prefix], list(range(prefix)), [0] * prefix, [])
    alone = sum(len(label.window) > prefix for label in labels) == 1
    for number, label in enumerate(labels):
        shift = len(row.ids) - prefix  # from a position in the branch to its place in the row
        row.ids.extend(label.window[prefix:])
        row.positions.extend(range(prefix, len(label.window)))
        row.branches.extend([0 if alone else number + 1] * (len(label.window) - prefix))
        start = len(label.window) - len(label.targets)
        row.asks.extend(
            Ask(position if position < prefix else position + shift, token, first + number)
            for position, token in enumerate(label.targets, start)
        )
    return row


def _common_prefix(windows: Sequence[list[int]]) -> int:
    """How many tokens all windows start with."""
    parting = (place for place, tokens in enumerate(zip(*windows, strict=False)) if len(set(tokens)) > 1)
    return next(parting, min(map(len, windows)))


def plain_rows(labels: Sequence[EncodedLabel], first: int) -> list[Row]:
    """The labels of an example in rows without branches: labels that differ in their last token only share one."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for number, label in enumerate(labels):
        groups.setdefault(tuple(label.window), []).append(number)
    rows = []
    for window, numbers in groups.items():
        asks = [
            Ask(position, token, first + number)
            for number in numbers
            for position, token in enumerate(labels[number].targets, len(window) - len(labels[number].targets))
        ]
        rows.append(Row(list(window), list(range(len(window))), [0] * len(window), asks))
    return rows


def batches(rows: Sequence[Row], tokens: int, places: int) -> Iterator[list[Row]]:
    """The rows, longest first, in batches of at most so many tokens, padding counted, and so many places of the head.

    Rows without branches come first and apart: the mask of branches would take a local window from long ones. A row
    that is over a limit is a batch of its own.
    """
    batch: list[Row] = []
    asked = 0
    for row in sorted(rows, key=lambda row: (row.branched, -len(row.ids))):
        needed = row.places
        full = bool(batch) and ((len(batch) + 1) * len(batch[0].ids) > tokens or asked + needed > places)
        if full or (batch and batch[0].branched != row.branched):
            yield batch
            batch, asked = [], 0
        batch.append(row)
        asked += needed
    if batch:
        yield batch
