"""The one interface of all judges, how what they say becomes a verdict, and the judges that only compare."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from experiments.judging.prompts import NO_ORDER, ORDERS, Pair, Question
from experiments.judging.study import Judge as JudgeSettings
from experiments.judging.study import Matching
from experiments.judging.verdicts import RIGHT, UNPARSED, WORDS, WRONG, Spent, Verdict
from experiments.metrics.squad import exact_match, normalize_answer
from experiments.scoring.generation import parse
from experiments.tables.errors import printable

RAW_CHARACTERS = 200  # of what a judge said, that tables hold


class JudgeFailed(Exception):
    """A judge that cannot go on. The message is for people, and holds no key; `spent` is what the last try took.

    `refused` says that it was this prompt which was refused, and that others may still be answered.
    """

    def __init__(self, message: str, spent: Spent | None = None, seconds: float = 0.0, refused: bool = False) -> None:
        super().__init__(message)
        self.spent, self.seconds, self.refused = spent or Spent(), seconds, refused


class Judge(Protocol):
    """Whoever gives verdicts.

    `identity` is what makes its verdicts its own: verdicts of another identity are not mixed with them. `models` holds
    the SHA-256 of what it computed with, once it has given a verdict. `model` and `host` say whom it asks, and where.
    """

    identity: Mapping[str, object]
    models: Mapping[str, str]
    model: str | None
    host: str | None

    def verdicts(self, questions: Sequence[Question]) -> Iterator[list[Verdict]]:
        """The verdicts in the order of the questions, in as large pieces as are to be kept at once.

        Raises JudgeFailed.
        """
        ...


def orders_of(settings: JudgeSettings) -> tuple[str, ...]:
    """The orders in which this judge is asked."""
    return (NO_ORDER,) if isinstance(settings, Matching) else ORDERS


def read_verdict(text: str) -> str:
    """Read a verdict out of a text: right, wrong, or unparsed where it is neither.

    The text is that one word, but for case, outer space and closing punctuation. Nothing is guessed: "not right",
    "right, because", a word in quotes or in JSON are no verdicts.
    """
    lines = text.strip().splitlines()
    place = parse(text, WORDS) if len(lines) == 1 else None
    return UNPARSED if place is None else WORDS[place]


def shown(text: str) -> str:
    """The start of what a judge said, in one line that is safe to keep and print: control characters are escaped."""
    return printable(text, RAW_CHARACTERS)


class MatchingJudge:
    """Compares: the answer is right where it is the reference. See `Judge`."""

    models: Mapping[str, str] = {}
    model = host = None

    def __init__(self, settings: Matching) -> None:
        self._matches = {"exact": _exact, "normalised": _normalised}[settings.kind]
        self.identity = {"kind": settings.kind}

    def verdicts(self, questions: Sequence[Question]) -> Iterator[list[Verdict]]:
        yield [Verdict(RIGHT if self._matches(question.pair) else WRONG) for question in questions]


def _exact(pair: Pair) -> bool:
    return pair.answer.strip() == pair.reference.strip()


def _normalised(pair: Pair) -> bool:
    """An answer of which normalisation leaves nothing matches nothing, not even a reference of which it leaves none."""
    return bool(normalize_answer(pair.answer)) and exact_match(pair.answer, pair.reference) == 1
