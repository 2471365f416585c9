"""What a source prints of single classes: their sizes and their scores."""

from collections.abc import Sequence
from typing import NamedTuple

from analysis.facts import Row, Value
from analysis.sources import Source, about, matching


class Size(NamedTuple):
    """The number of examples of a class, and the figure that prints it."""

    label: str
    row: Row
    n: Value


def class_sizes(source: Source, row: Row) -> list[Size]:
    """The sizes of the classes behind a score: figures of `support`, or else the `n` of the scores of the classes.

    None where a class has several.
    """
    same = {"dataset": row.cells["dataset"], "split": row.cells["split"]}
    same |= {name: (None, row.cells[name]) for name in ("model", "method", "layer")}
    of_class = [each for each in matching(source.printed, **same) if each.cells.get("label") is not None]
    sizes = [Size(each.cells["label"], each, each["value"]) for each in of_class if each.cells["quantity"] == "support"]
    if not sizes:
        counted = {(each.cells["label"], each.cells["n"]): each for each in of_class if each.cells.get("n") is not None}
        sizes = [Size(label, each, each["n"]) for (label, _), each in counted.items()]
    return sizes if len({size.label for size in sizes}) == len(sizes) else []


def of_classes(source: Source, row: Row, quantity: str) -> list[Row]:
    """The figures of single classes with this quantity, about the same otherwise; none where a class has several."""
    found = [
        each for each in matching(source.printed, quantity=quantity, **about(row, "label")) if each.cells.get("label")
    ]
    return found if len({each.cells["label"] for each in found}) == len(found) else []


def sizes_of(rows: Sequence[Row], sizes: Sequence[Size]) -> list[Size]:
    """The size of the class of each figure; none unless these are all classes."""
    by_label = {size.label: size for size in sizes}
    labels = [row.cells["label"] for row in rows]
    return [by_label[label] for label in labels] if rows and set(labels) == set(by_label) else []
