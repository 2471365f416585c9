"""`_site/facts/CHAPTER.js`: for each number of a chapter the rows and columns that it comes from.

A script and no JSON, since a page that is opened from disk may not fetch. `_extensions/colophon/facts.js` loads it when
a reader first asks for the origin of a number:

    tables   id, command that makes it again, its page below the site's root
    rows     place in `tables`, number of the row (0: the table itself), its key in words
    facts    running number of the fact -> places in `rows` with column, and at last how many more there are
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from analysis.facts.escape import clean
from report.ledger.model import Fact, Origin
from report.ledger.same import Same
from report.tracing.rows import Key, Referred

MOST = 6
"""Cells that are named of one value; of a count over many rows the rest is a number."""


def origin_script(chapter: str, facts: Same[Fact], tables: Mapping[str, Referred]) -> str:
    """The script of one chapter. The same facts and tables give the same bytes."""
    return _script(chapter, facts, tuple(tables), Same(tables.values()))


@lru_cache(maxsize=64)
def _script(chapter: str, facts: Same[Fact], names: tuple[str, ...], tables: Same[Referred]) -> str:
    places = _Places(dict(zip(names, tables.objects, strict=True)))
    found = {
        fact.id.rpartition("-")[2]: [
            *(places.of(origin) for origin in fact.origins[:MOST]),
            max(0, len(fact.origins) - MOST),
        ]
        for fact in facts.objects
        if fact.form != "point"
    }
    content = {"tables": places.tables, "rows": places.rows, "facts": found}
    written = json.dumps(content, ensure_ascii=True, separators=(",", ":")).replace("</", "<\\/")
    return f"window.colophonOrigins({json.dumps(chapter)}, {written});\n"


class _Places:
    def __init__(self, tables: Mapping[str, Referred]) -> None:
        self._known = tables
        self.tables: list[list[str]] = []
        self.rows: list[list[Any]] = []
        self._table_at: dict[str, int] = {}
        self._row_at: dict[tuple[str, Key], int] = {}

    def of(self, origin: Origin) -> list[Any]:
        """Place of the row, and the column."""
        return [self._row(origin), origin.column]

    def _row(self, origin: Origin) -> int:
        name = tuple(origin.row.values())
        if (origin.table, name) not in self._row_at:
            number = self._known[origin.table].numbers.get(name, 0)
            cells = {column: "–" if cell is None else clean(str(cell)) for column, cell in origin.row.items()}
            words = ", ".join(f"{column} = {cell}" for column, cell in cells.items())
            self._row_at[origin.table, name] = len(self.rows)
            self.rows.append([self._table(origin.table), number, words])
        return self._row_at[origin.table, name]

    def _table(self, table: str) -> int:
        if table not in self._table_at:
            known = self._known[table]
            self._table_at[table] = len(self.tables)
            self.tables.append([table, known.command, known.href])
        return self._table_at[table]
