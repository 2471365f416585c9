"""What is planted into a copy of a project: the files that change, who must notice, and what the message must name."""

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Command = tuple[str, ...]
"""A command line of this project: `("experiments", "verify", "--made")`."""

VERIFY: Command = ("experiments", "verify", "--made")
AGAINST: Command = (*VERIFY, "--against", "HEAD")
STATUS: Command = ("experiments", "status")
CHECK: Command = ("report", "check")
RENDER: Command = ("report", "render", "--engine", "press", "--to", "html")


def render(chapter: str) -> Command:
    """The command that renders the page of one chapter."""
    return ("report", "render", chapter, "--engine", "press", "--to", "html")


@dataclass(frozen=True)
class Plant:
    """One change. `files` are the new contents below the project's root, None for one that is removed.

    The gates are tried in turn. The change counts as caught where one of them fails with a line that it did not print
    before and in which `place`, a regular expression, is found. A harmless change has no place.
    """

    group: str
    what: str
    files: Mapping[str, bytes | None]
    gates: Sequence[Command]
    place: str = ""
    afterwards: Sequence[Command] = ()
    """What to run once it is planted, before the gates: freezing again, for example."""
    page: str = ""
    """The rendered page that it must change, below the output; a change that none sees is no fault."""


def at(file: str, line: int | None = None, *more: str) -> str:
    """The pattern of a line that names a file, where there is one its line, and whatever else."""
    place = re.escape(file) + (rf":{line}\b" if line else "")
    return place + "".join(f".*{re.escape(each)}" for each in more)


def digit_changed(text: str, chance: random.Random, start: int = 0) -> str | None:
    """The text with one digit of its first number from `start` on made another; None where there is none.

    The first digit of a number is left at what it is unless it stands alone, so that no number gets leading zeros.
    """
    found = re.search(r"\d+", text[start:])
    if found is None:
        return None
    first, last = start + found.start(), start + found.end()
    place = first if last - first == 1 else chance.randrange(first + 1, last)
    other = chance.choice([digit for digit in "123456789" if digit != text[place]])
    return text[:place] + other + text[place + 1 :]


def drawn(candidates: Iterable[Plant | None], number: int) -> list[Plant]:
    """The first `number` candidates, no two with the same contents."""
    found: dict[object, Plant] = {}
    for each in candidates:
        if each is not None:
            found.setdefault(tuple(sorted(each.files.items(), key=lambda pair: pair[0])), each)
        if len(found) == number:
            break
    return list(found.values())


def tries(number: int) -> Iterator[int]:
    """Enough tries for so many plants, and an end where there are none to be had."""
    return iter(range(200 * number))


def project_files(root: Path, pattern: str) -> list[str]:
    """The files of a project that fit a pattern, as paths below its root, in order."""
    return sorted(path.relative_to(root).as_posix() for path in root.glob(pattern) if path.is_file())
