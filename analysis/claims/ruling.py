"""What a predicate returns: an outcome, and the sentence and values that it rests on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from analysis.facts import Value, View
from analysis.sentences import capitalise
from analysis.sources import Source
from experiments.tables.claims import Test
from experiments.tables.errors import UserError

Outcome = Literal["holds", "fails", "unverifiable"]
Read = Callable[[str], View]
"""Gives a table of this project's own results, measured or computed, and no published figures."""


class ClaimError(UserError):
    """A claim that cannot be evaluated. It is never skipped: a report that drops a claim would seem to confirm it."""


@dataclass(frozen=True)
class Ruling:
    """What was decided and why: `template` is a sentence for `page.say`, whose gaps are the `values`.

    `decided` is None where the claim is open.
    """

    decided: bool | None
    template: str
    values: Mapping[str, Value | str]

    @property
    def outcome(self) -> Outcome:
        """The verdict in a word."""
        return "unverifiable" if self.decided is None else "holds" if self.decided else "fails"


Predicate = Callable[[Test, Source, Read], Ruling]
"""Decides one claim on the figures of its own source."""


@dataclass
class Gaps:
    """The values of a sentence while it is written: `f"it rises to {gap(row['printed'])}"`.

    Words from a table go in as strings, which the chapter escapes.
    """

    values: dict[str, Value | str] = field(default_factory=dict)

    def __call__(self, value: Value | str, spec: str = "") -> str:
        name = f"gap_{len(self.values)}"
        self.values[name] = value
        return f"{{{name}:{spec}}}" if spec else f"{{{name}}}"

    def rule(self, decided: bool | None, template: str) -> Ruling:
        """The ruling with these values; the sentence begins with a capital."""
        first = template[1:].partition("}")[0]
        if template.startswith("{") and isinstance(words := self.values[first.partition(":")[0]], str):
            self.values[first] = capitalise(words)
        return Ruling(decided, capitalise(template), self.values)


def all_hold(decided: list[bool | None]) -> bool | None:
    """Whether all parts of a claim hold: one that fails decides, otherwise one that is open leaves it open."""
    if False in decided:
        return False
    return None if None in decided else True


def percent(share: float) -> str:
    """A bound that the claim names, as a sentence tells it: 0.05 is "5%"."""
    return f"{100 * share:.4g}%"


def according_to(decided: bool | None, holds: str, fails: str, is_open: str) -> str:
    """The phrase for what was decided."""
    return is_open if decided is None else holds if decided else fails
