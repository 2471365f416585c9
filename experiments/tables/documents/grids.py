"""Where in a table a figure stands: its row and its column, by their names, and all cells of a grid by their order."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from experiments.tables.documents.blocks import Blocks
from experiments.tables.documents.prints import Print
from experiments.tables.documents.typography import plain, simple

NAMES = ("method", "model", "split", "dataset", "label", "quantity")


class Cell(NamedTuple):
    """The cell of a table that a figure's fields name, and how: "row Layer 16, column BLEU"."""

    text: str
    name: str


def tables_in(blocks: Blocks, scope: Sequence[int]) -> Iterator[list[tuple[str, ...]]]:
    """The tables of a scope, each as its rows of cells. Where only some rows are in the scope, its head is added."""
    inside = set(scope)
    at = 0
    while at < len(blocks):
        end = at
        while end < len(blocks) and blocks[end].kind == "row":
            end += 1
        rows = [number for number in range(at, end) if blocks[number].text and len(blocks[number].cells) > 1]
        chosen = [number for number in rows if number in inside]
        if chosen:
            head = [] if chosen[0] == rows[0] else [rows[0]]
            yield [tuple(map(plain, blocks[number].cells)) for number in (*head, *chosen)]
        at = max(end, at + 1)


def named_cells(table: Sequence[tuple[str, ...]], about: Mapping[str, object]) -> Cell | None:
    """The cell whose row, or column, or both the fields of a figure name; None where they name neither.

    A name counts where one row (or column) alone has it. With a row or a column alone, all its cells are joined.
    """
    head, rows = table[0], table[1:]
    row, used = _by_layer([cells[0] for cells in rows], about.get("layer")), set()
    column = None if row is not None else _by_layer(head[1:], about.get("layer"))
    for field in NAMES:
        value = about.get(field)
        if not isinstance(value, str):
            continue
        if row is None and (found := _called([cells[0] for cells in rows], value)) is not None:
            row = found
            used.add(field)
        if column is None and field not in used and (found := _called(head[1:], value)) is not None:
            column = found
    if row is None and column is None:
        return None
    chosen = rows if row is None else [rows[row]]
    texts = [cell for cells in chosen for at, cell in enumerate(cells[1:]) if column in (None, at)]
    name = [f"row {rows[row][0].strip()}"] if row is not None else []
    name += [f"column {head[1 + column].strip()}"] if column is not None else []
    return Cell("\n".join(texts), ", ".join(name))


def _by_layer(names: Sequence[str], layer: object) -> int | None:
    """The only one of these names whose only number is that of the layer, where all have one number."""
    numbers = [re.findall(r"\d+", name) for name in names]
    if layer is None or not names or any(len(each) != 1 for each in numbers):
        return None
    found = [at for at, (number,) in enumerate(numbers) if int(number) == layer]
    return found[0] if len(found) == 1 else None


def _called(names: Sequence[str], value: str) -> int | None:
    """The only one of these names that is the value, or else the only one that has it."""
    said = simple(value).replace(" ", "")
    tidy = [simple(name) for name in names]
    same = [at for at, name in enumerate(tidy) if name.replace(" ", "") == said]
    has = [at for at, name in enumerate(tidy) if len(said) > 1 and _has(name, said)]
    found = same or has
    return found[0] if len(found) == 1 else None


def _has(name: str, said: str) -> bool:
    """Whether a name has a value, from the beginning of a word: "training set" has "train"."""
    words = name.split()
    return any("".join(words[at:]).startswith(said) for at in range(len(words)))


_BEFORE = re.compile(r"([^\W\d_][^\n.,;:=()|]*?)\s*[:=]\s*[(`\"']?\Z")


def named_otherwise(text: str, at: int, about: Mapping[str, object], known: Mapping[str, set[str]]) -> str | None:
    """The name before a number ("EM: 26.27%") where it is that of another quantity or method than the figure's.

    `known` are the values that each field has in the study. A quantity is named by its words or by their initials.
    """
    found = _BEFORE.search(text[:at])
    if found is None:
        return None
    label = simple(found[1])
    for field in ("quantity", "method"):
        own, named = about.get(field), {value for value in known.get(field, ()) if _is_named(label, value)}
        if isinstance(own, str) and named and own not in named and not _is_named(label, own):
            return found[1].strip()
    return None


def _is_named(label: str, value: str) -> bool:
    words = simple(value).split()
    said, initials = "".join(words), "".join(word[0] for word in words)
    return (len(said) > 1 and _has(label, said)) or (len(words) > 1 and label == initials)


Matrix = Sequence[Sequence[Print | None]]


def row_out_of_order(matrix: Matrix, tables: Sequence[Sequence[tuple[str, ...]]]) -> int | None:
    """The first row of a grid that does not stand in a table below the rows before it, each with its cells in order.

    None where all do, in the rows of one table, in its columns, or in the rows of all tables one after another.
    """
    ways = [*tables, *(_turned(table) for table in tables), [row for table in tables for row in table]]
    failed = [_first_unfit(matrix, lines) for lines in ways]
    return None if None in failed or not failed else max(failed)


def _first_unfit(matrix: Matrix, lines: Sequence[Sequence[str]]) -> int | None:
    at = 0
    for number, prints in enumerate(matrix):
        wanted = [each for each in prints if each is not None]
        if not wanted:
            continue
        while at < len(lines) and not _in_order(wanted, lines[at]):
            at += 1
        if at == len(lines):
            return number
        at += 1
    return None


def _in_order(prints: Sequence[Print], cells: Sequence[str]) -> bool:
    at = 0
    for each in prints:
        while at < len(cells) and not each.found_in(cells[at], each.printed):
            at += 1
        if at == len(cells):
            return False
        at += 1
    return True


def _turned(table: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    width = max(map(len, table))
    return [tuple(row[at] if at < len(row) else "" for row in table) for at in range(width)]
