"""Scores over the layers of a model, as a source prints them."""

from dataclasses import dataclass
from itertools import pairwise

from analysis.audit.finding import Read
from analysis.audit.tables import figures_of, printed
from analysis.facts import Row

LAYERED = ("bleu", "rouge_l", "bertscore")


@dataclass(frozen=True)
class Curve:
    """One score of one model over the layers; `points` are the printed cells, by rising layer."""

    model: str
    method: str
    quantity: str
    points: tuple[Row, ...]

    @property
    def rises(self) -> bool:
        """Whether the printed score is greater at each printed layer than at the one before."""
        return all(before["value"] < after["value"] for before, after in pairwise(self.points))


def curves(read: Read) -> list[Curve]:
    """All curves of S4, in the order of the source."""
    view = printed(figures_of(read, "s4"))
    return [
        Curve(model, method, quantity, view.where(model=model, method=method, quantity=quantity).sort("layer").rows)
        for model in view.where(quantity=LAYERED).distinct("model")
        for method in view.where(quantity=LAYERED, model=model).distinct("method")
        for quantity in LAYERED
    ]
