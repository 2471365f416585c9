"""Claims of the source reports, tried on models of our own.

Whether a claim holds of our models is another question than whether the source's own numbers bear it out, and has
another answer: no trial changes a `Verdict`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from analysis.facts import PValue, Value, View

Read = Callable[[str], View]
"""From a table id to its rows: `page.table` in a chapter."""

TrialOutcome = Literal["holds", "fails", "open"]


@dataclass(frozen=True)
class Trial:
    """A claim tried on one model, or one pair of models, in one setting.

    `open` is what no test decides at its level. `template` is a sentence for `page.claim`, whose gaps are the `values`
    and the `p_values`. `caveat` says what keeps even a clear outcome from telling
    anything about layers, such as that it is held against a state that is the same for all examples.
    """

    models: tuple[Value, ...]
    setting: str
    outcome: TrialOutcome
    template: str
    values: Mapping[str, Value]
    p_values: Mapping[str, PValue]
    caveat: str = ""

    @property
    def subject(self) -> str:
        """The models in one word."""
        return ".".join(str(model.data) for model in self.models)


Attempt = Callable[[Read], list[Trial]]
"""Tries one claim on all models, from the frozen tables that it reads."""


@dataclass(frozen=True)
class Tried:
    """A claim with all its trials."""

    claim: str
    statement: Value
    trials: tuple[Trial, ...]


def outcome_of(decided: bool | None) -> TrialOutcome:
    """`holds` for True, `fails` for False, `open` for None."""
    return "open" if decided is None else "holds" if decided else "fails"
