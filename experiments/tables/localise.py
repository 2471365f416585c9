"""Find the cells that were changed by hand, from the digests of rows and columns that the sidecar keeps."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from experiments.tables.canonical import Record, records
from experiments.tables.digest import SHORT, sha256_bytes
from experiments.tables.errors import printable
from experiments.tables.sidecar import Sidecar


class Suspect(NamedTuple):
    """Something in the CSV that is not as it was frozen: its line, and what it is in words."""

    line: int
    what: str


def row_digests(data: bytes) -> tuple[str, ...]:
    """The short digest of the text of each row, in order."""
    return tuple(_row_digest(record) for record in list(records(data, "table"))[1:])


def column_digests(data: bytes, names: Sequence[str]) -> dict[str, str]:
    """The digest of the text of each column."""
    return _column_digests(list(records(data, "table"))[1:], names)


def suspects(data: bytes, sidecar: Sidecar, where: str) -> list[Suspect]:
    """What differs from the frozen table: cells where they can be told, else rows. TableError where `data` is no CSV.

    One changed row, or one changed column, names its cells exactly. Changes in several rows and several columns at once
    leave every crossing of them suspect, and each row is named with all those columns.
    """
    header, *found = records(data, where)
    names = [column.name for column in sidecar.columns]
    if list(header.fields) != names:
        return [Suspect(1, "the header was changed after the table was frozen")]
    uneven = [record for record in found if len(record.fields) != len(names)]
    if uneven:
        return [Suspect(record.line, f"{len(record.fields)} fields instead of {len(names)}") for record in uneven]
    now = _column_digests(found, names)
    columns = _columns([name for name in names if now[name] != sidecar.digests.columns[name]])
    matcher = SequenceMatcher(None, sidecar.digests.rows, [_row_digest(record) for record in found], autojunk=False)
    differing: list[Suspect] = []
    for operation, old_start, old_end, start, end in matcher.get_opcodes():
        shown = [(record.line, _row_name(record, names, sidecar.key)) for record in found[start:end]]
        gone = old_end - old_start - len(shown)
        if operation == "replace" and gone == 0:
            differing += [Suspect(line, f"{row}, {columns}: changed after it was frozen") for line, row in shown]
        elif operation != "equal":
            differing += [Suspect(line, f"{row} was added or edited after the table was frozen") for line, row in shown]
            if gone > 0:
                rows = "1 row that stood before this line is" if gone == 1 else f"{gone} rows that stood here are"
                differing.append(Suspect(_line_of(found, start), f"{rows} gone"))
    return differing


def _line_of(found: list[Record], index: int) -> int:
    """The line of a row, or the one after the last."""
    return found[index].line if index < len(found) else (found[-1].line + 1 if found else 2)


def _columns(names: list[str]) -> str:
    return f"column {' or '.join(names)}" if names else "some column"


def _row_name(record: Record, names: Sequence[str], key: Sequence[str]) -> str:
    shown = [f"{name}={printable(record.fields[names.index(name)])}" for name in key]
    return f"row {', '.join(shown)}"


def _row_digest(record: Record) -> str:
    return sha256_bytes(",".join(record.fields).encode())[:SHORT]


def _column_digests(found: list[Record], names: Sequence[str]) -> dict[str, str]:
    return {
        name: sha256_bytes("\n".join(record.fields[index] for record in found).encode())
        for index, name in enumerate(names)
    }
