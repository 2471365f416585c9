"""The published documents of a project, discovered from its frozen tables, each with its own figures alone.

A study of published figures from one document is a *source*: its claims are decided and its figures audited. A study of
figures of one sort from several documents, such as label counts of public data sets, is a *reference* for checks.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from analysis.facts import Row, Value, View
from experiments.tables.presentation import read_presented

FIELDS = ("quantity", "model", "dataset", "split", "method", "layer")
"""The columns that say what a figure is about."""

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
    "sst2": "SST-2",
    "snli": "SNLI",
    "squad": "SQuAD",
}


class Tables(Protocol):
    """Where frozen tables are read: a chapter is one."""

    def table(self, table_id: str) -> View:
        """The table `study/table`."""

    def named(self, name: str) -> list[View]:
        """All frozen tables called `name`, of whatever study, by id."""


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
    found = [row for row in rows if all(row.cells[name] == wanted for name, wanted in cells.items())]
    return found[0] if len(found) == 1 else None


def series(rows: Iterable[Row], along: str) -> list[tuple[Row, ...]]:
    """The rows in groups that differ in the field `along` alone, in the order of first appearance."""
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row.cells[name] for name in FIELDS if name != along), []).append(row)
    return [tuple(group) for group in groups.values()]


def in_words(name: object) -> str:
    """A quantity, data set or method as readers know it: `exact_match` is "exact match", `rouge_l` "ROUGE-L"."""
    plain = str(name).replace("_", " ")
    return WORDS.get(str(name), f"number of {plain}" if plain.endswith(" parameters") else plain)


def described(cells: Mapping[str, object], leaving_out: Iterable[str] = ()) -> str:
    """What figures are about, in words: "accuracy (SST-2, fine-tuned)"."""
    told = {name: cells.get(name) for name in FIELDS if name not in set(leaving_out) and cells.get(name) is not None}
    subject = _listed(told.pop("quantity", "figure"))
    about = [f"layer {_listed(each)}" if name == "layer" else _listed(each) for name, each in told.items()]
    return f"{subject} ({', '.join(about)})" if about else subject


def samples(source: Source, row: Row) -> Value | None:
    """The number of examples behind a score, where the source prints it for the same data set and split."""
    if row.cells["split"] is None:
        return None
    found = only(source.printed, quantity="samples", dataset=row.cells["dataset"], split=row.cells["split"])
    return None if found is None else found["value"]


def _listed(one_or_several: object) -> str:
    several = one_or_several if isinstance(one_or_several, tuple | list) else (one_or_several,)
    *first, last = map(in_words, several)
    return f"{', '.join(first)} and {last}" if first else last


def _published(tables: Tables) -> Iterator[tuple[str, View]]:
    needed = {"figure", "source", "printed", "printed_unit", "value", "low", "high", *FIELDS}
    for view in tables.named("figures"):
        if view.kind == "reported" and needed <= set(view.columns):
            yield view.id.partition("/")[0], view


def _by_study(views: Iterable[View]) -> dict[str, View]:
    return {view.id.partition("/")[0]: view for view in views if view.kind == "reported"}
