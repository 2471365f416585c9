"""When to ask again, when to wait, and when to give up."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from experiments.judging.chat import Failure
from experiments.judging.judge import JudgeFailed
from experiments.judging.study import Retries
from experiments.judging.verdicts import Spent

T = TypeVar("T")


@dataclass(frozen=True)
class Clock:
    """Time, which tests do not wait for."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass
class Pace:
    """At most so many requests a minute, evenly spread."""

    per_minute: float | None
    clock: Clock
    _next: float = field(default=float("-inf"), init=False)

    def wait(self) -> float:
        """Wait until the next request may begin; the seconds that it took."""
        if self.per_minute is None:
            return 0.0
        now = self.clock.now()
        pause = max(self._next - now, 0.0)
        if pause:
            self.clock.sleep(pause)
        self._next = max(self._next, now) + 60 / self.per_minute
        return pause


@dataclass
class Patience:
    """Attempts with exponential backoff and full jitter (https://aws.amazon.com/blogs/architecture/
    exponential-backoff-and-jitter/), bounded by their number and by the time that they take together."""

    bounds: Retries
    pace: Pace
    clock: Clock
    jitter: random.Random = field(default_factory=random.Random)

    def until_it_works(self, attempt: Callable[[float], T]) -> tuple[T, Spent]:
        """What `attempt` gives, called with the seconds that it may take. Raises JudgeFailed where it never does."""
        begun = self.clock.now()
        until, waited, calls = begun + self.bounds.total_seconds, 0.0, 0
        while True:
            paced = self.pace.wait()
            until, waited = until + paced, waited + paced  # a slow pace takes nothing of the time for a verdict
            left = until - self.clock.now()
            calls += 1
            try:
                return attempt(max(min(self.bounds.timeout_seconds, left), 0.001)), Spent(calls, calls - 1, waited)
            except Failure as failure:
                pause = self._pause(calls, failure)
                left = until - self.clock.now()
                end = self._end(failure, calls, pause, left)
                if end:
                    raise JudgeFailed(end, Spent(calls, calls - 1, waited), self.clock.now() - begun) from None
                self.clock.sleep(pause)
                waited += pause

    def _pause(self, calls: int, failure: Failure) -> float:
        longest = min(self.bounds.first_wait_seconds * 2 ** min(calls - 1, 60), self.bounds.longest_wait_seconds)
        return max(self.jitter.uniform(0, longest), failure.wait or 0.0)

    def _end(self, failure: Failure, calls: int, pause: float, left: float) -> str | None:
        """Why there is no next attempt; None where there is one."""
        tried = f"after {calls} attempts" if calls > 1 else "at the first attempt"
        if not failure.passing or calls >= self.bounds.attempts:
            return f"{failure} ({tried})"
        if pause >= left:
            asked = f", and asks to wait {failure.wait:.0f} s" if failure.wait else ""
            return f"{failure}{asked} ({tried}; the study allows {self.bounds.total_seconds:g} s for one verdict)"
        return None
