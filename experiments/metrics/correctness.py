"""The correctness class of an example: whether it was right before, and whether it is right after."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.tables.columns import text
from experiments.tables.terms import Correctness

CLASSES_TEXT = "{}, {}, {} or {}".format(*Correctness)
CORRECTNESS = text("correctness", CLASSES_TEXT)
_CLASSES = np.array([Correctness.of(before, after) for before in (False, True) for after in (False, True)], object)


@dataclass(frozen=True)
class Compared:
    """Which of the same examples are right before and which are right after: two arrays (n,) of booleans."""

    before: NDArray[np.bool_]
    after: NDArray[np.bool_]

    @classmethod
    def of(cls, gold: Sequence[str], before: Sequence[str | None], after: Sequence[str | None]) -> "Compared":
        """From the labels of the examples, in the same order; None where none could be read, which is wrong.

        Raises ValueError without examples, and where the lengths differ.
        """
        if not len(gold) or not len(gold) == len(before) == len(after):
            raise ValueError(f"{len(gold)} gold labels, {len(before)} before and {len(after)} after cannot be compared")
        true = np.array(gold, dtype=object)
        return cls(true == np.array(before, dtype=object), true == np.array(after, dtype=object))

    def __len__(self) -> int:
        return len(self.before)

    def are(self, correctness: Correctness) -> NDArray[np.bool_]:
        """Which examples are of this class."""
        return self.classes() == correctness

    def classes(self) -> NDArray[np.object_]:
        """The correctness class of each example."""
        return _CLASSES[2 * self.before + self.after]

    def counts(self) -> dict[Correctness, int]:
        """How many examples are of each class, in the order of the classes."""
        found = np.bincount(2 * self.before + self.after, minlength=4)
        by_class = dict(zip(_CLASSES, found.tolist(), strict=True))
        return {correctness: by_class[correctness] for correctness in Correctness}


def transition_row(correctness: Correctness, count: int, n: int, interval: tuple[float, float]) -> dict[str, object]:
    """The row of a table of transitions: how many of n are of a class, their share and the interval of the share."""
    low, high = interval
    return {
        "correctness": correctness,
        "count": count,
        "n": n,
        "share": count / n,
        "share_low": low,
        "share_high": high,
    }
