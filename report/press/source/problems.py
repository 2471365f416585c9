"""What is wrong in a chapter's source: gathered, so that one run tells all of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from experiments.tables.errors import UserError


@dataclass(frozen=True, order=True)
class Place:
    """A line of a file; `file` is the path below the project."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong at one place, and what would mend it."""

    place: Place
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        # The text may quote the source: no control character of it reaches the terminal.
        text = f"{self.place}: {self.what}" + (f"; {self.remedy}" if self.remedy else "")
        return "".join(character if character.isprintable() else " " for character in text)


class SourceError(UserError):
    """A chapter cannot be rendered; `problems` has one entry per place, the message one line for each."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))
