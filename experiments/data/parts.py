"""The three parts of a study's examples: trained on, validated on and tested on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

TRAIN, VALIDATION, TEST = "train", "validation", "test"

ExampleT = TypeVar("ExampleT")


@dataclass(frozen=True)
class ThreeParts(Generic[ExampleT]):
    """The three parts of a data set.

    `left_out` counts the examples that each part lacks since their normalised text stands in another part; `digests`
    are SHA-256 of the files by name.
    """

    train: Sequence[ExampleT]
    validation: Sequence[ExampleT]
    test: Sequence[ExampleT]
    rules: Mapping[str, str]
    left_out: Mapping[str, int]
    digests: Mapping[str, str]

    def named(self) -> dict[str, Sequence[ExampleT]]:
        """The examples by the name of their part."""
        return {TRAIN: self.train, VALIDATION: self.validation, TEST: self.test}
