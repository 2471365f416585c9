"""Words for what is worked out of several values: a caption that says "means" must not stand over largest values."""

import re
from collections.abc import Iterable, Iterator

from analysis.facts.formatting import listed
from report.checking.passages import Passage
from report.ledger.model import Fact

# How the formula of a value begins, and the words for it.
_SAID = {
    "mean of": "means?|averages?|averaged",
    "sum of": "sums?|totals?",
    "largest of": "maxim(?:a|ums?)|largest|highest|longest|most|peaks?|up to",
    "smallest of": "minim(?:a|ums?)|smallest|lowest|shortest|least|fewest",
}
_WORDS = {formula: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for formula, words in _SAID.items()}
_BEGINNINGS = tuple(_SAID)
_LABELLED = frozenset({"caption", "alternative text"})


class Aggregates:
    """What of a book's figures and tables was worked out of several values, and how."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._shown: dict[tuple[str, str | None], set[str]] = {}
        for fact in facts:
            if fact.how.startswith(_BEGINNINGS) and fact.label:
                formula = next(each for each in _BEGINNINGS if fact.how.startswith(each))
                self._shown.setdefault((fact.chapter, fact.label), set()).add(formula)

    def misnamed(self, passage: Passage, chapter: str) -> Iterator[tuple[int, int, str]]:
        """A word for a mean, a sum or an extreme over a figure or table that shows others: start, end, what is wrong.

        One whose values were not worked out here, but stand in its tables as they are, is told by its columns alone.
        """
        shown = self._shown.get((chapter, passage.label)) if passage.place in _LABELLED else None
        if not shown:
            return
        said = {formula: found for formula, words in _WORDS.items() if (found := words.search(passage.text))}
        if said and shown.isdisjoint(said):
            word = next(iter(said.values()))
            what = listed(f"the {formula} several values" for formula in sorted(shown))
            yield word.start(), word.end(), f"“{word[0]}” is said where {what} are shown"
