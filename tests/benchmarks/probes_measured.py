"""What both sides of a benchmark of probes share: the case, the settings, and the predictions as an outcome."""

import argparse
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

PENALTIES = (1.0, 10.0, 100.0, 1000.0, 10000.0, 100000.0)
INNER_FOLDS = 4
SEED = 0
DECIMALS = 6  # of a predicted number that have to agree


@dataclass(frozen=True)
class Case:
    """States (layers, n, features), the folds (n,), and by the name of a target its tasks (tasks, n), of which the
    first is the target itself and the others are its controls: numbers of classes, or numbers to regress on."""

    states: np.ndarray
    folds: np.ndarray
    targets: Mapping[str, np.ndarray]


def is_regression(targets: np.ndarray) -> bool:
    return targets.dtype.kind == "f"


def load() -> Case:
    """The case that the command line asks for: the folder of `probes_case.py`, and names of targets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("targets", nargs="+")
    arguments = parser.parse_args()
    with np.load(arguments.folder / "case.npz") as case:
        parts = {name: [case[f"{name}/{part}"] for part in ("targets", "controls")] for name in arguments.targets}
        targets = {name: np.vstack([target[None], controls]) for name, (target, controls) in parts.items()}
        return Case(case["states"], case["folds"], targets)


def outcome(predicted: Mapping[str, np.ndarray]) -> list:
    """Shape and digest of the predictions (layers, tasks, n) of each target: of every label, or of rounded numbers."""
    found = []
    for name, labels in predicted.items():
        same = np.round(labels, DECIMALS) + 0.0 if is_regression(labels) else labels.astype(np.int64)
        found.append([name, *same.shape, hashlib.sha256(same.tobytes()).hexdigest()])
    return found
