"""Predictions that somebody else made: pairs of sides as classifiers, values of regressions, answers to questions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from analysis.chapters.common import Classifier, Study, slug
from analysis.facts import Markdown, Row, View, derived
from analysis.facts.escape import markdown
from analysis.facts.values import Value

PLAIN = ("before", "after")
"""The names of two sides that say nothing more."""


@dataclass(frozen=True)
class Adopted(Classifier):
    """Two sides of a study of adopted predictions, or its only one."""

    one: str = PLAIN[0]
    other: str | None = PLAIN[1]
    starts: bool = True
    """Whether it is the first pair of its study."""

    @property
    def before(self) -> str:
        """The name of the first side."""
        return self.one

    @property
    def after(self) -> str:
        """The side that is compared with it; the only one where there is one alone."""
        return self.other or self.one

    @property
    def measured(self) -> bool:
        """Whether we ran it: never, since the predictions were made elsewhere."""
        return False

    @property
    def compared(self) -> bool:
        """Whether there are two sides."""
        return self.other is not None

    @property
    def key(self) -> str:
        """The study's name, with that of the side for later pairs."""
        return self.name if self.starts else f"{self.name}-{slug(self.after)}"

    @property
    def seeds(self) -> list[str]:
        """The runs that have a seed: none, since adopted predictions have no runs."""
        return []

    @property
    def test(self) -> Row:
        """The test of the other side against the first."""
        return self._pair("tests").rows[0]

    @property
    def transitions(self) -> View:
        """How many predictions are of each correctness class."""
        return self._pair("transitions")

    def score(self, stage: str, quantity: str = "accuracy") -> Row:
        """A score of the predictions of one side."""
        return self.table("scores").at(side=stage, score=quantity)

    def accuracies(self) -> list[Row]:
        """The accuracy of either side; of the first one only with the first pair."""
        sides = [self.one] if self.starts else []
        return [self.score(side) for side in (*sides, *([self.other] if self.other else []))]

    def _pair(self, table: str) -> View:
        return self.table(table).where(before=self.one, after=self.other)


def sides_of(study: Study) -> list[str]:
    """The sides of a study, the first being what the others are compared with."""
    return [str(side) for side in study.table("scores").distinct("side")]


def pairs_of_sides(study: Study) -> Iterator[Adopted]:
    """The first side with each of the others, named by them where their names say more than before and after."""
    first, *others = sides_of(study)
    for index, other in enumerate(others or [None]):
        pair = Adopted(
            study.page, study.name, study.title, study.text, study.is_first and index == 0, first, other, index == 0
        )
        if len(others) > 1:
            told = f"{other} against {first}"
            pair = replace(pair, title=f"{study.title}, {told}", text=f"{study.text} ({told})")
        yield pair


def side(row: Row, *columns: str) -> Value:
    """The side that a row is about, or both of them: "base → tuned"."""
    cells = [row[name] for name in columns or ("side",)]
    return derived(" → ".join(str(cell.data) for cell in cells), cells, cells[-1].how)


def named_in(lines: Sequence[tuple[Study, View]]) -> list[tuple[Markdown, Row]]:
    """The rows of tables of several studies, with the name of each study before its first row."""
    return [
        (Markdown(markdown(study.title)) if index == 0 else Markdown(""), row)
        for study, rows in lines
        for index, row in enumerate(rows)
    ]
