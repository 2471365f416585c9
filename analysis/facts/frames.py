"""Shows a DataFrame that holds values of frozen tables as a table in which each of them is traced."""

import sys
from collections.abc import Callable
from typing import Any

from analysis.facts.escape import markdown
from analysis.facts.fact import Fact
from analysis.facts.speech import Markdown
from analysis.facts.values import Value

_FRAME = "DataFrame"
_MODULES = ("pandas", "pandas.core.frame")  # as pandas names its module since version 3, and before


def show_frames(show: Callable[[Value], Fact]) -> None:
    """In a notebook, have each DataFrame that holds values or what shows them end a cell as a table in markdown.

    Other frames are shown as pandas shows them. Outside a notebook there is nothing to do.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return
    formatters = shell.display_formatter.formatters
    ways = {
        "text/markdown": lambda frame: _table(frame, show) if _holds_values(frame) else None,
        "text/html": lambda frame: None if _holds_values(frame) else frame._repr_html_(),
        "text/plain": lambda frame, page, cycle: page.text("" if _holds_values(frame) else repr(frame)),
    }
    for kind, way in ways.items():
        for module in _MODULES:
            formatters[kind].for_type_by_name(module, _FRAME, way)


def _holds_values(frame: Any) -> bool:
    cells = (cell for row in frame.itertuples(name=None) for cell in row)
    return any(isinstance(cell, Value | Fact | Markdown) for cell in cells)


def _table(frame: Any, show: Callable[[Value], Fact]) -> str:
    """The frame as a pipe table; an index that only numbers the rows is left out."""
    from tabulate import tabulate

    numbered = frame.index.name is None and frame.index.nlevels == 1 and frame.index.dtype.kind == "i"
    names = [] if numbered else [name or "" for name in frame.index.names]
    rows = [(*_index(at, len(names)), *cells) for at, *cells in frame.itertuples(name=None)]
    return tabulate(
        [[_cell(cell, show) for cell in row] for row in rows],
        headers=[_head(name) for name in (*names, *frame.columns)],
        tablefmt="pipe",
        colalign=["right" if all(map(_is_number, column)) else "left" for column in zip(*rows, strict=True)],
        disable_numparse=True,
    )


def _index(at: Any, levels: int) -> tuple[object, ...]:
    return () if not levels else at if levels > 1 else (at,)


def _head(name: object) -> str:
    parts = name if isinstance(name, tuple) else (name,)
    return markdown(" ".join(str(part) for part in parts if part != ""))


def _cell(cell: object, show: Callable[[Value], Fact]) -> str:
    if isinstance(cell, Value):
        return str(show(cell))
    if isinstance(cell, Fact | Markdown):
        return str(cell)
    text = "" if cell is None else str(cell)
    return markdown("" if text in ("nan", "<NA>", "NaT") else text)


def _is_number(cell: object) -> bool:
    data = cell.value.data if isinstance(cell, Fact) else cell.data if isinstance(cell, Value) else cell
    return isinstance(data, int | float) and not isinstance(data, bool)
