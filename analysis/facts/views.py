"""Frozen tables as chapters read them: rows and columns of `Value`s."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from types import FunctionType
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from analysis.facts.errors import FactError
from analysis.facts.estimates import Interval, PValue, interval_of, p_value_of
from analysis.facts.origins import Data, Kind, Origin
from analysis.facts.values import Value
from experiments.statistics.level import CONFIDENCE, CONFIDENCE_TEXT

if TYPE_CHECKING:
    from experiments.tables.read import FrozenTable

_BOUND = re.compile("^(lower|upper) bound of (its|the) ")

Condition = Data | Collection[Any] | Callable[[Any], bool]


@dataclass(frozen=True, eq=False)
class Row:
    """One row: `row["column"]` is a Value. `row.key` are its key columns as bare data."""

    table: "FrozenTable"
    cells: dict[str, Data]

    @property
    def key(self) -> dict[str, Data]:
        return {name: self.cells[name] for name in self.table.sidecar.key}

    @cached_property
    def _values(self) -> dict[str, Value]:
        """The cells that were asked for, which chapters do many times."""
        return {}

    def __getitem__(self, column: str) -> Value:
        if column not in self._values:
            self._values[column] = self._value(column)
        return self._values[column]

    def _value(self, column: str) -> Value:
        check_column(self.table, column)
        described = self.table.sidecar.column(column)
        kind = described.kind or self.table.sidecar.kind
        origin = Origin(self.table.id, tuple(self.key.items()), column, self.table.digest, kind)
        return Value(self.cells[column], origin.kind, described.unit, (origin,), origin.name, described.decimals)

    def interval(self, column: str, *, estimate: bool = False) -> Interval:
        """The interval of a column by its bounds, which the table's sidecar names; with `estimate` also the cell.

        Raises FactError for a column without both bounds.
        """
        check_column(self.table, column)
        columns = self.table.sidecar.columns
        lower = next((each for each in columns if each.lower_bound_of == column), None)
        upper = next((each for each in columns if each.upper_bound_of == column), None)
        if lower is None or upper is None:
            raise FactError(f"{self.table.id}: no columns are said to be the bounds of {column}")
        return interval_of(
            self[lower.name],
            self[upper.name],
            self[column] if estimate else None,
            method=_BOUND.sub("", lower.meaning),
            level=CONFIDENCE if CONFIDENCE_TEXT in lower.meaning else None,
        )

    def p_value(self, column: str | None = None) -> PValue:
        """The p-value in a column, by default the corrected one where there is one; the test is what the table says.

        That is the meaning of the column, or of the column that was corrected. Raises FactError for no p-value.
        """
        column = column or ("p_holm" if "p_holm" in self.cells else "p_value")
        correction = "Holm" if column.endswith("_holm") else None
        base = column.removesuffix("_holm")
        tested = next((name for name in (base, f"{base}_value") if name in self.cells), column)
        meaning = self.table.sidecar.column(tested).meaning if tested in self.cells else ""
        return p_value_of(self[column], test=meaning, correction=correction)

    def __repr__(self) -> str:
        return f"<row {self.key} of {self.table.id}>"


@dataclass(frozen=True, eq=False)
class View:
    """Rows of one table, all of them or those that conditions picked, in the table's order unless sorted."""

    table: "FrozenTable"
    some: tuple[Row, ...] | None = None
    """None for all rows."""
    picked: str = ""
    """The conditions in words, empty for the whole table."""

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows. Those of a whole table are read once they are asked for."""
        return tuple(map(self.row, self.table.rows)) if self.some is None else self.some

    def row(self, cells: dict[str, Data]) -> Row:
        """A row with these cells."""
        return Row(self.table, cells)

    @property
    def id(self) -> str:
        """The table's id, `study/table`."""
        return self.table.id

    @property
    def kind(self) -> Kind:
        """`measured`, `computed` or `reported`."""
        return self.table.sidecar.kind

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names in the table's order."""
        return tuple(column.name for column in self.table.sidecar.columns)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def where(self, **conditions: Condition) -> "View":
        """The rows whose cells meet every condition: a value, a collection of values, or a function of the bare cell.

        A function sees None for a missing cell. Raises FactError for an unknown column.
        """
        rows: Iterable[Row] = self.rows
        for column, wanted in conditions.items():
            check_column(self.table, column)
            rows = _meeting(rows, column, wanted)
        words = ", ".join(f"{name} {_condition_in_words(wanted)}" for name, wanted in conditions.items())
        return replace(self, some=tuple(rows), picked=", ".join(filter(None, (self.picked, words))))

    def at(self, **key: Data) -> Row:
        """The one row with these cells. Raises FactError if there is none, or several."""
        found = self.where(**key)
        if len(found) == 1:
            return found.rows[0]
        if found.rows:
            raise FactError(f"{self.id}: {len(found)} rows where {found.picked}; name more of {_keys(self.table)}")
        raise FactError(f"{self.id}: no row where {found.picked}{self._known(key)}")

    def sort(self, *columns: str, descending: bool = False) -> "View":
        """The rows ordered by these columns, missing cells last. The order of equal rows is kept."""
        for column in columns:
            check_column(self.table, column)

        def order(row: Row) -> list[Any]:
            return [row.cells[column] for column in columns]

        whole = [row for row in self.rows if None not in order(row)]
        gaps = [row for row in self.rows if None in order(row)]
        return replace(self, some=(*sorted(whole, key=order, reverse=descending), *gaps))

    def column(self, name: str) -> list[Value]:
        """The cells of a column, missing ones included (`present` drops them)."""
        check_column(self.table, name)
        return [row[name] for row in self.rows]

    def distinct(self, column: str) -> list[Data]:
        """The different bare cells of a column, in order of first appearance, without missing ones."""
        check_column(self.table, column)
        found = dict.fromkeys(row.cells[column] for row in self.rows)
        return [data for data in found if data is not None]

    def highest(self, column: str) -> Row:
        """The row with the greatest cell of a column; missing cells do not compete."""
        return self._extreme(column, descending=True)

    def lowest(self, column: str) -> Row:
        """The row with the smallest cell of a column."""
        return self._extreme(column, descending=False)

    def count(self) -> Value:
        """How many rows there are, as a Value: it can be shown, and can be zero."""
        origin = Origin(self.id, (), "@rows", self.table.digest, self.kind)
        where = f" where {self.picked}" if self.picked else ""
        return Value(len(self.rows), self.kind, None, (origin,), f"number of rows of {self.id}{where}")

    def about(self, path: str) -> Value:
        """A record of the table's sidecar by its dotted path: `title`, `digests.table`, `provenance.command`."""
        found: Any = self.table.sidecar
        for step in path.split("."):
            found = dict(found).get(step) if isinstance(found, BaseModel | dict) else None
        if found is not None and not isinstance(found, str | int | float | bool):
            raise FactError(f"{self.id}: {path} of the sidecar is not a single value")
        origin = Origin(self.id, (), f"@{path}", self.table.digest, "record")
        return Value(found, "record", None, (origin,), f"{path} of {self.id}")

    def _extreme(self, column: str, *, descending: bool) -> Row:
        ranked = self.where(**{column: lambda cell: cell is not None}).sort(column, descending=descending)
        if not ranked.rows:
            raise FactError(f"{self.id}: no row has a {column}{' where ' + self.picked if self.picked else ''}")
        return ranked.rows[0]

    def _known(self, key: dict[str, Data]) -> str:
        for column, wanted in key.items():
            known = [str(cell) for cell in self.distinct(column)]
            if str(wanted) not in known:
                near = get_close_matches(str(wanted), known) or known[:8]
                return f"; {column} is one of {', '.join(near)}{', …' if len(near) < len(known) else ''}"
        return ""


