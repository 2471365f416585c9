"""Words for what is worked out of several values: a caption that says "means" must not stand over largest values."""

import re
from collections.abc import Iterator, Sequence

from analysis.facts.formatting import listed
from report.ledger.model import Fact

# How the formula of a value begins, the words for it, and further ones that may say it, but may say other things too.
_SAID = {
    "mean of": ("means?|averages?|averaged", ""),
    "sum of": ("sums?", "totals?"),
    "largest of": ("maxim(?:a|ums?)", "largest|highest|longest|most|peaks?|up to"),
    "smallest of": ("minim(?:a|ums?)", "smallest|lowest|shortest|least|fewest"),
}
_BEGINNINGS = tuple(_SAID)


def _any_of(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


_SURE = {formula: _any_of(sure) for formula, (sure, _) in _SAID.items()}
_POSSIBLE = {formula: _any_of("|".join(filter(None, words))) for formula, words in _SAID.items()}


def misaggregated(text: str, facts: Sequence[Fact]) -> Iterator[tuple[int, int, str]]:
    """A word for a mean, a sum or an extreme in a caption, over `facts` that are others: start, end, what is wrong.

    Values that were not worked out here, but stand in their tables as they are, are told by their columns alone.
    """
    said = {formula: found for formula, words in _SURE.items() if (found := words.search(text))}
    worked_out = (fact.how for fact in facts if fact.how.startswith(_BEGINNINGS)) if said else ()
    shown = {next(each for each in _BEGINNINGS if how.startswith(each)) for how in worked_out}
    if shown and not any(_POSSIBLE[formula].search(text) for formula in shown):
        word = next(iter(said.values()))
        what = listed(f"the {formula} several values" for formula in sorted(shown))
        yield word.start(), word.end(), f"“{word[0]}” is said where {what} are shown"
