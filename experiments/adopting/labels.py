"""What the label cells of a foreign file mean: class names, or numbers of classes."""

import re
from collections.abc import Iterator, Sequence

from experiments.adopting.foreign import Foreign
from experiments.metrics.classification_tables import Example
from experiments.tables.errors import UserError, printable

_NUMBER = re.compile(r"[+-]?[0-9]+(\.0*)?")
MOST_LABELS = 100
_SIDES = ("gold", "before", "after")


def to_examples(foreign: Foreign, labels: Sequence[str] | None = None) -> tuple[list[Example], list[str]]:
    """The rows as examples, and all their labels in order.

    `labels` gives that order, and to numbers their names: the first is that of 0. Without it the labels are those that
    occur as gold, sorted. Raises UserError with the line for a cell that is none of the labels, and where numbers and
    names are mixed.
    """
    numbers = _are_numbers(foreign)
    cells = {(row.line, side): _tidy(row.cells[side], numbers) for row in foreign.rows for side in _SIDES}
    if labels is None:
        gold = {cells[row.line, "gold"] for row in foreign.rows}
        named = {label: label for label in sorted(gold, key=int if numbers else str)}
        hint = "it never occurs as gold; --labels names all labels"
        if len(named) < 2:
            raise UserError(f"{foreign.where}: the only gold label is {printable(*named)}; --labels names all labels")
        if len(named) > MOST_LABELS:
            raise UserError(f"{foreign.where}: gold has {len(named)} different labels; map it to a column of classes")
    elif numbers and not all(map(_NUMBER.fullmatch, labels)):
        named = {str(number): label for number, label in enumerate(labels)}
        hint = f"--labels names {printable(', '.join(labels))}, the first being 0"
    else:
        named = {_tidy(label, numbers): label for label in labels}
        hint = f"--labels names {printable(', '.join(labels))}"
    for (line, side), cell in cells.items():
        if cell not in named:
            raise UserError(f"{foreign.where}:{line}: unknown label {printable(cell)} in {side}: {hint}")
    examples = [Example(row.cells["id"], *(named[cells[row.line, side]] for side in _SIDES)) for row in foreign.rows]
    return examples, list(named.values())


def _are_numbers(foreign: Foreign) -> bool:
    """Whether all labels are whole numbers; UserError where only some are."""
    found: dict[bool, tuple[int, str, str]] = {}
    for line, side, cell in _cells(foreign):
        found.setdefault(_NUMBER.fullmatch(cell) is not None, (line, side, cell))
    if len(found) == 2:
        (line, side, number), (other_line, other_side, name) = found[True], found[False]
        raise UserError(
            f"{foreign.where}:{max(line, other_line)}: labels are mixed: {side} is the number {printable(number)} in "
            f"line {line}, {other_side} is {printable(name)} in line {other_line}; use either numbers or names"
        )
    return True in found


def _cells(foreign: Foreign) -> Iterator[tuple[int, str, str]]:
    for line, cells in foreign.rows:
        for side in _SIDES:
            yield line, side, cells[side]


def _tidy(cell: str, number: bool) -> str:
    """`cell`, or as a plain integer where it is a number: pandas writes 1.0 where a column once had a gap."""
    return str(int(cell.partition(".")[0])) if number else cell
