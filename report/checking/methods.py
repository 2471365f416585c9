"""Names of tests and corrections beside p-values: they must be those by which the p-value was worked out."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import yaml

from analysis.facts.formatting import listed
from analysis.facts.read_once import read_once
from report.checking.headings import columns_of
from report.checking.lexicon import alternatives, sentence_bounds
from report.checking.passages import Passage
from report.ledger.model import Fact, Origin, PValue

Sort = Literal["tests", "corrections"]
_P_VALUE = re.compile(r"p|p_\w+|\w+_p")


def is_p_value(fact: Fact) -> bool:
    """Whether a fact is a p-value, by its type or by the columns that it comes from."""
    if isinstance(fact.value, PValue):
        return True
    first = fact.origins[0].column if fact.origins else ""
    return "p" in (first[:1], first[-1:]) and all(_P_VALUE.fullmatch(origin.column) for origin in fact.origins)


class _Named(NamedTuple):
    """A name of a test or of a correction in a text."""

    start: int
    end: int
    sort: Sort
    meant: str


def misnamed_methods(passage: Passage, beside: Callable[[int, int], Iterable[Fact]]) -> Iterator[tuple[int, int, str]]:
    """Each name of a test or correction that is not that of the p-values beside it: start, end and what is wrong.

    `beside` gives the facts of a sentence, by its start and end, or all of the figure or table that a caption is of.
    """
    for name in _names(passage.text):
        facts = beside(*sentence_bounds(passage.text, name.start, name.end))
        known = [_method_of(fact, name.sort) for fact in facts if is_p_value(fact) and fact.value is not None]
        if known and all(known) and not any(name.meant in each for each in known):
            really = listed(sorted(frozenset.union(*known)))
            yield name.start, name.end, f"the p-value beside it is by {really}, not by {name.meant}"


def _method_of(fact: Fact, sort: Sort) -> frozenset[str]:
    """What the test or the correction of a p-value may be called."""
    texts = _texts_of_test(fact) if sort == "tests" else _texts_of_correction(fact)
    found = (frozenset(name.meant for name in _names(text) if name.sort == sort) for text in texts)
    return next(filter(None, found), frozenset())


def _texts_of_test(fact: Fact) -> Iterator[str]:
    """Where the test of a p-value is named, the most certain place first."""
    if isinstance(fact.value, PValue):
        yield fact.value.test
    yield " ".join(map(_test_of_row, fact.origins))
    yield " ".join(origin.column.replace("_", " ") for origin in fact.origins)
    yield " ".join(_meaning(each.table, name) for each in fact.origins for name in (each.column, *_uncorrected(each)))
    columns = (column for table in {origin.table for origin in fact.origins} for column in columns_of(table).values())
    yield " ".join(column.meaning for column in columns)


def _texts_of_correction(fact: Fact) -> Iterator[str]:
    if isinstance(fact.value, PValue):
        yield fact.value.correction or ""
    yield " ".join(origin.column.replace("_", " ") for origin in fact.origins)
    yield " ".join(_meaning(origin.table, origin.column) for origin in fact.origins)


def _meaning(table: str, name: str) -> str:
    """What a column is said to mean; nothing of one that is not there."""
    column = columns_of(table).get(name)
    return column.meaning if column is not None else ""


def _uncorrected(origin: Origin) -> tuple[str, ...]:
    """What the column may be called of which a cell's column has the corrected p-values."""
    base = origin.column.removesuffix("_holm")
    return (base, f"{base}_value") if base != origin.column else ()


def _test_of_row(origin: Origin) -> str:
    """What the row of a p-value says of its test, in a table that has a column for it."""
    if "test" in origin.row:
        return str(origin.row["test"])
    if "test" not in columns_of(origin.table):
        return ""
    rows = read_once(origin.table).rows
    row: Mapping = next((row for row in rows if all(row.get(name) == value for name, value in origin.row.items())), {})
    return str(row.get("test") or "")


def _names(text: str) -> Iterator[_Named]:
    meant, pattern = _called()
    for match in pattern.finditer(text):
        sort, name = meant[_key(match[0])]
        yield _Named(match.start(), match.end(), sort, name)


def _key(text: str) -> str:
    return re.sub(r"[\s‐‑–-]+", " ", text.lower())


@cache
def _called() -> tuple[dict[str, tuple[Sort, str]], re.Pattern[str]]:
    """What each name means, and a pattern of all."""
    names = yaml.load((Path(__file__).parent / "methods.yaml").read_text("utf-8"), yaml.CSafeLoader)
    meant = {
        _key(name): (sort, what) for sort, groups in names.items() for what, called in groups.items() for name in called
    }

    def written(part: str) -> str:
        return re.escape(part).replace(r"\ ", r"[\s‐‑–-]+")

    return meant, re.compile(rf"(?<!\w)(?:{alternatives(meant, written)})(?!\w)", re.IGNORECASE)
