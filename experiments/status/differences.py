"""Compare two versions of a table cell by cell."""

from collections.abc import Iterator
from typing import NamedTuple

from experiments.tables.canonical import Record, records
from experiments.tables.errors import printable
from experiments.tables.sidecar import Sidecar


class Difference(NamedTuple):
    """One cell, row or header that differs: the line in the file that was found, and what differs."""

    line: int
    what: str


def differences(expected: bytes, found: bytes, sidecar: Sidecar, where: str, word: str) -> Iterator[Difference]:
    """What differs in `found` from `expected`, rows matched by key; `word` says how `expected` came to be: "frozen".

    Raises TableError where `found` is no CSV.
    """
    old_header, *old_rows = records(expected, where)
    new_header, *new_rows = records(found, where)
    names = new_header.fields
    if names != old_header.fields:
        yield Difference(1, f"the header: {_columns(names, old_header.fields, word)}")
        return
    old = {_key(record, names, sidecar): record for record in old_rows}
    added = []
    for record in new_rows:
        before = old.pop(_key(record, names, sidecar), None)
        if before is None:
            added.append(record)
        else:
            yield from _cells(before, record, names, sidecar, word)
    if len(added) == len(old):  # the key itself was changed
        for before, record in zip(old.values(), added, strict=True):
            yield from _cells(before, record, names, sidecar, word)
    else:
        for record in added:
            yield Difference(record.line, f"row {_key(record, names, sidecar)}: not there when {word}")
        for key in old:
            yield Difference(new_rows[-1].line if new_rows else 1, f"row {key}: gone, though there when {word}")
    stayed = not added and not old
    if stayed and [_key(r, names, sidecar) for r in old_rows] != [_key(r, names, sidecar) for r in new_rows]:
        yield Difference(2, f"the rows stand in another order than when {word}")


def _columns(names: tuple[str, ...], before: tuple[str, ...], word: str) -> str:
    """The first column that differs: a header is too long to be compared by eye."""
    for name, was in zip(names, before, strict=False):
        if name != was:
            return f"found column {_shown(name)} where {word} with {_shown(was)}"
    return f"found {len(names)} columns, {word} with {len(before)}"


def _cells(before: Record, record: Record, names: tuple[str, ...], sidecar: Sidecar, word: str) -> Iterator[Difference]:
    key = _key(before, names, sidecar)
    if len(record.fields) != len(names):
        yield Difference(record.line, f"row {key}: {len(record.fields)} fields, {word} with {len(names)}")
        return
    for name, was, now in zip(names, before.fields, record.fields, strict=True):
        if was != now:
            yield Difference(record.line, f"row {key}, column {name}: found {_shown(now)}, {word} {_shown(was)}")


def _key(record: Record, names: tuple[str, ...], sidecar: Sidecar) -> str:
    cells = dict(zip(names, record.fields, strict=False))
    return ", ".join(f"{name}={_shown(cells.get(name, ''))}" for name in sidecar.key)


def _shown(text: str) -> str:
    if text != text.strip():  # what differs may be a space
        return repr(printable(text, 60))
    return printable(text, 60) if text else "nothing"
