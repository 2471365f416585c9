"""The words that a figure may use of its data: those of the cells, columns, tables and studies that it is made from."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from experiments.tables.errors import TableError
from experiments.tables.presentation import read_presented
from experiments.tables.read import read_sidecar, read_table
from experiments.tables.sidecar import Column, Sidecar

_WORD = re.compile(r"[^\W_]+(?:[.,][^\W_]+)*")
_NAME = re.compile(r"[^\W_]+(?:[-.,/][^\W_]+)*")
_DIRECTION = re.compile(r"\b(higher|lower) is better")

SHORT_CELL = 30
"""Characters up to which a cell is a name and no prose."""

Fact = Mapping[str, Any]
"""A fact as its line in the fact log has it."""


@lru_cache(maxsize=8192)
def stems(text: str) -> tuple[str, ...]:
    """The words of a text in small letters, singular and without hyphens; a number is one word."""
    return tuple(_stem(word) for word in _WORD.findall(text.replace("_", " ")))


def _stem(word: str) -> str:
    word = word.lower().replace(",", "") if word[0].isdigit() else word.lower()
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


class Vocabulary:
    """Looks up what tables say. Each sidecar and study is read once, and a table only where a label needs it."""

    def __init__(self) -> None:
        self._sidecar = cache(_sidecar)
        self._cells = cache(_words_of_cells)
        self._study = cache(_words_of_study)
        self._rows = cache(_words_of_rows)
        self._counted = cache(_whole_numbers_of_rows)

    def words_of(self, facts: Sequence[Fact]) -> set[str]:
        """The words of everything that these facts come from, and those that any figure may use."""
        words = self._words_of_scale(facts)
        for table in _tables(facts):
            words |= self._words_of_table(table)
        for column in {name for fact in facts for origin in fact["origins"] for name in origin["row"]}:
            words.update(stems(column))
        words.update(stem for fact in facts if isinstance(fact["value"], str) for stem in stems(fact["value"]))
        return words

    def unknown_names(self, label: str, words: set[str], facts: Sequence[Fact]) -> list[str]:
        """The names and numbers in a label that occur in nothing that the facts come from; `words` is `words_of` them.

        Those are words with a digit, or with a capital letter that begins no phrase; others describe what is shown.
        """
        names = [match[0] for match in _NAME.finditer(label) if _is_name(match)]
        missing = [name for name in names if not (words.issuperset(stems(name)) or _joined(name) in words)]
        if missing:
            cells = words.union(*map(self._cells, _tables(facts)))
            missing = [name for name in missing if _joined(name) not in cells]
            cut = stems(label.rpartition("…")[0])[-1:]
            missing = [name for name in missing if not cells.issuperset(stems(name))]
            if cut and any(word.startswith(cut) for word in cells):
                missing = [name for name in missing if stems(name) != cut]
        if missing:
            counted = self._whole_numbers(label, facts)
            missing = [name for name in missing if name not in counted]
        return missing

    def contradiction(self, title: str, facts: Sequence[Fact]) -> str | None:
        """Why a scale of this title cannot show these facts, None where it can."""
        if not facts:
            return None
        columns = ", ".join(sorted({column for _, column in _columns(facts)})[:3])
        known = self._words_of_scale(facts)
        known.update(stem for fact in facts for stem in stems(fact["how"]))
        for word, others in synonyms().items():
            known |= others if word in known else set()
        unknown = [word for word in stems(title) if word not in known and not self._is_said_of_all(word, facts)]
        if unknown:
            known = known.union(*(self._rows(o["table"]).get(_key(o["row"]), ()) for f in facts for o in f["origins"]))
            unknown = [word for word in unknown if word not in known]
        if unknown:
            return f"{columns} is drawn, of which no table says {unknown[0]!r}"
        said = _DIRECTION.search(title)
        found = {column.direction for named in _columns(facts) if (column := self._column(*named)) is not None} - {None}
        if said and found and said[1] not in found:
            return f"of {columns} {found.pop()} is better"
        return None

    def is_bound(self, fact: Fact) -> bool:
        """Whether the value is the cell of a column that is said to be a bound of another one."""
        if len(fact["origins"]) != 1:
            return False
        column = self._column(fact["origins"][0]["table"], fact["origins"][0]["column"])
        return column is not None and (column.lower_bound_of or column.upper_bound_of) is not None

    def _whole_numbers(self, label: str, facts: Sequence[Fact]) -> set[str]:
        """The numbers that a label has of the figure's own rows beside the name of their column: 2 in "layer 2"."""
        said = set(stems(label))
        rows = {(origin["table"], _key(origin["row"])) for fact in facts for origin in fact["origins"]}
        cells = (cell for table, row in rows for cell in self._counted(table).get(row, ()))
        return {number for column, number in cells if said.issuperset(stems(column))}

    def _words_of_scale(self, facts: Sequence[Fact]) -> set[str]:
        """The words of the quantities that these facts are, and of what tells their rows apart."""
        words = set(common())
        for table, name in _columns(facts):
            column = self._column(table, name)
            said = [name, *((column.meaning, column.unit) if column else ())]
            words.update(stem for text in said if text for stem in stems(text))
        values: set[str] = set()
        for origin in (origin for fact in facts for origin in fact["origins"]):
            values.update(map(str, origin["row"].values()))
        words.update(*map(stems, values))
        return words

    def _words_of_table(self, table: str) -> set[str]:
        sidecar = self._sidecar(table)
        return {*stems(table), *self._study(table.partition("/")[0]), *(stems(sidecar.title) if sidecar else ())}

    def _is_said_of_all(self, word: str, facts: Sequence[Fact]) -> bool:
        """Whether the table or study is about it as a whole: a word that names no other column or row."""
        tables = _tables(facts)
        if not any(word in self._words_of_table(table) for table in tables):
            return False
        sidecars = [sidecar for table in tables if (sidecar := self._sidecar(table))]
        named = {stem for sidecar in sidecars for column in sidecar.columns for stem in stems(column.name)}
        return word not in named and not any(word in self._cells(table) for table in tables)

    def _column(self, table: str, name: str) -> Column | None:
        sidecar = self._sidecar(table)
        return next((each for each in sidecar.columns if each.name == name), None) if sidecar else None


