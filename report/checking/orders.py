"""Which rows stand first in a figure or a table: before and after, exchanged in its code, change no column.

The record of columns keeps the pairs of rows that follow on each other and differ in a key: of the two marks of one
name in a figure, of neighbouring columns of a table. Where a pair stands the other way round, and no longer as it was
accepted, the check says so. Which rows there are follows from the tables, and is no matter.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from report.checking.columns import ORDER, Place
from report.checking.passages import Passage
from report.ledger.model import Fact

Row = Mapping[str, str]
"""The keys of a row that are words."""


def orders_of(
    passages: Iterable[Passage], listed: Mapping[str, Fact], drawn: Iterable[Mapping[str, Any]]
) -> dict[str, Place]:
    """The pairs of rows in the figures and tables of a chapter; `drawn` are the lines of its figures in its log."""
    found: dict[str, Place] = {}
    for line in drawn:
        for one, other in _pairs_drawn(line, listed):
            _add(found, line["label"], one, other)
    for label, columns in _columns(passages, listed).items():
        for one, other in pairwise(columns):
            _add(found, label, one, other)
    return found


def exchanged(places: Mapping[str, Place], before: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Each pair that stands the other way round than it was accepted: the label of where, and what is wrong."""
    for words, place in places.items():
        if not words.endswith(ORDER):
            continue
        for pair in place.columns:
            key, _, values = pair.partition(": ")
            turned = f"{key}: {' | '.join(reversed(values.split(' | ')))}"
            if turned in before.get(words, ()) and pair not in before[words] and turned not in place.columns:
                label = words.removesuffix(ORDER).strip()
                first, second = values.split(" | ")
                message = f"{label} shows {key} {first} before {second}, and showed {second} before {first}"
                yield label, f"{message} when it was accepted; if that is meant, `report accept`"


def _add(found: dict[str, Place], label: str, one: Row, other: Row) -> None:
    for key in one.keys() & other.keys():
        if one[key] != other[key]:
            found.setdefault(f"{label} {ORDER}", Place(label=label)).columns[f"{key}: {one[key]} | {other[key]}"] = None


def _pairs_drawn(line: Mapping[str, Any], listed: Mapping[str, Fact]) -> Iterator[tuple[Row, Row]]:
    """The rows of each two marks that have one name and stand for one value each, in their order."""
    named: dict[tuple[str, str], list[str]] = {}
    for mark in line["marks"]:
        if mark["role"] == "point" and len(mark["places"]) == 1:
            ends = [end for end in mark["places"][0] if end is not None]
            named.setdefault((mark["axes"], mark["name"]), []).extend(ends[:1])
    for facts in named.values():
        if len(facts) == 2 and all(fact in listed for fact in facts):
            yield _row(listed[facts[0]]), _row(listed[facts[1]])


def _columns(passages: Iterable[Passage], listed: Mapping[str, Fact]) -> dict[str, list[Row]]:
    """Of each table what all rows of a column have in common, column by column.

    What a single row shows first may follow from its numbers, and is left out.
    """
    shared: dict[tuple[str, str], dict[str, str]] = {}
    several: dict[tuple[str, str], bool] = {}
    for passage in passages:
        if not (passage.heading and passage.label):
            continue
        place = passage.label, passage.heading
        for span in passage.spans:
            fact = listed.get(span.name or "") if span.sort == "fact" else None
            if fact is not None and fact.origins:
                if (common := shared.get(place)) is None:
                    shared[place] = _row(fact)
                    continue
                several[place] = True
                if common:
                    row = fact.origins[0].row
                    for key in [key for key in common if row.get(key) != common[key]]:
                        del common[key]
    found: dict[str, list[Row]] = {}
    for label, heading in several:
        found.setdefault(label, []).append(shared[label, heading])
    return found


def _row(fact: Fact) -> dict[str, str]:
    row = fact.origins[0].row if fact.origins else {}
    return {key: value for key, value in row.items() if isinstance(value, str)}
