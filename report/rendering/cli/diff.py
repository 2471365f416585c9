"""`report diff`: what changed between two states of a report, and whether it matters."""

import json
import sys
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory

from experiments.tables.errors import UserError, printable
from experiments.tables.files import replace_file
from report.diffing.compare import Comparison, compare
from report.diffing.model import Changes
from report.diffing.page import write_page
from report.diffing.sides import Finder, Side
from report.diffing.telling import Row, Section, headline, sections
from report.rendering.locate import ProjectError, find_root
from report.rendering.settings import SettingsError, read_yaml

FIRST = 10
"""Rows of a section that are printed without `--all`."""
CHANGED = 3
"""The exit code of `--exit-code` where anything changed; 1 is for errors."""
_LONGEST = 400
_SHORT = 100
"""Characters of what stood and what stands there that fit into one line."""


def run(
    old: str,
    new: str | None,
    *,
    as_json: bool = False,
    to: Path | None = None,
    engine: str | None = None,
    everything: bool = False,
    exit_code: bool = False,
) -> int:
    """Print what changed, and write the page where one is asked for. Raises UserError for what cannot be compared."""
    try:
        root = find_root()
    except ProjectError:
        root = None
    with TemporaryDirectory(prefix="colophon-diff-") as scratch:
        finder = Finder(root, Path(scratch), engine)
        before = finder.find(old)
        after = finder.present() if new is None else finder.find(new)
        found, title = compare(before, after), _title(after) or _title(before) or "the report"
    if to is not None:
        _write(to, found, title)
    if isinstance(sys.stdout, TextIOWrapper):  # a terminal may know fewer letters than a table
        sys.stdout.reconfigure(errors="backslashreplace")
    if as_json:
        print(json.dumps(found.changes.model_dump(mode="json"), indent=1))
    elif sys.stdout.isatty():
        _show(found.changes, everything)
    else:
        _print(found.changes, everything)
    if to is not None and not as_json:
        print(f"page: {to}")
    return CHANGED if exit_code and not found.changes.empty else 0


def _title(side: Side) -> str | None:
    if side.version is not None:
        return side.version.title
    try:
        return str(read_yaml(side.sources / "_quarto.yml")["book"]["title"]) if side.sources else None
    except (SettingsError, KeyError, TypeError):
        return None


def _write(to: Path, found: Comparison, title: str) -> None:
    try:
        replace_file(to.absolute(), write_page(found, title).encode())
    except OSError as error:
        raise UserError(f"{to}: cannot be written: {error.strerror}") from None


def _print(changes: Changes, everything: bool) -> None:
    """Plain lines, for files and programs that read along."""
    print(f"before: {_state(changes.before)}\nafter:  {_state(changes.after)}\n{headline(changes)}")
    for section in sections(changes):
        print(f"\n{section.title}: {len(section.rows)}" + (f"\n  {section.lead}" if section.lead else ""))
        rows, left = _first(section, everything)
        for row in rows:
            print("\n".join(_lines(row)))
        if left:
            print(f"  and {left} more (--all)")
    if changes.not_compared:
        print("\nnot compared:")
        for line in changes.not_compared:
            print(f"  {_line(line)}")


def _show(changes: Changes, everything: bool) -> None:
    """Tables on a terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, markup=False)
    console.print(f"before: {_state(changes.before)}\nafter:  {_state(changes.after)}")
    strong = changes.importance in ("conclusions", "numbers beyond their intervals")
    console.print(Text(headline(changes), style="bold yellow" if strong else "bold"))
    for section in sections(changes):
        rows, left = _first(section, everything)
        table = Table(title=f"{section.title}: {len(section.rows)}", title_justify="left", title_style="bold")
        table.box, table.padding = None, (0, 2, 0, 0)
        for name in ("what", "before", "after", ""):
            table.add_column(name, overflow="fold", header_style="dim")
        for row in rows:
            missing = "–" if row.moved else ""
            cells = (row.what, row.before or missing, row.after or missing, row.note)
            table.add_row(*(Text(_line(cell)) for cell in cells))
        console.print()
        console.print(table)
        if section.lead:
            console.print(section.lead, style="dim")
        if left:
            console.print(f"and {left} more (--all)", style="dim")
    if changes.not_compared:
        console.print("\nnot compared:", style="bold")
        for line in changes.not_compared:
            console.print(f"  {_line(line)}")


def _first(section: Section, everything: bool) -> tuple[tuple, int]:
    rows = section.rows if everything else section.rows[:FIRST]
    return rows, len(section.rows) - len(rows)


def _lines(row: Row) -> Iterator[str]:
    """A change in a line; where its texts are long, each has one of its own."""
    what, before, after, note = (_line(each) for each in (row.what, row.before or "–", row.after or "–", row.note))
    told = f" ({note})" if note else ""
    if not row.moved:
        yield f"  {what}{told}"
    elif len(before) + len(after) <= _SHORT:
        yield f"  {what}: {before} -> {after}{told}"
    else:
        yield from (f"  {what}{told}", f"    before: {before}", f"    after:  {after}")


def _line(text: str) -> str:
    return printable(text.replace("\N{NO-BREAK SPACE}", " "), _LONGEST)


def _state(compared: object) -> str:
    name, what = printable(compared.name, 200), printable(compared.what, 200)
    return what if name in what or name == "now" else f"{name}, {what}"
