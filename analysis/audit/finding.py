"""What a check returns: a verdict on some figures, and the sentence that a chapter makes of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from analysis.facts import Value, View

Read = Callable[[str], View]
"""From a table id to all its rows: `page.table` in a chapter."""

Verdict = Literal["consistent", "inconsistent", "suspicious", "unverifiable"]


@dataclass(frozen=True)
class Finding:
    """One result of one check.

    `figures` are the identifiers of the figures in question, `template` is a sentence for `page.say` whose gaps are the
    `values`, each of which knows the cells that it came from.
    """

    check: str
    source: str
    figures: tuple[str, ...]
    verdict: Verdict
    template: str
    values: Mapping[str, Value]


Check = Callable[[Read], Iterator[Finding]]
"""A check reads what it needs and yields its findings; it yields nothing where it does not apply."""
