"""How sentences on results choose their words: by comparisons, which they then rest on."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from analysis.chapters.common import Outcome, decide
from analysis.facts import Chapter, Comparison, FactError, Markdown, Row, Value, derived
from analysis.facts.choices import note
from analysis.facts.formatting import closed_up
from experiments.statistics.level import CONFIDENCE_TEXT, LEVEL

CONFIDENCE_PERCENT = closed_up(CONFIDENCE_TEXT)
"""The declared confidence in captions and headers, which are no templates: "95%"."""
INTERVAL = f"{CONFIDENCE_PERCENT} interval"

Each = TypeVar("Each")
_OPPOSITE = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}


@dataclass(frozen=True)
class Decided:
    """The words of a sentence, with the comparisons that chose them."""

    words: str
    rests_on: list[Comparison]


def choose_first_that_holds(*choices: tuple[str, Sequence[Comparison]]) -> Decided:
    """The words of the first choice whose comparisons all hold. Raises FactError where none does."""
    note(choices)
    for words, rests_on in choices:
        if all(rests_on):
            return Decided(words, list(rests_on))
    raise FactError(f"none of the sentences {[words for words, _ in choices]} holds")


def tell(test: Row, words: Mapping[Outcome, str]) -> Decided:
    """What a test of after against before decides, in these words."""
    outcome, rests_on = decide(test)
    return Decided(words[outcome], rests_on)


def gain(test: Row) -> list[Comparison]:
    """What makes a test of after against before a significant gain."""
    return [test.p_value() < LEVEL, test["difference"] > 0]


def loss(test: Row) -> list[Comparison]:
    """What makes a test of after against before a significant loss."""
    return [test.p_value() < LEVEL, test["difference"] < 0]


def place_beside(low: Value, high: Value, limit: Value) -> Decided:
    """Whether an interval lies above a value, below it, or around it: "significantly higher than", and so on."""
    return choose_first_that_holds(
        ("significantly higher than", [low > limit]),
        ("significantly lower than", [high < limit]),
        ("not significantly higher or lower than", [low <= limit, high >= limit]),
    )


@dataclass(frozen=True)
class Count:
    """How many of several rows are as comparisons say, and what shows it."""

    n: Value
    of: Value
    rests_on: list[Comparison]

    def say(self, page: Chapter, some: str, none: str, *, every: str | None = None, **values) -> Markdown:
        """A sentence with the gaps `{n}` and `{of}`; another one for no row, and for all of them if it is given."""
        template = none if self.n == 0 else every if every and self.n == self.of else some
        return page.say(template, n=self.n, of=self.of, rests_on=self.rests_on, **values)


def count(rows: Iterable[Each], holds: Callable[[Each], Sequence[Comparison]], what: str, of: str) -> Count:
    """Count the rows for which all comparisons of `holds` are true; `what` and `of` say what they and all rows are.

    The count rests on the comparisons of the rows counted, where there are none on what keeps each row from it.
    """
    found = [list(holds(row)) for row in rows]
    cells = [each.left for comparisons in found for each in comparisons]
    counted = [comparisons for comparisons in found if all(comparisons)]
    n, all_ = derived(len(counted), cells, f"number of {what}"), derived(len(found), cells, f"number of {of}")
    if not counted:
        failing = [next(each for each in comparisons if not each) for comparisons in found]
        return Count(n, all_, [n == 0, *map(reverse, failing)])
    rests_on = [each for comparisons in counted for each in comparisons]
    return Count(n, all_, [n == all_, *rests_on] if len(counted) == len(found) else rests_on)


def reverse(comparison: Comparison) -> Comparison:
    """The comparison that holds where this one does not."""
    return Comparison(comparison.left, _OPPOSITE[comparison.sign], comparison.right, not comparison)
