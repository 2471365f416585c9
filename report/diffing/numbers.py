"""Which numbers changed, in the tables and on the pages, and whether beyond the interval that they had.

A number is a cell, or is worked out from cells. An estimate whose table has bounds for it (`lower_bound_of`,
`upper_bound_of`) is judged by them: it moved *beyond* its interval where the new value lies outside of the old bounds.
The bounds themselves are not listed again as numbers. What a column calls volatile differs from run to run.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from analysis.facts.origins import Data
from experiments.tables.canonical import Row
from experiments.tables.cells import encode_cell
from experiments.tables.errors import TableError, printable
from experiments.tables.read import FrozenTable, read_table, table_ids
from experiments.tables.sidecar import Column, Sidecar
from report.diffing.model import Judgement, Number, TableChange
from report.ledger.model import Fact, SiteFacts
from report.ledger.model import Interval as ShownInterval

LONG = 200
"""Changed numbers of a table that are listed one by one; of more, only what is shown or beyond its interval."""
Interval = tuple[float | None, float | None]
_JUDGED: tuple[Judgement, ...] = ("beyond", "no interval", "new", "gone", "within", "interval", "as shown", "volatile")
_MEASURED = (int, float)


class Cell(NamedTuple):
    """The place of a number in a table."""

    table: str
    key: tuple[Data, ...]
    column: str


@dataclass(frozen=True)
class Content:
    """A table, with its rows by key and its intervals by the column that they are for."""

    sidecar: Sidecar
    rows: Mapping[tuple[Data, ...], Row]

    @cached_property
    def bounds(self) -> dict[str, tuple[str | None, str | None]]:
        """The columns with the lower and the upper bound of each estimate."""
        columns = self.sidecar.columns
        low = {each.lower_bound_of: each.name for each in reversed(columns) if each.lower_bound_of}
        high = {each.upper_bound_of: each.name for each in reversed(columns) if each.upper_bound_of}
        return {name: (low.get(name), high.get(name)) for name in {*low, *high}}

    def estimate(self, column: str) -> str:
        """The estimate that a column is a bound of; else the column itself."""
        return next((name for name, both in self.bounds.items() if column in both), column)

    def interval(self, row: Row, column: str) -> Interval | None:
        """The interval of an estimate; a bound that is missing is None."""
        found = tuple(None if name is None else row[name] for name in self.bounds.get(column, (None, None)))
        return None if found == (None, None) else found


class Tables:
    """The frozen tables of one state, each read when it is asked for; what does not verify is noted in `faults`."""

    def __init__(self, root: Path) -> None:
        self.ids = frozenset(table_ids(root))
        self.faults: dict[str, str] = {}
        self._root = root
        self._frozen: dict[str, FrozenTable | None] = {}
        self._contents: dict[str, Content | None] = {}
        self._shapes: dict[str, Content | None] = {}

    def sidecar(self, table: str) -> Sidecar | None:
        """What the table's sidecar says; None where there is none, or the rows are not those that it is about."""
        frozen = self._table(table)
        return frozen.sidecar if frozen else None

    def shape(self, table: str) -> Content | None:
        """The table without its rows, which take long to read; None where there is none."""
        if table not in self._shapes:
            sidecar = self.sidecar(table)
            self._shapes[table] = Content(sidecar, {}) if sidecar else None
        return self._shapes[table]

    def content(self, table: str) -> Content | None:
        """The table with its rows; None where there is none, or it does not verify."""
        if table not in self._contents:
            self._contents[table] = self._content(self._table(table))
        return self._contents[table]

    def _table(self, table: str) -> FrozenTable | None:
        if table not in self._frozen:
            try:
                self._frozen[table] = read_table(table, self._root) if table in self.ids else None
            except TableError as error:
                self._frozen[table] = self._note(table, error)
        return self._frozen[table]

    def _content(self, frozen: FrozenTable | None) -> Content | None:
        if frozen is None:
            return None
        key = frozen.sidecar.key
        try:
            return Content(frozen.sidecar, {tuple(row[name] for name in key): row for row in frozen.rows})
        except TableError as error:
            return self._note(frozen.id, error)

    def _note(self, table: str, error: TableError) -> None:
        self.faults[table] = printable(str(error), 200)


@dataclass
class Found:
    """The numbers and tables that changed."""

    numbers: list[Number] = field(default_factory=list)
    tables: list[TableChange] = field(default_factory=list)


def compare_numbers(
    old: Tables | None,
    new: Tables | None,
    digests: tuple[Mapping[str, str], Mapping[str, str]],
    facts: tuple[SiteFacts, SiteFacts] | None,
) -> Found:
    """The tables by their `digests`, their cells where both states hold them, the `facts` where both have pages."""
    found, cells = Found(), {}
    for table in sorted({*digests[0], *digests[1]}):
        if digests[0].get(table) != digests[1].get(table):
            change, changed = _compare_table(table, *(each.get(table) for each in digests), old, new)
            found.tables.append(change)
            cells |= changed
    shown = list(_shown(facts, old, new, cells)) if facts else []
    listed = _without_excess(cells, found.tables)
    found.numbers = sorted([*shown, *listed], key=_importance)
    found.tables.sort(key=lambda each: each.change != "changed")
    return found


