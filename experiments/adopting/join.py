"""Two files of predictions about the same examples, joined by the ids of the examples."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from experiments.adopting.foreign import GOLD, ID, Foreign
from experiments.tables.errors import UserError, printable

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Examples:
    """The columns id, gold and one for each side; `origin` gives the file of a cell, and its row there."""

    columns: "pa.Table"
    files: tuple[Foreign, ...]
    origin: Callable[[str, int], tuple[Foreign, int]]
    notes: tuple[str, ...]

    def at(self, column: str, row: int) -> str:
        """File and line of a cell, for a message."""
        foreign, its_row = self.origin(column, row)
        return foreign.file.at(its_row)

    def why_missing(self, column: str, row: int) -> str:
        """What stands in a cell that was read as missing, for a message."""
        foreign, its_row = self.origin(column, row)
        return foreign.why_missing(column, its_row)


def of_one_file(foreign: Foreign) -> Examples:
    """The examples of a file that has everything."""
    return Examples(foreign.columns, (foreign,), lambda column, row: (foreign, row), foreign.notes)


def join(before: Foreign, after: Foreign, gold: str) -> Examples:
    """The examples of both files, in the order of the first.

    Gold labels, in the column `gold`, may stand in either. Raises UserError with the line of an example that the other
    file lacks, of two gold labels that differ, and where neither file has gold labels.
    """
    import pyarrow.compute as pc

    before, after = _without_zeros(before, after), _without_zeros(after, before)
    _check_same(before, after)
    _check_same(after, before)
    order = pc.index_in(before.columns[ID], after.columns[ID].combine_chunks())
    others = after.columns.take(order)
    row_after = order.to_pylist()
    joined = before.columns
    for name in others.column_names:
        if name == GOLD and GOLD in joined.column_names:
            _check_gold(before, after, others[GOLD], row_after)
        elif name != ID:
            joined = joined.append_column(name, others[name])
    if GOLD not in joined.column_names:
        raise UserError(f"{before.file.where}, {after.file.where}: neither has the column {printable(gold)} (gold)")

    def origin(column: str, row: int) -> tuple[Foreign, int]:
        return (before, row) if column in before.columns.column_names else (after, row_after[row])

    notes = [f"{each.file.where}: {note}" for each in (before, after) for note in each.notes]
    return Examples(joined, (before, after), origin, tuple(notes))


def _without_zeros(one: Foreign, other: Foreign) -> Foreign:
    """Ids as the other file has them, where pandas made 7.0 of 7 in this one alone, as it does beside an empty cell."""
    import pyarrow.compute as pc

    zeros, others = (pc.match_substring_regex(each.columns[ID], r"^[0-9]+\.0$") for each in (one, other))
    if not pc.all(zeros).as_py() or pc.any(others).as_py():
        return one
    ids = pc.replace_substring_regex(one.columns[ID], r"\.0$", "")
    columns = one.columns.set_column(one.columns.column_names.index(ID), ID, ids)
    return replace(one, columns=columns, notes=(*one.notes, "ids such as 7.0 were read as 7"))


def _check_same(one: Foreign, other: Foreign) -> None:
    import pyarrow.compute as pc

    missing = pc.invert(pc.is_in(one.columns[ID], other.columns[ID].combine_chunks()))
    if n := pc.sum(missing).as_py():
        row = pc.index(missing, True).as_py()
        name = printable(one.columns[ID][row].as_py())
        more = f" ({n} such examples in all)" if n > 1 else ""
        raise UserError(f"{one.file.at(row)}: the id {name} is not in {other.file.where}{more}")


def _check_gold(before: Foreign, after: Foreign, gold: "pa.ChunkedArray", row_after: Sequence[int]) -> None:
    import pyarrow.compute as pc

    differ = pc.not_equal(before.columns[GOLD], gold)
    if pc.any(differ).as_py():
        row = pc.index(differ, True).as_py()
        one, other = printable(before.columns[GOLD][row].as_py()), printable(gold[row].as_py())
        raise UserError(f"{before.file.at(row)}: gold is {one}, but {other} in {after.file.at(row_after[row])}")
