"""From what a judge says to a verdict, and from the verdicts in both orders to a mark."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from experiments.judging.prompts import RIGHT, WORDS, WRONG
from experiments.scoring.generation import parse
from experiments.tables.errors import printable

UNPARSED, INCONSISTENT = "unparsed", "inconsistent"
LABELS = (RIGHT, WRONG)
UNDECIDED = "undecided"
MARKS = (*LABELS, UNDECIDED)
RAW_CHARACTERS = 200  # of what a judge said, that tables hold


@dataclass(frozen=True)
class Spent:
    """What was spent on an endpoint."""

    calls: int = 0
    retries: int = 0
    waited: float = 0.0


@dataclass(frozen=True)
class Verdict:
    """What a judge said to one question: the cells of `shapes.VERDICT_CELLS`, and what it took."""

    verdict: str
    raw: str | None = None
    raw_characters: int | None = None
    margin: float | None = None
    truncated: bool = False
    prompt_tokens: int | None = None
    verdict_tokens: int | None = None
    seconds: float = 0.0
    spent: Spent = field(default_factory=Spent)
    served_model: str | None = None


def read_verdict(text: str) -> str:
    """right or wrong where the text is that one word, but for case, outer space and closing punctuation; otherwise
    unparsed. Nothing is guessed: "not right", "right, because", a word in quotes or in JSON are no verdicts."""
    lines = text.strip().splitlines()
    place = parse(text, WORDS) if len(lines) == 1 else None
    return UNPARSED if place is None else WORDS[place]


def shown(text: str) -> str:
    """The start of what a judge said, in one line that is safe to keep and print: control characters are escaped."""
    return printable(text, RAW_CHARACTERS)


def mark(verdicts: Iterable[str]) -> str:
    """What verdicts in several orders come to: the verdict that all share; unparsed where one is, else inconsistent.

    This is the conservative rule against position bias of Zheng et al. 2023 (arXiv 2306.05685, section 3.4): what
    holds in one order alone does not hold. An answer counts as right where its mark is right, and only there.
    """
    said = set(verdicts)
    if UNPARSED in said:
        return UNPARSED
    return said.pop() if len(said) == 1 else INCONSISTENT


def is_right(verdict_or_mark: str) -> bool:
    return verdict_or_mark == RIGHT
