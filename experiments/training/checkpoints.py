"""Checkpoints that can be trusted after a kill at any moment.

Trainer writes a checkpoint file by file. One counts only once its marker is there, which is written last and put in
place by a rename; older checkpoints go only after that. The marker also says what the training has cost so far, so
that the cost of a run that was interrupted is that of all its parts.
"""

import json
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from experiments.meter.hardware import cpu_seconds
from experiments.meter.usage import Usage
from experiments.tables.files import replace_json

MARKER = "complete.json"
PREFIX = "checkpoint-"


@dataclass(frozen=True)
class Spent:
    """What training had cost at a checkpoint, and how often it was interrupted before."""

    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    tokens: int = 0
    interruptions: int = 0

    def after_interruption(self) -> "Spent":
        """The same, as the part that goes on from there has it."""
        return replace(self, interruptions=self.interruptions + 1)

    def added_to(self, usage: Usage) -> Usage:
        """`usage` of the last part with what was spent before it. Energy is not known for a run of several parts."""
        if not self.interruptions:
            return usage
        return replace(
            usage,
            wall_seconds=usage.wall_seconds + self.wall_seconds,
            cpu_seconds=usage.cpu_seconds + self.cpu_seconds,
            tokens=usage.tokens + self.tokens,
            energy_joules=None,
            energy_source="none",
        )


def together(parts: Sequence[Spent]) -> Spent:
    """What processes that train together have spent; time passes for all at once."""
    cpu, tokens = sum(part.cpu_seconds for part in parts), sum(part.tokens for part in parts)
    return replace(parts[0], cpu_seconds=cpu, tokens=tokens)


class Spending:
    """Counts from its making on, on top of what was spent before."""

    def __init__(self, before: Spent) -> None:
        self.before = before
        self._wall, self._cpu, self._tokens = time.perf_counter(), cpu_seconds(), 0

    def count_tokens(self, tokens: int) -> None:
        """Add to the tokens that went through the model, padding left out."""
        self._tokens += tokens

    def so_far(self) -> Spent:
        """What all parts have cost up to now."""
        return Spent(
            wall_seconds=self.before.wall_seconds + time.perf_counter() - self._wall,
            cpu_seconds=self.before.cpu_seconds + cpu_seconds() - self._cpu,
            tokens=self.before.tokens + self._tokens,
            interruptions=self.before.interruptions,
        )


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
    replace_json(checkpoint / MARKER, asdict(spent))


def spent_at(checkpoint: Path) -> Spent:
    """What its marker says."""
    return Spent(**json.loads((checkpoint / MARKER).read_text("utf-8")))


def keep_only(folder: Path, steps: set[int]) -> None:
    """Remove all checkpoints but those of these steps."""
    for checkpoint in _checkpoints(folder):
        if step_of(checkpoint) not in steps:
            (checkpoint / MARKER).unlink(missing_ok=True)  # half removed, it must not count
            shutil.rmtree(checkpoint)


def _checkpoints(folder: Path) -> Iterator[Path]:
    return (path for path in folder.glob(f"{PREFIX}*") if path.is_dir())
