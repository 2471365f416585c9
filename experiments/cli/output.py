"""How commands take texts and show tables: ruled on a terminal, aligned plain lines (never cut) anywhere else."""

import sys
from collections.abc import Sequence

from experiments.tables.errors import printable


def show_table(headers: Sequence[str], rows: Sequence[Sequence[str]], styles: dict[str, str] | None = None) -> None:
    """Print `rows` below `headers`. `styles` colours a cell by its exact text, on a terminal only."""
    safe = [[printable(cell, 10_000) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _show_ruled(headers, safe, styles or {})
    else:
        _show_plain(headers, safe)


def _show_ruled(headers: Sequence[str], rows: list[list[str]], styles: dict[str, str]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*headers, box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for column in table.columns[:-1]:
        column.no_wrap = True
    table.columns[-1].overflow = "fold"
    for row in rows:
        table.add_row(*(Text(cell, style=styles.get(cell, "")) for cell in row))
    Console().print(table)


def _show_plain(headers: Sequence[str], rows: list[list[str]]) -> None:
    lines = [list(headers), *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headers))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
