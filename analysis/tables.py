"""Tables of a chapter: columns of frozen tables as a Pandoc pipe table, through tabulate."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from tabulate import tabulate

from analysis.facts.errors import FactError
from analysis.facts.fact import Fact
from analysis.facts.formatting import closed_up
from analysis.facts.speech import Markdown
from analysis.facts.values import Value

Align = Literal["left", "right", "center"]
Source = str | Callable[[Any], Value | Markdown]
Format = str | Callable[[Any], str] | None


@dataclass(frozen=True)
class ColumnSpec:
    """How one column of a shown table is made."""

    source: Source
    spec: Format = None
    unit: bool | str = False
    align: Align | None = None


def column(source: Source, spec: Format = None, *, unit: bool | str = False, align: Align | None = None) -> ColumnSpec:
    """One column: `source` is the name of a table column, or a function of a row that returns a Value.

    `spec` and `unit` are those of `page.show`; `spec` may be a function of a row that returns one. Numbers are aligned
    right and text left, unless `align` says otherwise.
    """
    return ColumnSpec(source, spec, unit, align)


@dataclass(frozen=True)
class Grid:
    """The cells of a table before they are shown: `rows[i][j]` is a Value or trusted markdown."""

    headers: tuple[str, ...]
    specs: tuple[ColumnSpec, ...]
    rows: tuple[tuple[Value | Markdown, ...], ...]
    formats: tuple[tuple[ColumnSpec, ...], ...]
    """The specs of each row, their formats worked out."""

    @property
    def values(self) -> list[Value]:
        return [cell for row in self.rows for cell in row if isinstance(cell, Value)]


def grid(rows: Iterable[Any], columns: Mapping[str, Source | ColumnSpec]) -> Grid:
    """Pick the cells: `columns` maps a header (markdown of the chapter) to a column name, function or `column(…)`."""
    specs = tuple(spec if isinstance(spec, ColumnSpec) else ColumnSpec(spec) for spec in columns.values())
    rows = list(rows)
    cells = tuple(tuple(_cell(row, spec.source) for spec in specs) for row in rows)
    return Grid(tuple(columns), specs, cells, tuple(tuple(_format(row, spec) for spec in specs) for row in rows))


def pipe_table(cells: Grid, show: Callable[[Value, ColumnSpec], Fact]) -> str:
    """The grid as a pipe table, every value shown through `show`, row by row."""
    shown = [
        [show(cell, spec) if isinstance(cell, Value) else cell for cell, spec in zip(row, specs, strict=True)]
        for row, specs in zip(cells.rows, cells.formats, strict=True)
    ]
    aligns = [_align(cells, index) for index in range(len(cells.specs))]
    return tabulate(
        [[str(cell) for cell in row] for row in shown],
        headers=[closed_up(header) for header in cells.headers],
        tablefmt="pipe",
        colalign=aligns if shown else None,
        disable_numparse=True,
    )


def _cell(row: Any, source: Source) -> Value | Markdown:
    found = source(row) if callable(source) else row[source]
    if not isinstance(found, Value | Markdown):
        raise FactError(f"a table cell must be a Value, not {found!r}; plain text of the chapter goes in Markdown(…)")
    return found


def _format(row: Any, spec: ColumnSpec) -> ColumnSpec:
    return replace(spec, spec=spec.spec(row)) if callable(spec.spec) else spec


def _align(cells: Grid, index: int) -> Align:
    if cells.specs[index].align:
        return cells.specs[index].align
    found = [row[index] for row in cells.rows]
    data = [cell.data for cell in found if isinstance(cell, Value) and not cell.missing]
    numeric = bool(data) and all(isinstance(d, int | float) and not isinstance(d, bool) for d in data)
    return "right" if numeric else "left"
