"""What a check returns: a verdict on some figures, and the sentence that a chapter makes of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.facts import Row, Value, derived
from analysis.facts.formatting import plural
from analysis.sources import Source, in_words

Verdict = Literal["consistent", "inconsistent", "suspicious", "unverifiable"]


@dataclass(frozen=True)
class Result:
    """What a check found on some figures. `template` is a sentence for `page.say`, whose gaps are the `values`."""

    figures: Sequence[Row]
    verdict: Verdict
    template: str
    values: Mapping[str, Value | str]


@dataclass(frozen=True)
class Finding:
    """A result with its check, study and source; `figures` are the identifiers of the figures in question."""

    check: str
    study: str
    source: str
    figures: tuple[str, ...]
    verdict: Verdict
    template: str
    values: Mapping[str, Value | str]


Check = Callable[[Source, Sequence[Row]], Iterator[Result]]
"""A check sees the figures of one source and the reference figures of public data sets.

It yields nothing where the source has no figures of its sort, and `unverifiable` where what it needs beside them is
missing.
"""


def missing(figures: Sequence[Row], why: str) -> Result:
    """What cannot be checked: these figures stand without something that the check needs."""
    count = derived(len(figures), [row["printed"] for row in figures], "number of figures that cannot be checked")
    quantities = ", ".join(dict.fromkeys(in_words(row.cells["quantity"]) for row in figures))
    return Result(
        figures,
        "unverifiable",
        f"Of {{quantities}}, {{count:,}} printed {of_number('figure', len(figures))} cannot be checked: {{why}}.",
        {"quantities": quantities, "count": count, "why": why},
    )


def of_number(noun: str, n: int) -> str:
    """The noun after a number, in the plural but after 1."""
    return noun if n == 1 else plural(noun)


ONE_BOUND = "the other bound is not printed"
UNLIKE = "they are printed in different units"


def unlike_units(figures: Sequence[Row]) -> bool:
    """Whether figures are in units that cannot be compared, such as a fraction and a number without a unit."""
    return len({row.cells["unit"] for row in figures}) > 1
