"""What the label cells of a foreign file mean: names or numbers of classes, no gold label, or no answer at all."""

import re
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from experiments.adopting.foreign import GOLD, ID, read_cell
from experiments.adopting.join import Examples
from experiments.tables.errors import UserError, printable

if TYPE_CHECKING:
    import pyarrow as pa

_NUMBER = re.compile(r"[+-]?[0-9]+(\.0*)?")
_NUMBERED = re.compile(r"LABEL_([0-9]+)", re.IGNORECASE)  # as a head of transformers without names says it
_TRUTH = {"false": "0", "true": "1"}  # as a comparison in pandas writes the labels 0 and 1
MOST_LABELS = 100
NO_GOLD = ("", "-", "-1", "-100")
_MAY_BE_NO_GOLD = ("na", "n/a", "#n/a", "none", "null", "?", "unlabeled", "unlabelled")
"""What is a label like any other, but a note of its own where no model predicts it."""
_NAMED = 5
ALIKE = 0.85
"""How much alike a label is to one that is misspelt: the share of their letters that agree, in order."""


@dataclass(frozen=True)
class Meaning:
    """What somebody says about the cells: all labels in order, names for cells, what is no answer, what is no gold."""

    labels: Sequence[str] | None = None
    names: Mapping[str, str] | None = None
    invalid: Sequence[str] = ()
    no_gold: Sequence[str] | None = None


@dataclass(frozen=True)
class Labelled:
    """The columns id, gold and sides with names of labels, None for an answer that is none; and what was counted."""

    columns: "pa.Table"
    labels: tuple[str, ...]
    left_out: dict[str, int]
    invalid: dict[str, int]
    notes: tuple[str, ...]


