"""What both sides of a benchmark of layers share: what is asked for, and that they found it."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

TOKENS = 4  # of each text, at its end, are looked at through the lens
T = TypeVar("T")  # an array of torch or numpy


def followed(logprobs: T, ids: Sequence[int]) -> T:
    """Of the distributions before the last tokens, (layers, tokens, vocabulary), what they say of these tokens."""
    return logprobs[:, range(TOKENS), ids[-TOKENS:]]


def held_to(folder: Path, name: str) -> Callable[[np.ndarray], list]:
    """An outcome: the shape of what was found, once it is what `layers_case.py` computed under that name."""
    reference = np.load(folder / "reference.npz")[name]

    def outcome(found: np.ndarray) -> list:
        if found.shape != reference.shape or not np.allclose(found, reference, rtol=1e-3, atol=1e-3):
            sys.exit(f"{name} are not those of one text at a time: {found.shape}, {reference.shape}")
        return list(found.shape)

    return outcome
