"""Whether the heading of a column on the page names the column of the frozen table that is shown below it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from experiments.tables.errors import TableError
from experiments.tables.read import read_sidecar
from experiments.tables.sidecar import Column
from report.checking.passages import Passage
from report.ledger.model import Fact

_WORD = re.compile(r"[a-z][a-z0-9]*")
_ENDINGS = ("ies", "es", "s", "ed", "ing")
_EMPTY = frozenset(
    _WORD.findall(
        "a all an and are as at by each for from in is it its n not of on one or over per that the this to with"
    )
)


def misheaded(passages: Iterable[Passage], listed: Mapping[str, Fact]) -> Iterator[tuple[Passage, str]]:
    """The cells below a heading that names another column of their frozen table than the one they show.

    Names another: the heading shares a word with the name of another column of the same type, and none with the name,
    the meaning, the unit or the row of the one that is shown. Each heading is told once.
    """
    told = set()
    for passage in passages:
        for span in passage.spans:
            fact = listed.get(span.name or "") if span.sort == "fact" and passage.heading else None
            if fact is None or (key := _column(fact)) is None or (passage.label, passage.heading, key) in told:
                continue
            other = _named_instead(passage.heading or "", fact, *key)
            if other is not None:
                told.add((passage.label, passage.heading, key))
                table, column = key
                yield (
                    passage,
                    f"the heading “{passage.heading}” names {other} of {table}, and {column} stands below it",
                )


def words_below(heading: Passage, passages: Iterable[Passage], listed: Mapping[str, Fact]) -> set[str]:
    """What the tables say of each of the values below the heading of a column: stems of words.

    They are those of the names and meanings of all their columns, and of the rows and of how a value comes from them
    those that all values share: what only some rows are called is not what the column is about.
    """
    columns, shared = set[str](), list[set[str]]()
    head = "".join(heading.text.split())
    for passage in passages:
        if passage.label != heading.label or "".join((passage.heading or "").split()) != head:
            continue
        for span in passage.spans:
            if span.sort == "fact" and (fact := listed.get(span.name or "")) is not None:
                own = set(stems(fact.how))
                for origin in fact.origins:
                    column = columns_of(origin.table).get(origin.column)
                    columns.update(stems(origin.column), stems(column.meaning if column else ""))
                    own.update(*map(stems, map(str, origin.row.values())))
                shared.append(own)
    return columns.union(set.intersection(*shared)) if shared else columns


def _column(fact: Fact) -> tuple[str, str] | None:
    """Table and column of a fact that comes from one column."""
    found = {(origin.table, origin.column) for origin in fact.origins}
    one = found.pop() if len(found) == 1 else None
    return None if one is None or one[1].startswith("@") else one


def _named_instead(heading: str, fact: Fact, table: str, name: str) -> str | None:
    columns = columns_of(table)
    own = columns.get(name)
    if own is None:
        return None
    words = stems(heading)
    others = [each.name for each in columns.values() if each.type == own.type and words & stems(each.name)]
    if not others or any(words & stems(text) for text in (own.name, own.meaning, own.unit or "", fact.how)):
        return None
    if any(words & stems(str(value)) for origin in fact.origins for value in origin.row.values()):
        return None
    return others[0]


@lru_cache(maxsize=1024)
def columns_of(table: str) -> dict[str, Column]:
    """The columns of a table by their names; none where the table cannot be read."""
    try:
        return {column.name: column for column in read_sidecar(table).columns}
    except TableError:
        return {}


@lru_cache(maxsize=4096)
def stems(text: str) -> frozenset[str]:
    """The words of a text in lower case, without their endings and without words that say little."""
    return frozenset(map(_stem, _WORD.findall(text.lower().replace("_", " ")))) - _EMPTY


def _stem(word: str) -> str:
    ending = next((each for each in _ENDINGS if word.endswith(each) and len(word) - len(each) >= 3), "")
    return word.removesuffix(ending)
