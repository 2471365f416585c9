"""A table of published figures in a CSV file, read as a source that can be audited without any project.

Each line is a figure: a column `value` holds what is printed; `figure` (its name), `unit` and `n` say more, and so do
the columns of a study's figures (`quantity`, `model`, `dataset`, `split`, `method`, `layer`, `label`, `sd`,
`spread_is`, `items`, `min`, `max`, `place`). Without a column `value` each column that is called like a score
(accuracy, F1, …) holds one figure a line; with a column `support` as well the lines are the classes of a
classification report. Columns of other names are left alone.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from analysis.facts import View
from experiments.tables.canonical import encode
from experiments.tables.digest import sha256_bytes
from experiments.tables.errors import UserError, printable
from experiments.tables.figures import figure_columns, printed_cells
from experiments.tables.printed import UNITS, PrintedError, read_printed
from experiments.tables.read import FrozenTable
from experiments.tables.separator_line import refuse_separator_line
from experiments.tables.sidecar import Cost, Digests, Hardware, Provenance, Sidecar

COLUMNS = {
    "figure": ("metric", "measure", "name", ""),
    "value": ("printed", "reported", "result", "score", "mean", "x"),
    "unit": ("units", "printed_unit"),
    "n": ("samples", "size", "examples", "support", "sample_size"),
    "sd": ("std", "stdev", "standard_deviation"),
    "spread_is": (),
    "quantity": (),
    "model": (),
    "dataset": ("data", "task"),
    "split": (),
    "method": ("system", "setting"),
    "layer": (),
    "label": ("class",),
    "items": (),
    "min": ("least",),
    "max": ("most",),
    "place": (),
    "note": (),
}
"""The columns that are read, and other names under which they are found."""

QUANTITIES = {
    "acc": "accuracy",
    "em": "exact_match",
    "f1_score": "f1",
    "f_score": "f1",
    "f1_macro": "macro_f1",
    "f1_micro": "micro_f1",
    "f1_weighted": "weighted_f1",
    "prec": "precision",
    "rec": "recall",
    "sensitivity": "recall",
    "n": "samples",
    "sample_size": "samples",
    "examples": "samples",
}
"""Names of figures that mean a quantity which the checks know by another one."""
_OF_CLASSES = ("precision", "recall", "f1")
SCORES = ("accuracy", "exact_match", "balanced_accuracy", *_OF_CLASSES)
SCORES += tuple(f"{average}_{score}" for average in ("macro", "weighted", "micro") for score in _OF_CLASSES)
KNOWN = sorted({*QUANTITIES, *QUANTITIES.values(), *SCORES} - {"n"}, key=len, reverse=True)
"""What a figure may be called, the longest names first: in "BERT F1 score" the rest is the model."""

UNIT_WORDS = {
    "%": "percent",
    "percentage": "percent",
    "per_cent": "percent",
    "pct": "percent",
    "share": "fraction",
    "proportion": "fraction",
    "ratio": "fraction",
    "": None,
    "number": "score",
    "s": "seconds",
    "sec": "seconds",
    "min": "minutes",
    "h": "hours",
    "d": "days",
}
MISSING = ("", "-", "–", "—", "n/a", "na", "nan", "nr", "n.r.")
"""What a cell holds where the document prints no figure, in small letters."""

MEANS = ("mean", "x")
"""Names of the column of values that say that these are means."""
STUDY, SOURCE = "table", "table"
_ZERO = "0" * 64
_WHOLE = re.compile(r"[0-9]+|[0-9]{1,3}(?:[, '][0-9]{3})+|[0-9]{1,3}(?:\.[0-9]{3}){2,}")
_SHARES = re.compile(r"accuracy|f1|precision|recall|exact_match|share|rate$")


@dataclass(frozen=True)
class Spreadsheet:
    """The figures of one file, as the tables that `analysis.audit.audit` reads."""

    figures: View

    def table(self, table_id: str) -> View:
        """The figures, whatever they are called."""
        return self.figures

    def named(self, name: str) -> list[View]:
        """The figures; there are no claims and no cases."""
        return [self.figures] if name == "figures" else []


def read_spreadsheet(path: Path) -> Spreadsheet:
    """The figures in a CSV file: commas, semicolons or tabs, with or without a byte-order mark.

    Raises UserError with file, line and column for everything that cannot be read, a line each.
    """
    lines = list(_lines(path))
    head = [cell.strip() for cell in lines[0][1]]
    columns, values = _columns(path, head)
    complaints, rows, places = [], [], []
    for number, cells in lines[1:]:
        if len(cells) != len(head):
            complaints.append(f"{path}:{number}: {len(cells)} cells, but there are {len(head)} columns")
            continue
        named = {name: cells[at].strip() for name, at in columns.items()}
        wide = "value" not in named
        figures = [(at, (_of_wide(named, head, at) if wide else named) | {"value": cells[at].strip()}) for at in values]
        for at, figure in _accuracy_once(figures, head) if wide else figures:
            try:
                rows.append(_figure(figure, f"{path}:{number}", _word(head[at])))
                places.append(number)
            except _BadCell as error:
                where = at if error.column == "value" else columns[error.column]
                complaints.append(f"{path}:{number}: column {head[where]}: {error}")
    if complaints:
        raise UserError("\n".join(dict.fromkeys(complaints)))
    if not rows:
        raise UserError(f"{path}: there are no figures below the line of column names")
    times = Counter(row["figure"] for row in rows)
    for number, row in zip(places, rows, strict=True):
        if times[row["figure"]] > 1:
            row["figure"] = f"{row['figure']} (line {number})"
    return Spreadsheet(View(_table(path, rows)))


def _of_wide(named: Mapping[str, str], head: list[str], at: int) -> dict[str, str]:
    """What a cell of a table with a column for each score is about: the line names a model, or a class with support."""
    of_classes = "support" in map(_word, head)
    line = (of_classes and named.get("label")) or named.get("figure", "")
    quantity, name = _quantity(head[at])[0], line or named.get("model") or "figure"
    found = {**named, "figure": f"{head[at]} ({name})", "quantity": quantity}
    if not of_classes:
        return found if named.get("model") else {**found, "model": line}
    average = re.fullmatch("(macro|weighted|micro|samples)_?av(?:g|erage)", _word(line))
    if average:  # one over samples is no share of the labels that are counted beside it
        of_samples = {"n": ""} if average[1] == "samples" else {}
        return {**found, "quantity": f"{average[1]}_{quantity}", "label": ""} | of_samples
    if _word(line) == "avg_total":  # as scikit-learn called the weighted average before 0.20
        return {**found, "quantity": f"weighted_{quantity}", "label": ""}
    if _word(line) == "accuracy":
        return {**found, "quantity": "accuracy", "label": ""}
    return found if named.get("label") else {**found, "label": line}


def _accuracy_once(figures: list[tuple[int, dict[str, str]]], head: list[str]) -> list[tuple[int, dict[str, str]]]:
    """The figures of a line, of which that of the accuracy under other scores is one, however often it is printed.

    pandas fills all cells of the line with it, also that of the support, which then is no number of examples.
    """
    if any(each["quantity"] != "accuracy" or _quantity(head[at])[0] == "accuracy" for at, each in figures):
        return figures
    once: dict[str, tuple[int, dict[str, str]]] = {}
    for at, each in figures:
        once.setdefault(each["value"], (at, each | ({"n": ""} if each.get("n") == each["value"] else {})))
    printed = [found for text, found in once.items() if text.lower() not in MISSING]
    return printed or figures[:1]


class _BadCell(UserError):
    def __init__(self, column: str, what: str) -> None:
        self.column = column
        super().__init__(what)


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The lines that are not empty, with their numbers, the first being that of the column names."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
    head = next((line for line in text.splitlines() if line.strip()), "")
    if not head:
        raise UserError(f"{path}: the file is empty; its first line names the columns: figure,value,unit,n")
    refuse_separator_line(head, str(path))
    mark = max(",;\t", key=head.count)
    if mark not in head and re.search(r"\S {2,}\S", head):
        raise UserError(
            f"{path}:1: cells are parted by blanks, not by commas; a classification report of scikit-learn is written "
            "as CSV by pd.DataFrame(classification_report(…, output_dict=True)).T.to_csv(FILE)"
        )
    reader = csv.reader(text.splitlines(keepends=True), delimiter=mark, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise UserError(f"{path}:{reader.line_num}: not CSV: {error}") from None


def _columns(path: Path, head: list[str]) -> tuple[dict[str, int], list[int]]:
    """The place of each column that is read, and the places of those that hold figures: `value`, or several scores.

    Raises UserError where there is none, or a column stands twice.
    """
    names = ["" if not cell else _word(cell) for cell in head]
    found: dict[str, int] = {}
    for name, others in COLUMNS.items():
        if names.count(name) > 1:
            raise UserError(f"{path}:1: the column {name} stands {names.count(name)} times")
        at = next((names.index(each) for each in (name, *others) if each in names), None)
        if at is not None:
            found[name] = at
    if "value" in found:
        return found, [found["value"]]
    scores = [at for at, cell in enumerate(head) if _quantity(cell)[0] in SCORES and at not in found.values()]
    if not scores:
        near = get_close_matches("value", names, n=1, cutoff=0.6)
        hint = f" (is it {near[0]}?)" if near else ""
        listed = ", ".join(printable(name, 30) for name in names)
        raise UserError(f"{path}:1: there is no column value{hint}, which holds what is printed; there are {listed}")
    if "support" in names and not {"figure", "label"} & found.keys() and 0 not in (*found.values(), *scores):
        found["label"] = 0  # the index of a classification report, whatever it is called
    return found, scores


def _figure(cells: Mapping[str, str], place: str, heading: str) -> dict[str, object]:
    """The row of a figure. Raises _BadCell."""
    printed = None if cells["value"].lower() in MISSING else cells["value"]
    of_means = heading in MEANS or bool(cells.get("sd")) or cells.get("unit", "").lower() == "mean"
    name = cells.get("figure") or cells.get("quantity") or ("mean" if of_means else "figure")
    quantity, beside = _quantity(cells.get("quantity") or name)
    if beside and not cells.get("model"):
        cells = {**cells, "model": beside}
    unit = _unit(cells.get("unit", ""), printed, "" if quantity == "samples" and beside else quantity, mean=of_means)
    sd = cells.get("sd", "")
    try:
        found = printed_cells(printed, unit)
    except PrintedError as error:
        reading = _units_that_read(printed)
        known = f"the unit {' or '.join(reading)} reads it" if reading else f"known units: {', '.join(UNITS)}"
        raise _BadCell("value", f"{error}; {known}") from None
    try:
        found |= printed_cells(
            printed, unit, sd=None if sd.lower() in MISSING else sd, spread_is=cells.get("spread_is")
        )
    except PrintedError as error:
        raise _BadCell("sd", str(error)) from None
    fields = {field: cells.get(field) or None for field in ("model", "dataset", "split", "method", "label", "note")}
    numbers = {"layer": _whole(cells, "layer"), "items": _whole(cells, "items")}
    numbers |= {"least": _number(cells, "min"), "most": _number(cells, "max")}
    if numbers["items"] == 0:
        raise _BadCell("items", "'0' is no number of whole numbers that are averaged")
    if None not in (least := numbers["least"], most := numbers["most"]) and least >= most:
        raise _BadCell("max", f"{cells['max']!r} is not more than the least, {cells['min']}")
    own = None if printed is None else _whole(cells, "n")
    row = {"figure": printable(name), "source": SOURCE, "quantity": quantity, "printed": printed, "printed_unit": unit}
    row |= fields | numbers | found | {"n": found["n"] if own is None else own}
    return row | {"place": place if not cells.get("place") else f"{place}, {cells['place']}"}


def _unit(word: str, printed: str | None, quantity: str, *, mean: bool) -> str:
    """The unit of a figure: the one that is named, or else the one that its print and its name tell."""
    named = UNIT_WORDS.get(word.strip().lower().replace(" ", "_"), word.strip())
    known = {unit.lower(): unit for unit in UNITS}
    if named is not None:
        if named.lower() in known:
            return known[named.lower()]
        near = get_close_matches(named.lower(), known, n=1, cutoff=0.8) if len(named) > 3 else []
        hint = f" (did you mean {known[near[0]]}?)" if near else ""
        other = "" if near else " (for any other: score, and the number alone)"
        raise _BadCell("unit", f"{printable(word)} is no unit{hint}; known: {', '.join(UNITS)}{other}")
    text = printed or ""
    if "%" in text:
        return "percent"
    if mean or quantity.startswith("mean"):
        return "mean"
    if _SHARES.search(quantity):
        try:
            read_printed(text, "fraction")
        except PrintedError:
            return "percent"
        return "fraction"
    return "count" if quantity == "samples" or _WHOLE.fullmatch(text) else "score"


def _units_that_read(printed: str | None) -> list[str]:
    """The units in which a print has a value."""

    def reads(unit: str) -> bool:
        try:
            return read_printed(printed, unit).value is not None
        except PrintedError:
            return False

    return [unit for unit in UNITS if reads(unit)]


def _quantity(name: str) -> tuple[str, str]:
    """The quantity that a name tells, and the rest of the name: "F1 score (BERT)" is the f1 of bert."""
    word = _word(name)
    for known in KNOWN:
        for rest in (word.removeprefix(f"{known}_"), word.removesuffix(f"_{known}")):
            if rest != word:
                return QUANTITIES.get(known, known), rest
        if word == known:
            break
    return QUANTITIES.get(word, word), ""


def _word(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "figure"


def _whole(cells: Mapping[str, str], name: str) -> int | None:
    if (text := cells.get(name, "")).lower() in MISSING:
        return None
    try:
        found = read_printed(text, "count")
    except PrintedError:
        found = None
    if (
        found is None
        or found.low != found.high
        or not float(found.value).is_integer()
        or (found.value < 1 and name == "n")
    ):
        raise _BadCell(name, f"{text!r} is no whole number" + (" of examples" if name == "n" else ""))
    return int(found.value)


def _number(cells: Mapping[str, str], name: str) -> float | None:
    if (text := cells.get(name, "")).lower() in MISSING:
        return None
    try:
        return read_printed(text, "number").value
    except PrintedError:
        raise _BadCell(name, f"{text!r} is no number") from None


def _table(path: Path, rows: list[dict[str, object]]) -> FrozenTable:
    """The rows as a table like a frozen one, but that nothing was frozen: its digest is that of its rows."""
    columns = figure_columns(rows)
    data = encode(
        columns, ("figure",), [{column.name: row.get(column.name) for column in columns} for row in rows], str(path)
    )
    sidecar = Sidecar(
        table="figures",
        study=STUDY,
        kind="reported",
        title=str(path),
        key=("figure",),
        columns=columns,
        row_count=len(rows),
        digests=Digests(
            table=sha256_bytes(data),
            rows=("0" * 12,) * len(rows),
            columns={column.name: _ZERO for column in columns},
            study=_ZERO,
            code=_ZERO,
            lockfile=_ZERO,
        ),
        provenance=Provenance(
            command="",
            environment={},
            hardware=Hardware(processor="", cores=1),
            cost=Cost(wall_seconds=0, cpu_seconds=0),
        ),
    )
    return FrozenTable(f"{STUDY}/figures", sidecar, data, sidecar.digests.table, str(path))
