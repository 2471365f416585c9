"""“At least” and “at most”, against the values and the columns of which they are said."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from report.checking.headings import columns_of
from report.checking.passages import Passage
from report.ledger.model import Fact

BOUND = re.compile(r"\bat\s+(least|most)\b", re.IGNORECASE)
_BEFORE = re.compile(r"\bat (least|most)(?=\s+$)", re.IGNORECASE)
_PHRASE = re.compile(r"(?<!\bnot )\bat (least|most) ([\w.]*\w \w{4,})", re.IGNORECASE)
_TO = re.compile(r"[ \u00a0]?(?:to|–|and)[ \u00a0]?")
_EXTREMES = {"least": "largest of", "most": "smallest of"}
_SIGNS = {"least": (">", ">="), "most": ("<", "<=")}
_OTHER = {"least": "most", "most": "least"}
_AFTER = {"least": r"or more", "most": r"or (?:fewer|less)"}


def meanings_of(facts: Iterable[Fact]) -> str:
    """What the columns mean that these facts come from, in one text."""
    columns = dict.fromkeys((origin.table, origin.column) for fact in facts for origin in fact.origins)
    found = (columns_of(table).get(name) for table, name in columns)
    return ". ".join(column.meaning for column in found if column is not None)


def turned_round(
    passage: Passage, listed: Mapping[str, Fact], meanings: str, relations: Sequence[Mapping[str, Any]] = ()
) -> Iterator[tuple[int, int, str]]:
    """Each “at least” or “at most” that should be the other one, as start, end and what is wrong.

    Before a value, it is told by how the value comes from its table: at least the smallest, at most the largest, unless
    one of the `relations` of the sentence compares something with that value. Before other words, by the meaning of the
    columns that the figure or table shows, `meanings`, where these do not say the same as well.
    """
    for span in passage.spans:
        fact = listed.get(span.name or "") if span.sort == "fact" else None
        found = _BEFORE.search(passage.text, 0, span.start) if fact is not None else None
        if fact is not None and found and fact.how.startswith(_EXTREMES[found[1].lower()]):
            signs = _SIGNS[found[1].lower()]
            if not any(each["right"]["how"] == fact.how and each["sign"] in signs for each in relations):
                extreme = fact.how.partition(" ")[0]
                yield found.start(), found.end(), f"“at {found[1]}” stands before the {extreme} value: {fact.how}"
    for found in _PHRASE.finditer(passage.text) if meanings else ():
        word, other = found[1].lower(), _OTHER[found[1].lower()]
        if _means(other, found[2], meanings) and not _means(word, found[2], meanings):
            yield found.start(), found.end(), f"a column that is shown has at {other} {found[2]} by its meaning"


def ends_turned_round(passage: Passage, listed: Mapping[str, Fact]) -> Iterator[tuple[int, int, str]]:
    """Each “… to …” whose ends are not the lower and the upper bound of one quantity: start, end and what is wrong."""
    facts = [span for span in passage.spans if span.sort == "fact"]
    if len(facts) > 1:
        facts.sort(key=lambda span: span.start)
    for first, second in pairwise(facts):
        if not _TO.fullmatch(passage.text, first.end, second.start):
            continue
        ends = [_end_of(listed.get(span.name or "")) for span in (first, second)]
        if ends[0] is None or ends[1] is None or ends == [(ends[0][0], "lower"), (ends[0][0], "upper")]:
            continue
        said = " to ".join(f"the {side} bound of {'.'.join(quantity)}" for quantity, side in ends)
        yield first.start, second.end, f"the ends of an interval are {said}"


def _end_of(fact: Fact | None) -> tuple[tuple[str, str], str] | None:
    """The quantity of which the value is a bound, by table and column, and which of the two; None if it is none."""
    if fact is None or len(fact.origins) != 1:
        return None
    origin = fact.origins[0]
    column = columns_of(origin.table).get(origin.column)
    if column is None or not (column.lower_bound_of or column.upper_bound_of):
        return None
    if column.lower_bound_of:
        return (origin.table, column.lower_bound_of), "lower"
    return (origin.table, column.upper_bound_of or ""), "upper"


def _means(bound: str, words: str, meanings: str) -> bool:
    """Whether a meaning has at least, or at most, what the words say."""
    words = re.escape(words)
    said = rf"\bat {bound} {words}|\b{words}\b(?: \w+){{0,4}} {_AFTER[bound]}\b"
    return re.search(said, meanings, re.IGNORECASE) is not None
