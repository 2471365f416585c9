"""Relations between the columns of a table, as a study declares them: `total = base + head`, `trainable <= total`.

An expression has names of columns, numbers, `+ - * /` and parentheses, and one of `= != < <= > >=` between two of them.
It is worked out row by row on what each cell can stand for: a column of four decimals is known to half a unit of the
fourth, so that a sum of rounded numbers is no contradiction. Rows in which a cell is missing are passed over.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple, Self

from pydantic import Field, model_validator

from experiments.tables.cells import Cell
from experiments.tables.closed import Closed
from experiments.tables.sidecar import Column, ColumnName, Name


class Span(NamedTuple):
    """Everything that a rounded number can be."""

    low: float
    high: float


_EXACT = 1e-12
"""Share of a number by which its shortest exact form may miss it after a few steps of arithmetic."""


def span(value: float, column: Column) -> Span:
    """What a cell can stand for, by the decimals of its column."""
    half = 0.5 * 10.0**-column.decimals if column.decimals is not None else abs(value) * _EXACT
    return Span(value - half * (1 + 1e-9), value + half * (1 + 1e-9))


class Relation(Closed):
    """What holds in each row of a table (`holds`), or of the columns whose total one row has (`sums` and `total`)."""

    table: Name = Field(description="name of a table of the study")
    holds: str | None = Field(None, min_length=3, description="such as total = base + head, or trainable <= total")
    where: dict[ColumnName, str | int | float | bool] = Field({}, description="only rows with these cells")
    sums: tuple[ColumnName, ...] = Field((), description="columns in which one row is the sum of the others")
    total: dict[ColumnName, str | int] = Field({}, description="the cell that marks that row, such as component: total")

    @model_validator(mode="after")
    def _check_one_of_two(self) -> Self:
        if (self.holds is None) == (not self.sums) or bool(self.sums) != bool(self.total):
            raise ValueError("a relation has `holds`, or `sums` with `total`")
        if len(self.total) > 1:
            raise ValueError("`total` names one column, such as component: total")
        if self.holds is not None:
            _ = self.expression
        return self

    @cached_property
    def expression(self) -> "Expression":
        """`holds`, understood. Raises ValueError where it is no relation of columns."""
        return Expression(self.holds or "")

    @property
    def columns(self) -> set[str]:
        """The columns that it speaks of."""
        return {*self.where, *self.sums, *self.total, *(self.expression.columns if self.holds else ())}


_COMPARES: dict[type[ast.cmpop], Callable[[Span, Span], bool]] = {
    ast.Eq: lambda a, b: a.low <= b.high and b.low <= a.high,
    ast.NotEq: lambda a, b: not a.low == a.high == b.low == b.high,
    ast.Lt: lambda a, b: a.low < b.high,
    ast.LtE: lambda a, b: a.low <= b.high,
    ast.Gt: lambda a, b: a.high > b.low,
    ast.GtE: lambda a, b: a.high >= b.low,
}
_STEPS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}


class Expression:
    """One relation. Raises ValueError for anything but the arithmetic above."""

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            tree = ast.parse(re.sub(r"(?<![<>=!])=(?!=)", "==", text), mode="eval").body
        except (SyntaxError, ValueError, RecursionError):
            raise ValueError(f"{text!r} is no relation such as total = base + head") from None
        if not isinstance(tree, ast.Compare) or len(tree.ops) != 1 or type(tree.ops[0]) not in _COMPARES:
            raise ValueError(f"{text!r} has not one of = != < <= > >= between two sides")
        self._left, self._right, self._compares = tree.left, tree.comparators[0], _COMPARES[type(tree.ops[0])]
        self.columns = {*_names(self._left, text), *_names(self._right, text)}

    def broken_by(self, row: Mapping[str, Cell], columns: Mapping[str, Column]) -> tuple[float, float] | None:
        """The two sides in a row where the relation does not hold; None where it does, or a cell is missing."""
        cells = {name: row[name] for name in self.columns}
        if any(not isinstance(cell, int | float) for cell in cells.values()):
            return None
        known = {name: span(float(cell), columns[name]) for name, cell in cells.items()}
        try:
            left, right = _worked_out(self._left, known), _worked_out(self._right, known)
        except ZeroDivisionError:
            return None
        return None if self._compares(left, right) else (sum(left) / 2, sum(right) / 2)


def _names(node: ast.expr, text: str) -> Iterator[str]:
    if isinstance(node, ast.BinOp) and type(node.op) in _STEPS:
        yield from _names(node.left, text)
        yield from _names(node.right, text)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield from _names(node.operand, text)
    elif isinstance(node, ast.Name):
        yield node.id
    elif not (isinstance(node, ast.Constant) and type(node.value) in (int, float)):
        raise ValueError(f"{text!r}: {ast.unparse(node)} is no column, number, or + - * / of these")


def _worked_out(node: ast.expr, known: Mapping[str, Span]) -> Span:
    if isinstance(node, ast.Name):
        return known[node.id]
    if isinstance(node, ast.Constant):
        return Span(float(node.value), float(node.value))
    if isinstance(node, ast.UnaryOp):
        found = _worked_out(node.operand, known)
        return Span(-found.high, -found.low)
    left, right = _worked_out(node.left, known), _worked_out(node.right, known)
    if isinstance(node.op, ast.Div) and right.low <= 0 <= right.high:
        raise ZeroDivisionError
    step = _STEPS[type(node.op)]
    if isinstance(node.op, ast.Sub):
        return Span(left.low - right.high, left.high - right.low)
    ends = [step(a, b) for a in left for b in right]
    return Span(min(ends), max(ends))
