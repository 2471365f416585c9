"""Look up in its document what each published study transcribes: figures at their place, quotations, printed cases."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from experiments.tables.canonical import Row
from experiments.tables.documents.blocks import Blocks
from experiments.tables.documents.files import Document, Library, documents_folder
from experiments.tables.documents.grids import named_cells, named_otherwise, row_out_of_order, tables_in
from experiments.tables.documents.places import Scope, resolve
from experiments.tables.documents.prints import Print, nearest, numbers_in
from experiments.tables.documents.quotations import is_looked_up, missing_part, what_stands_there
from experiments.tables.documents.transcribed import Spot, Spots, find_spots
from experiments.tables.documents.typography import plain, words_of
from experiments.tables.errors import TableError, UserError, counted, printable
from experiments.tables.locations import frozen_root, shown_path, studies_root
from experiments.tables.read import FrozenTable, read_sidecar, read_table, table_ids
from experiments.tables.verify import Problem

REMEDY = "correct the transcription by the document (then `experiments run {study}`)"


@dataclass(frozen=True)
class Looked:
    """A source whose document is at hand, and how much of the transcription was looked up in it.

    `pictures` are figures that it shows in a way that no text has; `unresolved` are places, or parts of them, that are
    no heading, table, page or list item of the document: what stands there was looked for in a wider part of it.
    """

    study: str
    source: str
    file: Path
    digest: str
    figures: int
    quotations: int
    pictures: int
    unresolved: tuple[str, ...]


@dataclass
class LookUp:
    """What came of it: problems, sources that were looked up, and those (or studies) whose document is not here."""

    problems: list[Problem] = field(default_factory=list)
    looked: list[Looked] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """What a reader is told of it, in a line for each sort."""
        found = []
        if self.looked:
            figures, quotations = (
                sum(each.figures for each in self.looked),
                sum(each.quotations for each in self.looked),
            )
            what = f"{counted(figures, 'published figure')} and {counted(quotations, 'quotation')}"
            found.append(f"{what} looked up in {counted(len(self.looked), 'document')}")
        if pictures := sum(each.pictures for each in self.looked):
            found.append(f"{counted(pictures, 'figure')} cannot be looked up, being shown as a picture")
        for each in self.looked:
            if each.unresolved:
                listed = "; ".join(f'"{place}"' for place in each.unresolved)
                found.append(f"{each.study}: no such place in {each.file.name}, so a wider part was searched: {listed}")
        return found

    @property
    def absence(self) -> str | None:
        """One line on the sources that were not checked here, None where all were."""
        if not self.absent:
            return None
        studies = ", ".join(dict.fromkeys(each.partition("/")[0] for each in self.absent))
        return (
            f"not checked here: the documents of {studies}; with their folder (--documents-dir, COLOPHON_DOCUMENTS_DIR "
            "or documents/) their figures and quotations are looked up"
        )


def look_up(root: Path | None = None, folder: Path | None = None, studies: Sequence[str] | None = None) -> LookUp:
    """Look up all published studies below `root`, or those named, in the documents of `folder`.

    Tables that do not verify are passed over: that is told elsewhere. Raises UserError where `folder` is not there.
    """
    root = root or frozen_root()
    library = Library(documents_folder(folder))
    found = LookUp()
    for table_id in table_ids(root):
        study, _, name = table_id.partition("/")
        if name != "figures" or (studies is not None and study not in studies):
            continue
        try:
            sidecar = read_sidecar(table_id, root)
            if sidecar.kind != "reported":
                continue
            if library.folder is None:
                found.absent.append(study)
            else:
                _look_up_study(study, read_table(table_id, root), root, library, found)
        except TableError:
            continue
    return found


def _look_up_study(study: str, figures: FrozenTable, root: Path, library: Library, found: LookUp) -> None:
    path = studies_root() / f"{study}.yaml"
    try:
        spots = find_spots(path) if path.is_file() else Spots(figures.where)
    except UserError as error:
        found.problems.append(Problem(figures.id, shown_path(path), str(error), "mend the file"))
        return
    sources = figures.sidecar.sources
    keys = spots.sources if len(spots.sources) == len(sources) else (study,) * len(sources)
    for key, source in zip(keys, sources, strict=True):
        try:
            document = library.find(source, (study, key) if len(sources) == 1 else (key,))
        except UserError as error:
            where, _, what = str(error).partition(": ")
            what, _, remedy = what.rpartition("; ")
            found.problems.append(Problem(figures.id, where, what or remedy, remedy if what else "mend the file"))
            continue
        if document is None:
            found.absent.append(f"{study}/{key}")
            continue
        mine = [row for row in figures.rows if len(sources) == 1 or row["source"] == key]
        others = {name: _rows(f"{study}/{name}", root) if len(sources) == 1 else [] for name in ("claims", "cases")}
        looker = _Looker(study, document, spots)
        found.problems += looker.problems(mine, others["claims"], others["cases"])
        found.looked.append(looker.looked(key))


def _rows(table_id: str, root: Path) -> list[Row]:
    try:
        return read_table(table_id, root).rows if table_id in table_ids(root) else []
    except TableError:
        return []


class _Looker:
    """Looks up one study in one document."""

    def __init__(self, study: str, document: Document, spots: Spots) -> None:
        self._study, self._document, self._spots = study, document, spots
        self._blocks: Blocks = document.blocks
        self._texts = [plain(block.text) for block in document.blocks]
        self._scopes: dict[str, Scope] = {}
        self._cells: dict[tuple[int, ...], list[list[tuple[str, ...]]]] = {}
        self._known: dict[str, set[str]] = {}
        self._figures = self._quotations = self._pictures = 0

    def looked(self, key: str) -> Looked:
        unresolved = tuple(scope.unresolved for scope in self._scopes.values() if scope.unresolved)
        return Looked(
            self._study,
            key,
            self._document.path,
            self._document.digest,
            self._figures,
            self._quotations,
            self._pictures,
            tuple(dict.fromkeys(unresolved)),
        )

    def problems(self, figures: Sequence[Row], claims: Sequence[Row], cases: Sequence[Row]) -> Iterator[Problem]:
        """What does not stand in the document, in the order of the study."""
        grids: dict[int, list[tuple[Spot, Row]]] = {}
        broken: set[int] = set()
        for name in ("quantity", "method"):
            self._known[name] = {str(row[name]) for row in figures if row[name] is not None}
        for row in figures:
            spot = self._spots.figures.get(str(row["figure"]))
            if spot is not None and spot.shown_as is not None:
                self._pictures += 1
                continue
            if row["printed"] is None:
                continue
            self._figures += 1
            fault = self._figure(row)
            if fault is not None:
                yield self._problem("figures", spot.line if spot else None, f"{row['figure']}: {fault}")
            if spot is not None and spot.grid is not None:
                grids.setdefault(spot.grid, []).append((spot, row))
                broken |= {spot.grid} if fault is not None else set()
        for number, cells in grids.items():
            if number not in broken:
                yield from self._grid(cells)
        for row in claims:
            yield from self._quotation(row)
        for row in cases:
            yield from self._case(row)

    def _figure(self, row: Row) -> str | None:
        """What is wrong with a figure, None where it stands at its place."""
        wanted, place = Print(str(row["printed"]), str(row["printed_unit"])), str(row["place"])
        scope = self._scope(place)
        hits = [at for at in scope.blocks if wanted.found_in(self._texts[at], self._around(at))]
        there = f'at "{printable(place)}"' if not scope.unresolved else ""
        shown = f"{printable(wanted.printed)} does not stand in {self._document.path.name}"
        if not hits:
            meant = self._meant(wanted, row, scope)
            elsewhere = next((at for at in range(len(self._blocks)) if wanted.found_in(self._texts[at])), None)
            aside = f" (it does on {self._blocks[elsewhere].where})" if elsewhere is not None else ""
            return f"{shown} {there or 'anywhere'}{self._lines(scope) if there else ''}{aside}{meant}"
        prose = [at for at in hits if self._blocks[at].kind != "row" or len(self._blocks[at].cells) < 2]
        names = [
            named_otherwise(self._texts[at], place, row, self._known)
            for at in prose
            for place in wanted.places_in(self._texts[at], self._around(at))
        ]
        if names:
            return None if None in names else f'{shown} {there} as its own: it is what "{names[0]}" is'
        cells = [(cell, table) for table in self._tables(scope) for cell in [named_cells(table, row)]]
        if not cells or any(self._cell_has(cell and cell.text, table, wanted) for cell, table in cells):
            return None
        named = [cell for cell, _ in cells if cell is not None]
        meant = self._near(wanted, numbers_in(named[0].text))
        return f"{shown} in {named[0].name} {there}{meant}"

    def _cell_has(self, cell: str | None, table: Sequence[tuple[str, ...]], wanted: Print) -> bool:
        """Whether the figure stands in the cell that its fields name, or in a table where they name none."""
        text = "\n".join("\n".join(cells) for cells in table) if cell is None else cell
        return wanted.found_in(text, "\n".join(table[0]) + wanted.printed)

    def _meant(self, wanted: Print, row: Row, scope: Scope) -> str:
        """The number that may be meant: in the cell that the figure's fields name, else at its place, else anywhere."""
        cells = [cell.text for table in self._tables(scope) if (cell := named_cells(table, row)) is not None]
        if len(cells) == 1 and len(numbers_in(cells[0])) == 1:
            return f"; did you mean {numbers_in(cells[0])[0]}?"
        for texts in (cells, [self._texts[at] for at in scope.blocks], self._texts):
            if near := self._near(wanted, [number for text in texts for number in numbers_in(text)]):
                return near
        return ""

    @staticmethod
    def _near(wanted: Print, numbers: list[str]) -> str:
        near = nearest(wanted.printed, numbers)
        return f"; did you mean {near}?" if near else ""

    def _grid(self, cells: Sequence[tuple[Spot, Row]]) -> Iterator[Problem]:
        """A printed table whose cells do not stand in the order of the study, though each stands at the place."""
        rows: dict[int, dict[int, Row]] = {}
        for spot, row in cells:
            rows.setdefault(spot.row, {})[spot.column] = row
        matrix = [[self._print(cell) for _, cell in sorted(line.items())] for _, line in sorted(rows.items())]
        scope = self._scope(str(cells[0][1]["place"]))
        tables = self._tables(scope)
        in_tables = tables and not any(
            each.found_in(self._texts[at], self._around(at))
            for line in matrix
            for each in line
            for at in scope.blocks
            if self._blocks[at].kind != "row"
        )
        at = row_out_of_order(matrix, tables) if in_tables else self._line_out_of_order(matrix, scope)
        if len(cells) < 2 or at is None:
            return
        line = ", ".join(self._print(row).printed for _, row in sorted(rows[sorted(rows)[at]].items()))
        first = next(spot.line for spot, _ in cells if spot.row == sorted(rows)[at])
        what = f"{line} does not stand in {self._document.path.name}"
        below = ", below the row before it" if in_tables else ""
        place = printable(str(cells[0][1]["place"]))
        yield self._problem("figures", first, f'{what} at "{place}" in this order{below}')

    def _line_out_of_order(self, matrix: Sequence[Sequence[Print]], scope: Scope) -> int | None:
        """The first row of a grid whose figures do not stand in running text one after another."""
        text = "\n".join(self._texts[at] for at in scope.blocks)
        around = "\n".join(self._around(at) for at in scope.blocks[:1])
        for number, line in enumerate(matrix):
            place = -1
            for each in line:
                later = [at for at in each.places_in(text, around) if at > place]
                if not later:
                    return number
                place = min(later)
        return None

    @staticmethod
    def _print(row: Row) -> Print:
        return Print(str(row["printed"]), str(row["printed_unit"]))

    def _quotation(self, row: Row) -> Iterator[Problem]:
        quote, place = row["quote"], str(row["place"])
        if not isinstance(quote, str) or not is_looked_up(quote):
            return
        self._quotations += 1
        scope = self._scope(place)
        missing = missing_part(quote, self._words(scope.blocks))
        if missing is None:
            return
        whole = self._words(tuple(range(len(self._blocks))))
        claim, shown = str(row["claim"]), printable(missing, 60)
        line = self._spots.quotations.get(claim)
        if missing_part(quote, whole) is None:
            where = f'stands in {self._document.path.name}, but not at "{printable(place)}"{self._lines(scope)}'
            yield self._problem("claims", line, f'{claim}: the quotation "{shown}" {where}')
            return
        there = what_stands_there(missing, self._words(scope.blocks)) or what_stands_there(missing, whole)
        hint = f'; there it reads "{printable(there)}"' if there else ""
        yield self._problem(
            "claims", line, f'{claim}: the quotation "{shown}" does not stand in {self._document.path.name}{hint}'
        )

    def _case(self, row: Row) -> Iterator[Problem]:
        """The values printed with an example, to the letter."""
        if row["printed"] is None:
            return
        self._figures += 1
        wanted, scope = Print(str(row["printed"]), "text"), self._scope(str(row["place"]))
        if any(wanted.found_in(self._texts[at]) for at in scope.blocks):
            return
        name = f"case {row['case']} of {row['group']}"
        line = self._spots.cases.get((str(row["group"]), int(row["case"])))
        where = f'{self._document.path.name} at "{printable(str(row["place"]))}"{self._lines(scope)}'
        yield self._problem("cases", line, f"{name}: {printable(wanted.printed)} does not stand in {where}")

    def _problem(self, table: str, line: int | None, what: str) -> Problem:
        return Problem(f"{self._study}/{table}", self._spots.at(line), what, REMEDY.format(study=self._study))

    def _scope(self, place: str) -> Scope:
        if place not in self._scopes:
            self._scopes[place] = resolve(place, self._blocks)
        return self._scopes[place]

    def _tables(self, scope: Scope) -> list[list[tuple[str, ...]]]:
        if scope.blocks not in self._cells:
            self._cells[scope.blocks] = list(tables_in(self._blocks, scope.blocks))
        return self._cells[scope.blocks]

    def _around(self, at: int) -> str:
        """The headings and the head of the table above a block, which may carry its unit."""
        return self._headings[at]

    @cached_property
    def _headings(self) -> list[str]:
        found, heading, head = [], "", ""
        for block, text in zip(self._blocks, self._texts, strict=True):
            if block.kind == "heading":
                heading = text
            if block.kind != "row":
                head = ""
            elif not head:
                head = text
            found.append(f"{heading}\n{head}")
        return found

    def _words(self, blocks: Sequence[int]) -> str:
        return words_of("\n".join(self._blocks[at].text for at in blocks))

    def _lines(self, scope: Scope) -> str:
        """Where the scope begins and ends: " (lines 61 to 66)"."""
        if not scope.blocks:
            return ""
        first, last = self._blocks[scope.blocks[0]].where, self._blocks[scope.blocks[-1]].where
        _, _, number = last.partition(" ")
        return f" ({first})" if first == last else f" ({first.replace(' ', 's ')} to {number})"
