"""What to render, and who hears of the progress."""

from dataclasses import dataclass
from typing import Literal, Protocol

from report.rendering import FORMATS

Event = Literal["runs", "done", "cached"]
"""A chapter starts to run, has run, or came out of the cache."""


@dataclass(frozen=True)
class Request:
    """What to render (no chapters means all of them), `jobs` chapters at once, with `timeout` seconds for a cell.

    `strict`: a number or comparison without a table stops the render; a preview only tells of it.
    """

    engine: str = "auto"
    formats: tuple[str, ...] = FORMATS
    chapters: tuple[str, ...] = ()
    jobs: int = 2
    timeout: float = 600
    strict: bool = True


class Listener(Protocol):
    """Hears of the progress."""

    def say(self, line: str) -> None:
        """A line for the user."""

    def chapter(self, name: str, event: Event) -> None:
        """What became of a chapter."""

    def shown(self) -> None:
        """The new output is in the place of the previous one; in a preview its numbers are looked at after that."""
