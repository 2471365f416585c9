"""What a training has cost so far, also where it is a training of several parts."""

import time
from dataclasses import dataclass, replace

from experiments.meter.usage import Usage


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


class Spending:
    """Counts from its making on, on top of what was spent before."""

    def __init__(self, before: Spent) -> None:
        self.before = before
        self._wall, self._cpu, self._tokens = time.perf_counter(), time.process_time(), 0

    def count_tokens(self, tokens: int) -> None:
        """Add to the tokens that went through the model, padding left out."""
        self._tokens += tokens

    def so_far(self) -> Spent:
        """What all parts have cost up to now."""
        return Spent(
            wall_seconds=self.before.wall_seconds + time.perf_counter() - self._wall,
            cpu_seconds=self.before.cpu_seconds + time.process_time() - self._cpu,
            tokens=self.before.tokens + self._tokens,
            interruptions=self.before.interruptions,
        )
