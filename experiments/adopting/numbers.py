"""Numbers in foreign files: targets of a regression, and the probabilities of classes."""

import math
import re
from collections.abc import Mapping, Sequence

from experiments.adopting.foreign import GOLD, ID, read_cell
from experiments.adopting.join import Examples
from experiments.adopting.labels import Labelled
from experiments.tables.errors import UserError, printable

_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")  # in quotes between commas: of either mark


LARGEST = 1e100
"""Of a regression: the sums of the squares of larger numbers, and the squares of these sums, can be infinite."""


def read_values(examples: Examples, sides: Sequence[str], no_gold: Sequence[str] | None) -> Labelled:
    """The gold values and predictions of a regression, as the shortest decimals that read back the same.

    Rows without a gold value are left out and counted. Raises UserError with the line for a cell that is no number, or
    too large to be squared.
    """
    import pyarrow as pa

    gold = examples.columns[GOLD].to_pylist()
    nothing = set(map(read_cell, no_gold)) if no_gold is not None else {"", "-"}
    kept = [row for row, cell in enumerate(gold) if cell not in nothing]
    left_out = {cell: gold.count(cell) for cell in dict.fromkeys(gold) if cell in nothing}
    if not kept:
        raise UserError(f"{examples.files[0].file.where}: no row has a gold value")
    found = {ID: examples.columns[ID].take(kept)}
    for name in (GOLD, *sides):
        cells = examples.columns[name].to_pylist()
        found[name] = pa.array([_value(examples, name, row, cells[row]) for row in kept], pa.string())
    notes = [f"{n} rows whose gold value is {printable(cell) or 'missing'}: left out" for cell, n in left_out.items()]
    return Labelled(pa.table(found), (), left_out, {}, tuple(notes))


def _value(examples: Examples, name: str, row: int, cell: str) -> str:
    found = _number(examples, name, row, cell)
    if abs(float(found)) > LARGEST:
        what = f"{name} is {printable(cell)}, and errors beyond {LARGEST:g} cannot be squared and added up"
        raise UserError(f"{examples.at(name, row)}: {what}; correct it, or give all values in a larger unit")
    return found


def _number(examples: Examples, name: str, row: int, cell: str) -> str:
    decimal = cell.replace(",", ".") if cell.count(",") == 1 and "." not in cell else cell
    if _THOUSANDS.fullmatch(cell) and any(each.file.delimiter == "," for each in examples.files):
        what = f"{name} is {cell}, which can be {cell.replace(',', '')} or {decimal}; write it without the comma"
        raise UserError(f"{examples.at(name, row)}: {what}")
    try:
        value = float(decimal) if "_" not in decimal else math.nan  # Python alone takes 1_000 for a number
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        missing = None if cell else printable(examples.why_missing(name, row))
        what = f"{name} is missing ({missing})" if missing else f"{name} is no number: {printable(cell)}"
        raise UserError(f"{examples.at(name, row)}: {what}")
    return repr(value)


def choose_likeliest(
    examples: Examples, columns: Mapping[str, Sequence[str]], labels: Sequence[str]
) -> tuple[Examples, dict[str, list[list[float]]]]:
    """The examples with a column of labels for each side that has probabilities, and these (n, labels) by side.

    `columns` names the columns of a side in the order of the labels; a single one is the probability of the second of
    two. The likeliest label is predicted, the first of several. Raises UserError where there are more or fewer columns
    than labels, and with the line for what is no probability.
    """
    import pyarrow as pa

    chosen, probabilities = {}, {}
    for side, names in columns.items():
        if len(names) != len(labels) and (len(names), len(labels)) != (1, 2):
            what = f"{side} has {len(names)} columns, but --labels names {len(labels)} labels"
            raise UserError(f"--probabilities: {what}; name a column for each, in their order")
        each = [_probabilities(examples, name) for name in names]
        rows = [[1 - p, p] for p in each[0]] if len(each) == 1 else list(map(list, zip(*each, strict=True)))
        for row, values in enumerate(rows):
            if abs(sum(values) - 1) > 0.02:
                total = f"{sum(values):.3f}"
                raise UserError(f"{examples.at(names[0], row)}: the probabilities of {side} add up to {total}, not 1")
        probabilities[side] = rows
        likeliest = [labels[max(range(len(values)), key=values.__getitem__)] for values in rows]
        chosen[side] = pa.array(likeliest, pa.string())
    table = examples.columns.drop_columns(sorted({name for names in columns.values() for name in names}))
    for side, predicted in chosen.items():
        table = table.append_column(side, predicted)
    return Examples(table, examples.files, examples.origin, examples.notes), probabilities


def _probabilities(examples: Examples, name: str) -> list[float]:
    found = []
    for row, cell in enumerate(examples.columns[name].to_pylist()):
        value = float(_number(examples, name, row, cell))
        if not 0 <= value <= 1:
            raise UserError(f"{examples.at(name, row)}: {printable(cell)} is no probability: it lies outside 0 to 1")
        found.append(value)
    return found
