"""What the label cells of a foreign file mean: class names, or numbers of classes."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from experiments.adopting.foreign import Foreign
from experiments.tables.errors import UserError, printable

if TYPE_CHECKING:
    import pyarrow as pa

_NUMBER = re.compile(r"[+-]?[0-9]+(\.0*)?")
MOST_LABELS = 100
_SIDES = ("gold", "before", "after")


def name_labels(foreign: Foreign, labels: Sequence[str] | None = None) -> "tuple[pa.Table, list[str]]":
    """The columns id, gold, before and after with the names of the labels, and all labels in order.

    `labels` gives that order, and to numbers their names: the first is that of 0. Without it the labels are those that
    occur as gold, sorted. Raises UserError with the line for a cell that is none of the labels, and where numbers and
    names are mixed.
    """
    import pyarrow as pa

    sides = {side: foreign.columns[side].combine_chunks().dictionary_encode() for side in _SIDES}
    distinct = {side: encoded.dictionary.to_pylist() for side, encoded in sides.items()}
    numbers = _are_numbers(foreign, sides)
    names, hint = _names(foreign, [_tidy(cell, numbers) for cell in distinct["gold"]], labels, numbers)
    named = {"id": foreign.columns["id"]}
    wrong = []
    for order, side in enumerate(_SIDES):
        cells = [_tidy(cell, numbers) for cell in distinct[side]]
        wrong += [(_first(sides[side], i), order, cell) for i, cell in enumerate(cells) if cell not in names]
        named[side] = pa.array([names.get(cell) for cell in cells], pa.string()).take(sides[side].indices)
    if wrong:
        row, order, cell = min(wrong)
        where = f"{foreign.where}:{foreign.line(row)}"
        raise UserError(f"{where}: unknown label {printable(cell)} in {_SIDES[order]}: {hint}")
    return pa.table(named), list(names.values())


def _names(
    foreign: Foreign, gold: Sequence[str], labels: Sequence[str] | None, numbers: bool
) -> tuple[dict[str, str], str]:
    """The name of each label as it stands in the file, and what to say of a label that is none of them."""
    if labels is None:
        found = sorted(set(gold), key=int if numbers else str)
        if len(found) < 2:
            raise UserError(f"{foreign.where}: the only gold label is {printable(*found)}; --labels names all labels")
        if len(found) > MOST_LABELS:
            raise UserError(f"{foreign.where}: gold has {len(found)} different labels; map it to a column of classes")
        return {label: label for label in found}, "it never occurs as gold; --labels names all labels"
    hint = f"--labels names {printable(', '.join(labels))}"
    if numbers and not all(map(_NUMBER.fullmatch, labels)):
        return {str(number): label for number, label in enumerate(labels)}, f"{hint}, the first being 0"
    return {_tidy(label, numbers): label for label in labels}, hint


def _are_numbers(foreign: Foreign, sides: "dict[str, pa.DictionaryArray]") -> bool:
    """Whether all labels are whole numbers; UserError where only some are."""
    found: dict[bool, list[tuple[int, int, str]]] = {True: [], False: []}
    for order, encoded in enumerate(sides.values()):
        kinds: dict[bool, int] = {}
        cells = encoded.dictionary.to_pylist()  # in the order in which they first occur
        for i, cell in enumerate(cells):
            kinds.setdefault(_NUMBER.fullmatch(cell) is not None, i)
        for kind, i in kinds.items():
            found[kind].append((_first(encoded, i), order, cells[i]))
    if found[True] and found[False]:
        (row, order, number), (other_row, other_order, name) = min(found[True]), min(found[False])
        line, other_line = foreign.line(row), foreign.line(other_row)
        raise UserError(
            f"{foreign.where}:{max(line, other_line)}: labels are mixed: {_SIDES[order]} is the number "
            f"{printable(number)} in line {line}, {_SIDES[other_order]} is {printable(name)} in line {other_line}; "
            "use either numbers or names"
        )
    return bool(found[True])


def _first(encoded: "pa.DictionaryArray", number: int) -> int:
    """The first row with the distinct cell of this number."""
    import pyarrow.compute as pc

    return pc.index(encoded.indices, number).as_py()


def _tidy(cell: str, number: bool) -> str:
    """`cell`, or as a plain integer where it is a number: pandas writes 1.0 where a column once had a gap."""
    return str(int(cell.partition(".")[0])) if number else cell
