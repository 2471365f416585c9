"""Judged answers of early exits: the shares that each judge accepts, and its agreement with labelled examples."""

from dataclasses import dataclass

from analysis.chapters.common import Part, Study
from analysis.chapters.early_exit.scores import ANSWERS, ECHO, EMPTY, STAGES, on_one_line
from analysis.chapters.question_answering.scores import percent
from analysis.facts import Markdown, Row, Value, View, ratio
from analysis.figures.curves import Curve, Point
from analysis.figures.panels import Panel
from experiments.tables.terms import ALL

KINDS = {
    "exact": "exact match with the reference",
    "normalised": "exact match after normalisation of case, punctuation, articles and spacing",
    "generation": "verdict parsed from generated text",
    "likelihood": "verdict word that is likelier",
    "endpoint": "model behind an endpoint",
}


@dataclass(frozen=True)
class Judge(Part):
    """One judge of a study."""

    column = "judge"

    @property
    def label(self) -> Value:
        """The name of the judge as a value, for sentences and tables."""
        return self.cost["judge"]

    @property
    def cost(self) -> Row:
        """The row of what judging by it cost."""
        return self.table("cost").rows[0]

    @property
    def way(self) -> str:
        """How it decides: a key of `KINDS`."""
        return str((self.cost["kind"] if self.cost["by"].missing else self.cost["by"]).data)

    @property
    def agreement(self) -> Row:
        """Its agreement with our labels, over all labelled examples."""
        return self.table("agreement").at(category=ALL)

    @property
    def agrees(self) -> bool:
        """Whether it agrees with our labels significantly better than chance: the interval of kappa lies above 0."""
        return agrees(self.agreement)

    @property
    def accuracy(self) -> View:
        """The shares that it accepts over all seeds, by model, stage and depth."""
        return self.table("accuracy").where(run=ALL)

    def share(self, column: str) -> Value:
        """The share of the labelled examples that are `inconsistent` or `unparsed`."""
        return ratio(self.agreement[column], self.agreement["n"])

    @property
    def inconsistent(self) -> Value:
        """The share whose mark changes with the order; missing for a judge without one."""
        return _in_orders(self.agreement, self.share("inconsistent"))


def judges(study: Study) -> list[Judge]:
    """The judges, in the order of the study."""
    return [Judge(study, str(name)) for name in study.table("agreement").distinct("judge")]


def agrees(agreement: Row) -> bool:
    """Whether a judge agrees with labels significantly better than chance: the interval of kappa lies above 0."""
    return not agreement["kappa"].missing and agreement["kappa_low"] > 0


def _in_orders(row: Row, share: Value) -> Value:
    right_in_one = row["right_answer_first"]
    return right_in_one if right_in_one.missing else share


def panels_of(study: Study) -> list[Panel]:
    """A row for each model that answered, a panel for each judge, with the shares of the trivial baselines."""
    return [
        Panel(str(model), judge.name, [_curve(rows, stage) for stage in STAGES], _baselines(rows))
        for judge in judges(study)
        for model in judge.accuracy.distinct("model")
        for rows in [judge.accuracy.where(model=model)]
    ]


def _curve(rows: View, stage: str) -> Curve:
    cells = ("accuracy", "accuracy_low", "accuracy_high")
    found = rows.where(stage=stage).sort("depth")
    return Curve(stage, [Point(row["depth"], *(percent(row[cell]) for cell in cells)) for row in found])


def _baselines(rows: View) -> list[tuple[str, Value]]:
    row = rows.rows[0]
    return [(ANSWERS[ECHO], percent(row["echo_baseline"])), (ANSWERS[EMPTY], percent(row["empty_baseline"]))]


# --- tables ----------------------------------------------------------------------------------------------------------


def method(judge: Judge) -> Markdown:
    """How a judge decides, in words."""
    return Markdown(KINDS.get(judge.way, judge.way))


@dataclass(frozen=True)
class Judged:
    """A row of a table: the answers of one model at one stage from its deepest exit, marked by one judge."""

    judge: Judge
    row: Row
    starts: bool

    @property
    def name(self) -> Value | Markdown:
        """The judge, in its first row."""
        return on_one_line(self.judge.label) if self.starts else Markdown("")

    def share(self, column: str) -> Value:
        """The share of the answers that are `inconsistent` or `unparsed`."""
        return ratio(self.row[column], self.row["answers"])

    @property
    def inconsistent(self) -> Value:
        """The share whose mark changes with the order; missing for a judge without one."""
        return _in_orders(self.row, self.share("inconsistent"))


def deepest_exits(study: Study) -> list[Judged]:
    """The answers of the deepest exits, judge by judge."""
    found = []
    for judge in judges(study):
        last = [
            judge.accuracy.where(model=model, stage=stage).sort("depth", descending=True).rows[0]
            for model in judge.accuracy.distinct("model")
            for stage in STAGES
        ]
        found += [Judged(judge, row, index == 0) for index, row in enumerate(last)]
    return found


def categories(study: Study) -> list[str]:
    """The categories of labelled examples, in the order of their list."""
    return [str(name) for name in study.table("agreement").distinct("category") if name != ALL]


def agreement_in(judge: Judge, category: str) -> Value:
    """The share of the examples of a category whose mark is their label."""
    return judge.table("agreement").at(category=category)["agreement"]