# --- tables ----------------------------------------------------------------------------------------------------------


def _compare_table(
    table: str, was: str | None, now: str | None, old: Tables | None, new: Tables | None
) -> tuple[TableChange, dict[Cell, Number]]:
    before = old.content(table) if old and was else None
    after = new.content(table) if new and now else None
    known = after or before
    change = TableChange(
        table=table,
        change="added" if was is None else "removed" if now is None else "changed",
        title=known.sidecar.title if known else None,
        kind=known.sidecar.kind if known else None,
        rows_before=len(before.rows) if before else None,
        rows_after=len(after.rows) if after else None,
    )
    if before is None or after is None:
        return change, {}
    names = [{column.name: column for column in each.sidecar.columns} for each in (before, after)]
    columns = [column for name, column in names[1].items() if name in names[0]]
    same_key = before.sidecar.key == after.sidecar.key
    common = before.rows.keys() & after.rows.keys() if same_key else set()
    cells = sum(before.rows[key][each.name] != after.rows[key][each.name] for key in common for each in columns)
    more = {
        "rows_added": len(after.rows) - len(common),
        "rows_removed": len(before.rows) - len(common),
        "cells": cells,
        "columns_added": tuple(name for name in names[1] if name not in names[0]),
        "columns_removed": tuple(name for name in names[0] if name not in names[1]),
    }
    numbers = [each for each in columns if _numeric(each) and _numeric(names[0][each.name])]
    changed = {
        Cell(table, key, column.name): number
        for key in after.rows
        if key in common
        for column in numbers
        if (number := _changed_cell(table, key, names[0][column.name], column, before, after))
    }
    return change.model_copy(update=more), changed


def _numeric(column: Column) -> bool:
    return column.type in ("integer", "number")


def _changed_cell(
    table: str, key: tuple[Data, ...], was: Column, now: Column, before: Content, after: Content
) -> Number | None:
    name, rows = now.name, (before.rows[key], after.rows[key])
    if after.estimate(name) != name:
        return None
    values = (rows[0][name], rows[1][name])
    intervals = (before.interval(rows[0], name), after.interval(rows[1], name))
    if values[0] == values[1] and intervals[0] == intervals[1]:
        return None
    texts = (encode_cell(values[0], was) or None, encode_cell(values[1], now) or None)
    return Number(
        how=_called(key, name),
        tables=(table,),
        kind=now.kind or after.sidecar.kind,
        chapters=(),
        before=texts[0],
        after=texts[1],
        value_before=values[0],
        value_after=values[1],
        interval_before=intervals[0],
        interval_after=intervals[1],
        judgement="volatile" if now.volatile else judge(*values, intervals[0]),
    )


def _called(key: Iterable[Data], column: str) -> str:
    """A cell as chapters call it: `value[before, accuracy]`."""
    return printable(f"{column}[{', '.join(map(str, key))}]", 300)


def judge(before: Data, after: Data, interval: Interval | None) -> Judgement:
    """What to think of a number that changed, by the interval that it had."""
    if before is None or after is None:
        return "gone" if after is None else "new"
    if before == after:
        return "interval"
    if interval is None:
        return "no interval"
    low, high = interval
    inside = (low is None or low <= after) and (high is None or after <= high)
    return "within" if inside else "beyond"


def _without_excess(cells: Mapping[Cell, Number], tables: list[TableChange]) -> Iterator[Number]:
    """The cells, but of a table with very many only those that tell most; the table says how many are left out."""
    by_table: dict[str, list[Number]] = {}
    for cell, number in cells.items():
        by_table.setdefault(cell.table, []).append(number)
    for place, change in enumerate(tables):
        numbers = by_table.get(change.table, [])
        if len(numbers) > LONG:
            kept = [each for each in numbers if each.chapters or each.judgement == "beyond"]
            tables[place] = change.model_copy(update={"unlisted": len(numbers) - len(kept)})
            numbers = kept
        yield from numbers


# --- what pages show -------------------------------------------------------------------------------------------------


def _shown(
    facts: tuple[SiteFacts, SiteFacts], old: Tables | None, new: Tables | None, cells: dict[Cell, Number]
) -> Iterator[Number]:
    """The shown numbers that are no changed cell. Those that are get their chapters, and read as they are shown."""
    then, now = (_by_origin(filter(_is_number, each.facts)) for each in facts)
    for key in dict.fromkeys([*now, *then]):
        both = then.get(key, ()), now.get(key, ())
        cell = _cell_of((*both[1], *both[0]), old, new)
        if cell is not None and cell in cells:
            cells[cell] = _as_shown(cells[cell], *both, own=_is_estimate(cell, (*both[1], *both[0])))
        elif cell is None or _is_estimate(cell, (*both[1], *both[0])):
            number = _changed_fact(*key, *both)
            if number is not None:
                yield number


