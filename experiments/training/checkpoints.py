"""Checkpoints that can be trusted after a kill at any moment.

Trainer writes a checkpoint file by file. One counts only once its marker is there, which is written last and put in
place by a rename; older checkpoints go only after that. The marker also says what the training has cost so far, so
that the cost of a run that was interrupted is that of all its parts.
"""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from experiments.training.spending import Spent

MARKER = "complete.json"
PREFIX = "checkpoint-"


def step_of(checkpoint: Path) -> int:
    """The step after which a checkpoint was written."""
    return int(checkpoint.name.removeprefix(PREFIX))


def checkpoint_at(folder: Path, step: int) -> Path:
    return folder / f"{PREFIX}{step}"


def latest(folder: Path) -> Path | None:
    """The newest complete checkpoint; what is incomplete is removed."""
    for checkpoint in _checkpoints(folder):
        if not (checkpoint / MARKER).is_file():
            shutil.rmtree(checkpoint)
    return max(_checkpoints(folder), key=step_of, default=None)


def complete(checkpoint: Path, spent: Spent) -> None:
    """Mark a checkpoint as complete."""
    write_json(checkpoint / MARKER, asdict(spent))


def spent_at(checkpoint: Path) -> Spent:
    """What its marker says."""
    return Spent(**json.loads((checkpoint / MARKER).read_text("utf-8")))


def keep_only(folder: Path, steps: set[int]) -> None:
    """Remove all checkpoints but those of these steps."""
    for checkpoint in _checkpoints(folder):
        if step_of(checkpoint) not in steps:
            (checkpoint / MARKER).unlink(missing_ok=True)  # half removed, it must not count
            shutil.rmtree(checkpoint)


def write_json(path: Path, content: object) -> None:
    """Write a small file so that it is there wholly or not at all."""
    beside = path.with_name(f".{path.name}.new")
    with beside.open("w", encoding="utf-8", newline="\n") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def _checkpoints(folder: Path) -> Iterator[Path]:
    return (path for path in folder.glob(f"{PREFIX}*") if path.is_dir())