def _joined(name: str) -> str:
    """A name as tables may write it, without what joins its parts: `sst2` of SST-2."""
    return re.sub(r"\W", "", name).lower()


def _is_name(match: re.Match[str]) -> bool:
    word, before = match[0], match.string[: match.start()]
    if any(character.isdigit() for character in word):
        return True
    begins = not before.strip() or before.rstrip()[-1] in ":,;(\n"
    return any(character.isupper() for character in (word[1:] if begins else word))


@cache
def _listed() -> Mapping[str, Any]:
    return yaml.load((Path(__file__).parent / "figure-words.yaml").read_text("utf-8"), yaml.CSafeLoader)


@cache
def common() -> frozenset[str]:
    """Words of scales that belong to no table (`figure-words.yaml`)."""
    return frozenset(word for text in _listed()["scales"] for word in stems(str(text)))


@cache
def synonyms() -> Mapping[str, frozenset[str]]:
    """Words of tables, and what figures may say for them."""
    return {word: frozenset(stems(others)) for word, others in _listed()["synonyms"].items()}


def _columns(facts: Iterable[Fact]) -> set[tuple[str, str]]:
    """Table and column of each cell."""
    return {(origin["table"], origin["column"]) for fact in facts for origin in fact["origins"]}


def _tables(facts: Iterable[Fact]) -> set[str]:
    return {table for table, _ in _columns(facts)}


def _sidecar(table: str) -> Sidecar | None:
    try:
        return read_sidecar(table)
    except TableError:
        return None


def _words_of_cells(table: str) -> frozenset[str]:
    """The words of all cells of text."""
    try:
        found = read_table(table)
    except TableError:
        return frozenset()
    texts = [column.name for column in found.sidecar.columns if column.type == "string"]
    return frozenset(
        stem for text in {row[name] for row in found.rows for name in texts} if text for stem in stems(text)
    )


def _words_of_rows(table: str) -> dict[tuple, frozenset[str]]:
    """The words of the short texts in each row, by its key: its unit, its quantity."""
    try:
        found = read_table(table)
    except TableError:
        return {}
    texts = [column.name for column in found.sidecar.columns if column.type == "string"]
    told = {}
    for row in found.rows:
        cells = [row[name] for name in texts if row[name] and len(row[name]) <= SHORT_CELL]
        told[_key({name: row[name] for name in found.sidecar.key})] = frozenset(
            w for cell in cells for w in stems(cell)
        )
    return told


def _whole_numbers_of_rows(table: str) -> dict[tuple, tuple[tuple[str, str], ...]]:
    """Column and number of the whole numbers in each row, by its key."""
    try:
        found = read_table(table)
    except TableError:
        return {}
    counted = [column.name for column in found.sidecar.columns if column.type == "integer"]
    return {
        _key({name: row[name] for name in found.sidecar.key}): tuple(
            (name, str(row[name])) for name in counted if row[name] is not None
        )
        for row in found.rows
    }


def _key(row: Mapping[str, Any]) -> tuple:
    return tuple(row.items())


def _words_of_study(study: str) -> frozenset[str]:
    presented = read_presented(study)
    said = (presented.title, presented.system, presented.report.heading, presented.report.phrase)
    return frozenset(stem for text in said if text for stem in stems(text))
