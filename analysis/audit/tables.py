"""The reported tables that are audited, and how their rows are found."""

from collections.abc import Iterator

from analysis.audit.finding import Read
from analysis.facts import Row, Value, View

SOURCES = ("s0", "s1", "s2", "s3", "s4")

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


def figures_of(read: Read, source: str) -> View:
    """All figures of one source."""
    return read(f"published-{source}/figures")


def baselines(read: Read) -> View:
    """Sizes and label counts of public evaluation sets."""
    return read("published-baselines/figures")


def all_figures(read: Read) -> Iterator[tuple[str, View]]:
    """Each source with its figures."""
    return ((source, figures_of(read, source)) for source in SOURCES)


def name(row: Row) -> str:
    """The identifier of a figure."""
    return str(row.cells["figure"])


def printed(view: View) -> View:
    """The figures that have a value."""
    return view.where(value=lambda value: value is not None)


def samples(view: View, row: Row) -> Value | None:
    """The number of examples behind a score, where the source prints it for the same data set and split."""
    found = view.where(quantity="samples", dataset=row.cells["dataset"], split=row.cells["split"])
    return found.rows[0]["value"] if len(found) == 1 and row.cells["split"] else None
