"""The published documents of a project, discovered from its frozen tables, each with its own figures alone.

A study of published figures from one document is a *source*: its claims are decided and its figures audited. A study of
figures of one sort from several documents, such as label counts of public data sets, is a *reference* for checks.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from types import MethodType
from typing import Protocol

from analysis.facts import Row, Value, View
from analysis.facts.formatting import listed
from experiments.tables.presentation import read_presented
from experiments.tables.read import read_table, table_ids

FIELDS = ("quantity", "model", "dataset", "split", "method", "layer", "label")
"""The columns that say what a figure is about; `label` stands only in tables that have figures of single classes."""

SCORES = {
    "accuracy": "accuracy",
    "exact_match": "exact match",
    "f1": "F1",
    "bleu": "BLEU",
    "rouge": "ROUGE",
    "rouge_l": "ROUGE-L",
    "meteor": "METEOR",
    "bertscore": "BERTScore",
    "judged_correct": "share judged correct",
}
"""The quantities that say how good answers are, as readers know them."""

WORDS = SCORES | {
    "total_parameters": "total number of parameters",
    "samples": "number of examples",
    "mse": "mean squared error",
    "macro_f1": "macro F1",
    "weighted_f1": "weighted F1",
    "micro_f1": "micro F1",
    "lora_rank": "LoRA rank",
    "lora_alpha": "LoRA alpha",
    "lora_dropout": "LoRA dropout",
    "qlora": "QLoRA",
    "gpu": "GPU",
    "gpu_memory": "GPU memory",
    "peak_gpu_memory": "peak GPU memory",
    "non_embedding": "non-embedding",
    "sst2": "SST-2",
    "snli": "SNLI",
    "squad": "SQuAD",
}
"""The quantities, data sets and methods whose names are not those of the columns with spaces."""


def short_name(source: str) -> str:
    """The key of a source as a table shows it: `a7` as A7, any other as it is written."""
    return source.upper() if re.fullmatch(r"[a-z]\d+", source) else source


class Tables(Protocol):
    """A place from which frozen tables are read, such as a chapter."""

    def table(self, table_id: str) -> View:
        """The table `study/table`."""

    def named(self, name: str) -> list[View]:
        """All frozen tables called `name`, of whatever study, by id."""


def tables_of(asked: "Tables | Callable[[str], View]") -> Tables:
    """The tables that are asked for: those of a chapter also where only its `table` is given."""
    return asked.__self__ if isinstance(asked, MethodType) else asked


class TablesAt:
    """The frozen tables below a folder, those of the project where none is named, each read once."""

    def __init__(self, root: Path | None = None) -> None:
        self._root = root
        self._views: dict[str, View] = {}

    def table(self, table_id: str) -> View:
        """The table `study/table`. Raises TableError where it does not verify."""
        if table_id not in self._views:
            self._views[table_id] = View(read_table(table_id, self._root))
        return self._views[table_id]

    def named(self, name: str) -> list[View]:
        """All tables called `name`, by id."""
        return [self.table(found) for found in table_ids(self._root) if found.rpartition("/")[2] == name]


@dataclass(frozen=True)
class Source:
    """One published document: its key in the study, its figures, its claims and its printed cases, where it has any."""

    name: str
    study: str
    figures: View
    claims: View | None = None
    cases: View | None = None

    @property
    def printed(self) -> View:
        """The figures that have a value."""
        return self.figures.where(value=lambda value: value is not None)


def sources(tables: Tables) -> list[Source]:
    """Every document that a study transcribes and that is to be shown, in the order that the studies give."""
    claims, cases = _by_study(tables.named("claims")), _by_study(tables.named("cases"))
    found = []
    presented = {study: (read_presented(study).report, figures) for study, figures in _published(tables)}
    for study, (report, figures) in sorted(presented.items(), key=lambda each: (each[1][0].order, each[0])):
        names = figures.distinct("source")
        if len(names) == 1 and report.show:
            found.append(Source(str(names[0]), study, figures, claims.get(study), cases.get(study)))
    return found


def references(tables: Tables) -> list[Row]:
    """The figures of the studies that gather them from several documents."""
    return [row for _, view in _published(tables) if len(view.distinct("source")) > 1 for row in view]


def transcribed(tables: Tables) -> list[str]:
    """The names of all studies that transcribe figures, whether of one document or of several."""
    return [study for study, _ in _published(tables)]


def only(rows: Iterable[Row], **cells: object) -> Row | None:
    """The one row with these cells, None where there is none, or several."""
    found = matching(rows, **cells)
    return found[0] if len(found) == 1 else None


def matching(rows: Iterable[Row], **cells: object) -> list[Row]:
    """The rows with these cells, each one value or several that will do; a column that a table lacks is empty."""
    wanted = {name: cell if isinstance(cell, tuple | list) else (cell,) for name, cell in cells.items()}
    return [row for row in rows if all(row.cells.get(name) in several for name, several in wanted.items())]


def about(row: Row, *leaving_out: str) -> dict[str, object]:
    """What a figure is about, field by field, without its quantity and the fields that are left out."""
    return {name: row.cells.get(name) for name in FIELDS if name != "quantity" and name not in leaving_out}


def bounds(row: Row) -> tuple[float, float]:
    """The least and the greatest number that a printed figure can stand for."""
    low, high = row["low"], row["high"]
    return (-inf if low.missing else low.number(), inf if high.missing else high.number())


def is_bounded(row: Row) -> bool:
    """Whether a figure is printed as a number, and not as more or less than one alone."""
    return not (row["low"].missing or row["high"].missing)


def series(rows: Iterable[Row], along: str) -> list[tuple[Row, ...]]:
    """The rows in groups that differ in the field `along` alone, in the order of first appearance."""
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row.cells.get(name) for name in FIELDS if name != along), []).append(row)
    return [tuple(group) for group in groups.values()]


def in_words(name: object) -> str:
    """A quantity, data set or method as readers know it: `rouge_l` is "ROUGE-L", `first-layer` "first layer"."""
    plain = re.sub(r"-layer$", " layer", str(name).replace("_", " "))
    return WORDS.get(str(name), f"number of {plain}" if plain.endswith(" parameters") else plain)


def described(cells: Mapping[str, object], leaving_out: Iterable[str] = ()) -> str:
    """What figures are about, in words: "accuracy (SST-2, fine-tuned)"."""
    told = {name: cells.get(name) for name in FIELDS if name not in set(leaving_out) and cells.get(name) is not None}
    subject = _listed(told.pop("quantity", "figure"))
    about = [f"layer {_listed(each)}" if name == "layer" else _listed(each) for name, each in told.items()]
    return f"{subject} ({', '.join(about)})" if about else subject


def samples(source: Source, row: Row) -> Value | None:
    """The number of examples behind a score: its own `n`, or the `samples` that the source prints for the same set.

    A score of one class has none but its own.
    """
    if row.cells.get("n") is not None:
        return row["n"]
    return set_size(source, row) if row.cells.get("label") is None else None


def set_size(source: Source, row: Row) -> Value | None:
    """The `samples` that the source prints for the data set and split of a figure; of several those of its model."""
    same = {"dataset": row.cells["dataset"], "split": row.cells["split"], "label": None}
    found = matching(source.printed, quantity="samples", **same)
    if len(found) > 1:
        found = matching(found, **about(row, "label"))
    return found[0]["value"] if len(found) == 1 and found[0]["value"] >= 1 else None


def _listed(one_or_several: object) -> str:
    several = one_or_several if isinstance(one_or_several, tuple | list) else (one_or_several,)
    return listed(map(in_words, several))


def _published(tables: Tables) -> Iterator[tuple[str, View]]:
    needed = {"figure", "source", "printed", "printed_unit", "value", "low", "high", *FIELDS} - {"label"}
    for view in tables.named("figures"):
        if view.kind == "reported" and needed <= set(view.columns):
            yield view.id.partition("/")[0], view


def _by_study(views: Iterable[View]) -> dict[str, View]:
    return {view.id.partition("/")[0]: view for view in views if view.kind == "reported"}