def check_column(table: "FrozenTable", column: str) -> None:
    """Raise FactError, naming the known columns, unless the table has this one."""
    known = [described.name for described in table.sidecar.columns]
    if column not in known:
        raise FactError(f"{table.id} has no column {column!r}; it has {', '.join(known)}")


def _keys(table: "FrozenTable") -> str:
    return ", ".join(table.sidecar.key)


def _meeting(rows: Iterable[Row], column: str, wanted: Condition) -> list[Row]:
    """The rows whose cell in the column meets the condition; a report asks this of many thousand rows."""
    if callable(wanted):
        return [row for row in rows if wanted(row.cells[column])]
    if isinstance(wanted, Collection) and not isinstance(wanted, str):
        return [row for row in rows if row.cells[column] in wanted]
    data = wanted.data if isinstance(wanted, Value) else wanted
    return [row for row in rows if row.cells[column] == data]


def _condition_in_words(wanted: Condition) -> str:
    if callable(wanted):
        named = isinstance(wanted, FunctionType) and wanted.__name__ != "<lambda>"
        return f"meets {wanted.__name__ if named else 'a condition'}"
    if isinstance(wanted, Value):
        wanted = wanted.data
    if isinstance(wanted, Collection) and not isinstance(wanted, str):
        return "in " + ", ".join(map(str, wanted))
    return "missing" if wanted is None else f"= {wanted}"
