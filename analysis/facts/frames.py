"""Shows a DataFrame that holds values of frozen tables, or its Styler, as a table in which each of them is traced."""

import sys
from collections.abc import Callable
from typing import Any

from analysis.facts.escape import markdown
from analysis.facts.fact import Fact
from analysis.facts.speech import Markdown
from analysis.facts.values import Value

_TYPES = (
    ("pandas", "DataFrame"),  # as pandas names its module since version 3, and before
    ("pandas.core.frame", "DataFrame"),
    ("pandas.io.formats.style", "Styler"),
)
Show = Callable[[Value, str | None], Fact]


class NotShown(BaseException):
    """What stops a cell that ends in what cannot be shown. IPython prints an Exception of a formatter, and goes on."""


def show_frames(show: Show) -> None:
    """In a notebook, show each DataFrame that ends a cell and holds values as a table in markdown.

    So is a frame that holds what shows values, and a Styler of one, with its formats and without what it hides. Other
    frames are shown as pandas shows them. Outside a notebook there is nothing to do.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return
    formatters = shell.display_formatter.formatters
    ways = {
        "text/markdown": lambda shown: _markdown(shown, show),
        "text/html": lambda shown: None if _holds_values(shown) else shown._repr_html_(),
        "text/plain": lambda shown, page, cycle: page.text("" if _holds_values(shown) else repr(shown)),
    }
    for kind, way in ways.items():
        for module, name in _TYPES:
            formatters[kind].for_type_by_name(module, name, way)


def _holds_values(shown: Any) -> bool:
    cells = (cell for row in _frame(shown).itertuples(name=None) for cell in row)
    return any(isinstance(cell, Value | Fact | Markdown) for cell in cells)


def _frame(shown: Any) -> Any:
    return shown.data if _is_styler(shown) else shown


def _is_styler(shown: Any) -> bool:
    """Whether it is the Styler of a frame and not the frame itself: nothing else comes here."""
    from pandas import DataFrame  # whoever made either has imported it

    return not isinstance(shown, DataFrame)


def _markdown(shown: Any, show: Show) -> str | None:
    if not _holds_values(shown):
        return None
    try:
        return _table(shown, show)
    except Exception as error:
        raise NotShown(str(error)) from error


def _table(shown: Any, show: Show) -> str:
    """The frame as a pipe table; an index that only numbers the rows is left out."""
    from tabulate import tabulate

    frame = _frame(shown)
    rows, columns, levels = range(frame.shape[0]), range(frame.shape[1]), range(frame.index.nlevels)
    formats, headed = {}, True
    if _is_styler(shown):
        _check(shown)
        rows, columns = (
            [at for at in numbers if at not in hidden]
            for numbers, hidden in ((rows, shown.hidden_rows), (columns, shown.hidden_columns))
        )
        levels = [level for level in levels if not shown.hide_index_[level]]
        formats = shown._display_funcs  # pandas offers no other way to them
        headed = not all(shown.hide_columns_)
    if frame.index.name is None and frame.index.nlevels == 1 and frame.index.dtype.kind == "i":
        levels = []
    index = [at if frame.index.nlevels > 1 else (at,) for at in frame.index]
    cells = list(frame.itertuples(index=False, name=None))
    names = [*(frame.index.names[level] or "" for level in levels), *(frame.columns[at] for at in columns)]
    kept = [[*(index[row][level] for level in levels), *(cells[row][at] for at in columns)] for row in rows]
    ways = [[*([None] * len(levels)), *(formats[row, at] if formats else None for at in columns)] for row in rows]
    return tabulate(
        [[_cell(*each, show) for each in zip(*row, strict=True)] for row in zip(kept, ways, strict=True)],
        headers=[_head(name) if headed else "" for name in names],
        tablefmt="pipe",
        colalign=["right" if all(map(_is_number, column)) else "left" for column in zip(*kept, strict=True)],
        disable_numparse=True,
    )


def _check(styler: Any) -> None:
    """Raises NotShown for what a Styler does beyond formats and hiding, which the table would lose."""
    said = styler.export()
    asked = {
        "colours or weighs cells": said["apply"],
        "styles the table": said["table_styles"] or said["table_attributes"],
        "has a caption (write it as tbl-cap)": styler.caption,
    }
    for what in (what for what, asks in asked.items() if asks):
        raise NotShown(
            f"a Styler of values {what}, which a table whose numbers are traced does not; end the cell with the "
            "DataFrame, or with a Styler that formats and hides alone"
        )


def _head(name: object) -> str:
    parts = name if isinstance(name, tuple) else (name,)
    return markdown(" ".join(str(part) for part in parts if part != ""))


class _Cell:
    """A value as the formats of a Styler take it: each shows it as they say."""

    def __init__(self, value: Value, show: Show) -> None:
        self._value, self._show = value, show

    def __str__(self) -> str:
        return str(self._show(self._value, None))

    def __format__(self, spec: str) -> str:
        return str(self._show(self._value, spec or None))


def _cell(cell: object, way: Callable[[Any], object] | None, show: Show) -> str:
    if isinstance(cell, Fact | Markdown):
        return str(cell)
    if isinstance(cell, Value):
        return str((way or str)(_Cell(cell, show)))
    text = "" if cell is None else str(cell if way is None else way(cell))
    return markdown("" if text in ("nan", "<NA>", "NaT") else text)


def _is_number(cell: object) -> bool:
    data = cell.value.data if isinstance(cell, Fact) else cell.data if isinstance(cell, Value) else cell
    return isinstance(data, int | float) and not isinstance(data, bool)