def name_labels(examples: Examples, sides: Sequence[str], meaning: Meaning) -> Labelled:
    """The labels by name, without the rows that have no gold label.

    `meaning.labels` gives the order of the labels, and to numbers their names: the first is that of 0, and of LABEL_0.
    Without it the labels are those that occur as gold, sorted. A cell in other case is the one label that it can be.
    Raises UserError with the line for a cell that is none of these.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    encoded = {name: examples.columns[name].combine_chunks().dictionary_encode() for name in (GOLD, *sides)}
    cells = {name: column.dictionary.to_pylist() for name, column in encoded.items()}
    nothing = _no_gold(cells, sides, meaning)
    invalid = {read_cell(cell) for cell in meaning.invalid}
    folded = {cell.casefold() for cell in invalid}
    reader = _Reader(meaning, [cell for cell in cells[GOLD] if cell not in nothing], examples)
    if taken := sorted(invalid & {*reader.labels}):
        raise UserError(
            f"--invalid: {printable(taken[0])} is a label, and answers that give it may be right; leave it out"
        )
    found: dict[str, pa.Array] = {}
    counted: Counter[str] = Counter()
    wrong = []
    for name, distinct in cells.items():
        names: list[str | None] = []
        for i, cell in enumerate(distinct):
            is_gold = name == GOLD
            nothing_said = cell in (nothing if is_gold else invalid)
            label = None if nothing_said else reader.label(cell)
            if not is_gold and (nothing_said or (label is None and cell.casefold() in folded)):
                counted[cell] += _times(encoded[name], i)
            elif label is None and not nothing_said:
                wrong.append((pc.index(encoded[name].indices, i).as_py(), list(cells).index(name), name, cell))
            names.append(label)
        found[name] = pa.array(names, pa.string()).take(encoded[name].indices)
    if wrong:
        row, _, name, cell = min(wrong)
        missing = "" if cell else printable(examples.why_missing(name, row))
        raise UserError(f"{examples.at(name, row)}: {_unknown(name, cell, reader, missing)}")
    _check_names(reader.names, {cell for distinct in cells.values() for cell in distinct}, set(cells[GOLD]) - nothing)
    kept = pc.is_valid(found[GOLD])
    left_out = {c: _times(encoded[GOLD], i) for i, c in enumerate(cells[GOLD]) if c in nothing}
    predicted = {label for side in sides for label in found[side].unique().to_pylist()}
    never = {
        label: pc.sum(pc.equal(found[GOLD], label)).as_py() or 0 for label in reader.labels if label not in predicted
    }
    doubtful = {label: n for label, n in never.items() if n}
    table = pa.table({ID: examples.columns[ID], **found}).filter(kept)
    notes = tuple(_notes(left_out, counted, {} if reader.ordered else doubtful, reader))
    return Labelled(table, tuple(reader.labels), left_out, dict(counted), notes)


def _check_names(names: Mapping[str, str], cells: set[str], gold: set[str]) -> None:
    """Raise UserError for a misspelt cell of --label-map: it stands nowhere, and a gold label is not named."""
    unused = next((cell for cell in names if cell not in cells), None)
    unnamed = min(gold - {*names, *names.values(), ""}, default=None)
    if unused is not None and unnamed is not None:
        what = f"{printable(unused)} stands nowhere, and {printable(unnamed)}, which does, is not named"
        raise UserError(f"--label-map: {what}; mend or leave out {printable(unused)}={printable(names[unused])}")


def _check_labels(names: Mapping[str, str], gold: Sequence[str]) -> None:
    """Raise UserError for a misspelt label of --label-map.

    It is one that no row has as gold label, while one has a label much like it.
    """
    known = {names.get(cell, cell) for cell in gold} - {""}
    for cell, label in names.items():
        if label not in known and (close := get_close_matches(label, sorted(known - {cell}), 1, ALIKE)):
            what = f"{printable(cell)} is mapped to {printable(label)}, which is no gold label"
            raise UserError(f"--label-map: {what}; did you mean {printable(close[0])}? --labels names all labels")


def _times(column: "pa.DictionaryArray", number: int) -> int:
    import pyarrow.compute as pc

    return pc.sum(pc.equal(column.indices, number)).as_py()


def _notes(left_out: Mapping[str, int], invalid: Mapping[str, int], doubtful: Mapping[str, int], reader: "_Reader"):
    for cell, n in left_out.items():
        what = f"in whose place {printable(cell)} stands" if cell else "where the cell is empty"
        yield f"{n} {'row' if n == 1 else 'rows'} without a gold label, {what}: left out"
    for cell, n in invalid.items():
        yield f"{n} {'answer that is' if n == 1 else 'answers that are'} {printable(cell) or 'empty'}: counted as wrong"
    taken = [cell for cell in reader.labels if cell in NO_GOLD and not reader.ordered and cell not in invalid]
    for cell in taken:
        yield f"{cell} is taken for a label, as it is predicted too; if it is none: --no-gold={cell} --invalid={cell}"
    for cell, n in doubtful.items():
        if cell.casefold() in _MAY_BE_NO_GOLD:
            rows = f"{n} {'row has' if n == 1 else 'rows have'} the gold label {cell}, which is never predicted"
            yield f"{rows}; if it is none: --no-gold={shlex.quote(cell)}"
    others = [f"{cell} ({n})" for cell, n in doubtful.items() if cell.casefold() not in _MAY_BE_NO_GOLD]
    if others:
        more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
        listed = ", ".join(others[:_NAMED]) + more
        yield f"gold labels that are never predicted, with their rows: {listed}; --no-gold names what is no label"
    if reader.guessed:
        yield "read as labels: " + ", ".join(f"{printable(one)} as {other}" for one, other in reader.guessed.items())


def _no_gold(cells: Mapping[str, Sequence[str]], sides: Sequence[str], meaning: Meaning) -> set[str]:
    """What stands in place of a gold label. By default -1, -100 and "-" do, unless named or predicted as labels."""
    if meaning.no_gold is not None:
        return set(map(read_cell, meaning.no_gold))
    named = {*(meaning.labels or ()), *(meaning.names or ())}
    predicted = {cell for side in sides for cell in cells[side]} - set(meaning.invalid)
    labels = set(map(_plain, named | predicted))  # one column may have -1 where a gap made -1.0 of it in the other
    return {cell for cell in cells[GOLD] if _plain(cell) in NO_GOLD and _plain(cell) not in labels}


def _plain(cell: str) -> str:
    """The cell, or a number as pandas would have written it had the column no gap: 1.0 is 1."""
    return str(int(cell.partition(".")[0])) if _NUMBER.fullmatch(cell) else cell


class _Reader:
    """Reads cells as labels; `guessed` notes what was not literally one of them."""

    def __init__(self, meaning: Meaning, gold: Sequence[str], examples: Examples) -> None:
        where = ", ".join(each.file.where for each in examples.files)
        self.names = meaning.names or {}
        self.guessed: dict[str, str] = {}
        self.ordered = meaning.labels is not None
        if not self.ordered:
            _check_labels(self.names, gold)
        self.labels = list(meaning.labels or self._labels_of(gold, where))
        self.numbers = {_plain(label): label for label in self.labels if _NUMBER.fullmatch(label)}
        folded = Counter(label.casefold() for label in self.labels)
        self.folded = {label.casefold(): label for label in self.labels if folded[label.casefold()] == 1}
        if {*self.folded} == {*_TRUTH}:
            self.numbers = {_TRUTH[name]: label for name, label in self.folded.items()}
        for cell, label in self.names.items():
            if label not in self.labels:
                known = printable(", ".join(self.labels), 200)
                raise UserError(f"--label-map: {printable(cell)} is mapped to {printable(label)}; labels are {known}")

    def label(self, cell: str) -> str | None:
        """The label that a cell means; None where it means none."""
        if (said := self.names.get(cell, cell)) in self.labels:
            return said
        if not said:
            return None
        plain = numbered[1] if (numbered := _NUMBERED.fullmatch(said)) else _plain(said)
        if {*self.numbers} == {*_TRUTH.values()}:
            plain = _TRUTH.get(said.casefold(), plain)
        if _NUMBER.fullmatch(plain):
            if self.numbers:
                found = self.numbers.get(plain)
            else:
                at = int(plain) if len(plain) < 9 else -1
                found = self.labels[at] if self.ordered and 0 <= at < len(self.labels) else None
        else:
            found = self.folded.get(said.casefold())
        if found is not None and plain != found:
            self.guessed[cell] = found
        return found

    def _labels_of(self, gold: Sequence[str], where: str) -> list[str]:
        cells = {self.names.get(cell, cell) for cell in gold} - {""}
        if not cells:
            raise UserError(f"{where}: no row has a gold label")
        plain = {numbered[1] if (numbered := _NUMBERED.fullmatch(cell)) else _plain(cell) for cell in cells}
        numbers = all(map(_NUMBER.fullmatch, plain))
        found = sorted(plain, key=int) if numbers else sorted({*self.names.values(), *map(_plain, cells)})
        alike = [cell for cell, n in Counter(map(str.casefold, found)).items() if n > 1]
        if alike:
            two = ", ".join(printable(cell) for cell in found if cell.casefold() == alike[0])
            raise UserError(f"{where}: gold has the labels {two}; make one of them, as in --label-map A=B")
        if len(found) < 2:
            raise UserError(f"{where}: the only gold label is {printable(found[0])}; --labels names all labels")
        if len(found) > MOST_LABELS:
            raise UserError(
                f"{where}: gold has {len(found)} different labels; map it to a column of classes, or say --regression"
            )
        return found


def _unknown(name: str, cell: str, reader: _Reader, missing: str) -> str:
    """What to say of a cell that is no label, and what can be done."""
    known = printable(", ".join(reader.labels), 200)
    if not cell and name == GOLD:
        return f"gold is missing ({missing}); leave --no-gold out and such rows are left out and counted"
    what = f"unknown label {printable(cell)} in {name}" if cell else f"{name} is missing ({missing})"
    hints = [] if not cell else ["--labels names all labels, in the order of their numbers"]
    hints += [f"--label-map {cell}=LABEL names it"] if cell and reader.ordered else []
    if name == GOLD:
        hints.append(f"--no-gold {cell} leaves such rows out")
    else:
        quoted = f'"{cell.replace(chr(34), chr(34) * 2)}"' if not cell or set(cell) & set(',"') else cell
        hints.append(f"--invalid {shlex.quote(printable(quoted))} counts it as a wrong answer")
    return f"{what}; the labels are {known}: {', '.join(hints)}"
