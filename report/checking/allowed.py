"""What a report may say without a table: the list that ships, and the project's own `report/allowed.yaml`.

Each entry says why. One that would let any number or any comparison through is refused.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

import yaml
from pydantic import Field, ValidationError, model_validator

from experiments.statistics.level import CONFIDENCE, LEVEL
from experiments.tables.closed import Closed
from experiments.tables.errors import UserError
from experiments.tables.settings import complaints, read_yaml
from report.checking.lexicon import alternatives, find_comparatives
from report.checking.numbers import find_numbers

FILE = Path("report") / "allowed.yaml"
# No entry may cover a number or a word here: nothing stands around them that tells what they are.
_NUMBERS = "lorem 95.3 ipsum 7 dolor 1,234 sit 2024 amet 0.5 % elit 12% sed 100 eius +3.1 magna 2.5e-4 fine"
_WORDS = (
    "better",
    "worse",
    "higher",
    "lower",
    "most",
    "best",
    "significantly",
    "rises",
    "falls",
    "all",
    "none",
    "twice",
)


class AllowedError(UserError):
    """`report/allowed.yaml` cannot be used; a line for each problem."""


class Entry(Closed):
    """Words that may stand in a report although no table is behind them."""

    phrase: str | tuple[str, ...] | None = Field(
        None, description="words as they stand in the text, or a list of such; white space and capitals do not matter"
    )
    pattern: str | None = Field(None, description="a regular expression, instead of a phrase")
    why: str = Field(min_length=3, description="the reason, which the colophon shows")
    in_: str | None = Field(None, alias="in", description="the chapter in which it counts; without it, in all of them")

    @model_validator(mode="after")
    def _one_of_two(self) -> "Entry":
        if (self.phrase is None) == (self.pattern is None):
            raise ValueError("give one of phrase and pattern")
        return self

    @property
    def shown(self) -> str:
        """The entry in a message."""
        if self.pattern is not None:
            return self.pattern
        return ", ".join(_phrases(self))


class AllowedFile(Closed):
    """`report/allowed.yaml`."""

    allowed: tuple[Entry, ...]


@dataclass
class Allowed:
    """One entry ready for use."""

    why: str
    pattern: re.Pattern[str]
    chapter: str | None = None
    place: str | None = None
    """File and line of an entry of the project; None of those that ship."""
    shown: str = ""
    used: bool = field(default=False, compare=False)

    def places(self, text: str) -> list[tuple[int, int]]:
        """Where it stands in a text: start and end of each match."""
        return [match.span() for match in self.pattern.finditer(text)]

    def covers(self, text: str, start: int, end: int) -> bool:
        """Whether a match of it holds all that stands from `start` up to `end`."""
        return any(begin <= start and end <= finish for begin, finish in self.places(text))


@cache
def shipped() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The list that ships: reason and pattern."""
    return tuple((entry.why, compiled(entry)) for entry in _shipped_entries())


def well_known() -> list[str]:
    """The names in the list that ships."""
    return [name for entry in _shipped_entries() for name in _phrases(entry) if entry.why.startswith("names of")]


def _phrases(entry: Entry) -> tuple[str, ...]:
    return (entry.phrase,) if isinstance(entry.phrase, str) else entry.phrase or ()


@cache
def _shipped_entries() -> tuple[Entry, ...]:
    percent, level = f"{100 * CONFIDENCE:g}", f"{LEVEL:g}".removeprefix("0")
    declared = {"{confidence}": percent, "{level}": re.escape(level), "{level_percent}": f"{100 * LEVEL:g}"}
    text = (Path(__file__).parent / "allowed.yaml").read_text("utf-8")
    for name, value in declared.items():
        text = text.replace(name, value)
    return AllowedFile.model_validate(yaml.load(text, yaml.CSafeLoader)).allowed


def ships(text: str, start: int, end: int) -> bool:
    """Whether an entry of the list that ships covers the part of a text. What covered the last one is tried first."""
    order = _order()
    for place, entry in enumerate(order):
        if any(begin <= start and end <= finish for begin, finish in _shipped_places(entry, text)):
            order.insert(0, order.pop(place))
            return True
    return False


@cache
def _order() -> list[int]:
    return list(range(len(shipped())))


@lru_cache(maxsize=1 << 15)
def _shipped_places(entry: int, text: str) -> tuple[tuple[int, int], ...]:
    return tuple(match.span() for match in shipped()[entry][1].finditer(text))


def read_allowed(root: Path, chapters: Iterable[str]) -> list[Allowed]:
    """The entries of the project at `root`; none without a file. Raises UserError, a line for each problem."""
    path, name = root / FILE, FILE.as_posix()
    if not path.is_file():
        return []
    content, lines = read_yaml(path, name)
    try:
        entries = AllowedFile.model_validate(content).allowed
    except ValidationError as error:
        raise AllowedError("\n".join(complaints(error, name, lines, AllowedFile))) from None
    found, problems = [], []
    for number, entry in enumerate(entries):
        place = f"{name}:{lines['allowed', number]}"
        problem = _problem(entry, set(chapters))
        if problem:
            problems.append(f"{place}: {problem}")
        else:
            found.append(Allowed(entry.why, compiled(entry), entry.in_, place, entry.shown))
    if problems:
        raise AllowedError("\n".join(problems))
    return found


def compiled(entry: Entry) -> re.Pattern[str]:
    """The entry as a pattern. Raises re.error."""
    if entry.pattern is not None:
        return re.compile(entry.pattern)
    return phrases(_phrases(entry))


def phrases(texts: Iterable[str]) -> re.Pattern[str]:
    """Any of these texts, whole, in any case, with any white space."""
    any_of = alternatives(
        (" ".join(text.split()) for text in texts), lambda part: re.escape(part).replace(r"\ ", r"\s+")
    )
    return re.compile(rf"(?<!\w)(?<!\d[.,])(?:{any_of})(?![.,]?\d)(?!\w)", re.IGNORECASE)


def _problem(entry: Entry, chapters: set[str]) -> str | None:
    try:
        pattern = compiled(entry)
    except re.error as error:
        return f"pattern {entry.pattern!r} is no regular expression: {error}"
    if entry.in_ is not None and entry.in_ not in chapters:
        return f"in: no chapter {entry.in_!r}; there are {', '.join(sorted(chapters))}"
    if not entry.shown.strip() or pattern.search("") or pattern.search(" lorem ipsum "):
        return f"{entry.shown!r} matches anything; write the words that are allowed"
    wide = next((text for text in _alone(entry) if _covers_any(pattern, text)), None)
    if wide is not None:
        return f"{entry.shown!r} would allow “{wide}” anywhere; write the words around it too"
    return None


def _alone(entry: Entry) -> Iterator[str]:
    """Numbers and words without anything around them that an entry may not allow."""
    yield from (number.text.strip() for number in find_numbers(_NUMBERS))
    yield from _WORDS
    if isinstance(entry.phrase, str):
        yield from (found.text for found in find_comparatives(entry.phrase) if found.text == entry.phrase.strip())


def _covers_any(pattern: re.Pattern[str], text: str) -> bool:
    probe = f"lorem {text} ipsum"
    return any(m.start() <= len("lorem ") and len("lorem ") + len(text) <= m.end() for m in pattern.finditer(probe))