def _is_number(fact: Fact) -> bool:
    """Whether a fact is a number.

    Names of rows are none, and texts are left to the sentences, unless they have digits, as a figure that somebody
    printed has, and are no digest.
    """
    if len(fact.origins) == 1 and fact.origins[0].column in fact.origins[0].row:
        return False
    if isinstance(fact.value, str):
        return fact.kind != "record" and any(map(str.isdigit, fact.text))
    return fact.value is not None and not isinstance(fact.value, bool)


def _by_origin(facts: Iterable[Fact]) -> dict[tuple[str, tuple[str, ...]], list[Fact]]:
    """The facts by what they are and where they come from: their own numbers change with those before them."""
    found: dict[tuple[str, tuple[str, ...]], list[Fact]] = {}
    for fact in facts:
        tables = tuple(dict.fromkeys(origin.table for origin in fact.origins))
        found.setdefault((fact.how, tables), []).append(fact)
    return found


def _cell_of(facts: Iterable[Fact], old: Tables | None, new: Tables | None) -> Cell | None:
    """The estimate that these facts show, or of which they show a bound or the interval.

    None for anything else, and where the table is not at hand in both states.
    """
    fact = next(iter(facts))
    tables = {origin.table for origin in fact.origins}
    if len(tables) != 1 or old is None or new is None:
        return None
    table = tables.pop()
    content = new.shape(table)
    if content is None or old.shape(table) is None:
        return None
    places = {
        Cell(table, tuple(origin.row.get(name) for name in content.sidecar.key), content.estimate(origin.column))
        for origin in fact.origins
    }
    if len(places) != 1:
        return None
    cell = places.pop()
    if isinstance(fact.value, ShownInterval):
        return cell
    is_cell = len(fact.origins) == 1 and fact.how == _called(cell.key, fact.origins[0].column)
    return cell if is_cell else None


def _is_estimate(cell: Cell, facts: Iterable[Fact]) -> bool:
    """Whether the facts show the number itself, and not a bound of it or its interval."""
    fact = next(iter(facts))
    return not isinstance(fact.value, ShownInterval) and fact.origins[0].column == cell.column


def _as_shown(number: Number, before: Iterable[Fact], after: Iterable[Fact], own: bool) -> Number:
    chapters = dict.fromkeys([*number.chapters, *(fact.chapter for fact in (*after, *before))])
    update: dict[str, object] = {"chapters": tuple(chapters)}
    if own and number.judgement != "interval":
        update |= {"before": _text(before) or number.before, "after": _text(after) or number.after}
    return number.model_copy(update=update)


def _changed_fact(how: str, tables: tuple[str, ...], before: list[Fact], after: list[Fact]) -> Number | None:
    """A shown number that is otherwise, or printed otherwise."""
    values = [_number(each[0].value) if each else None for each in (before, after)]
    if before and after:
        same = before[0].value == after[0].value
        if same and _agree(before, after):
            return None
        judgement: Judgement = "as shown" if same else "no interval"
    else:
        judgement = "gone" if before else "new"
    kinds = {fact.kind for fact in (*before, *after)}
    return Number(
        how=how,
        tables=tables,
        kind=kinds.pop() if len(kinds) == 1 else "mixed",
        chapters=tuple(dict.fromkeys(fact.chapter for fact in (*after, *before))),
        before=_text(before),
        after=_text(after),
        value_before=values[0],
        value_after=values[1],
        interval_before=None,
        interval_after=None,
        judgement=judgement,
    )


def _number(value: object) -> int | float | None:
    return value if isinstance(value, _MEASURED) and not isinstance(value, bool) else None


def _agree(before: Iterable[Fact], after: Iterable[Fact]) -> bool:
    """Whether the texts of one are among those of the other: to show a number once more does not change it."""
    old, new = ({fact.text for fact in each} for each in (before, after))
    return old <= new or new <= old


def _text(facts: Iterable[Fact]) -> str | None:
    """How the number reads: in text where it stands there, else in an alternative text, else in a figure."""
    facts = list(facts)
    for forms in (("inline", "sentence", "cell", "caption"), ("alt",), ("point",)):
        if texts := dict.fromkeys(fact.text for fact in facts if fact.form in forms):
            return ", ".join(texts)
    return None


def _importance(number: Number) -> tuple:
    old, new = number.value_before, number.value_after
    moved = abs(new - old) / (abs(old) or 1) if old is not None and new is not None else 0.0
    judged = _JUDGED.index(number.judgement)
    return number.judgement != "beyond", -len(number.chapters), judged, -moved, number.tables, number.how
