"""The words that stand in tables and that both sides go by: stages of a model, and how two predictions compare."""

from enum import StrEnum

ALL = "all"
"""In place of a seed's run: the mean over the seeds, or what has no seed."""
TRAINING = "training"
"""The stage of a training in a table of costs, beside those at which examples were answered."""


class Stage(StrEnum):
    """What was done to a model before it answered."""

    ZERO_SHOT = "zero-shot"
    UNTRAINED_HEAD = "untrained-head"
    """A classifier whose head is newly initialised."""
    PRETRAINED_HEAD = "pretrained-head"
    """A classifier whose checkpoint has the head."""
    BASE = "base"
    FINE_TUNED = "fine-tuned"


class Correctness(StrEnum):
    """The correctness class of an example: whether it was right before, and whether it is right after."""

    BOTH_RIGHT = "both-right"
    CORRECTED = "corrected"
    BROKEN = "broken"
    BOTH_WRONG = "both-wrong"

    @classmethod
    def of(cls, right_before: bool, right_after: bool) -> "Correctness":
        """The class of an example that was right before or not, and is right after or not."""
        if right_before:
            return cls.BOTH_RIGHT if right_after else cls.BROKEN
        return cls.CORRECTED if right_after else cls.BOTH_WRONG
