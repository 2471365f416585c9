"""Judged answers in the chapter on early exits: what each judge marks right, and what its marks are worth."""

from dataclasses import dataclass

from analysis.chapters.common import ALL, unbroken, with_interval
from analysis.chapters.early_exit.scores import STAGES
from analysis.chapters.published import MODELS
from analysis.chapters.question_answering.scores import percent
from analysis.facts import Chapter, Markdown, Row, Value, View, derived, ratio
from analysis.figures.curves import Curve, Point
from analysis.figures.panels import Panel

STUDY = "judge-by-layer"
EMPTY, ECHO = "nothing said", "prompt repeated"
KINDS = {
    "exact": "is right where the answer is the reference to the letter",
    "normalised": "is right where it is so but for case, punctuation, articles and spacing",
    "generation": "reads the verdict out of what the model writes",
    "likelihood": "takes the verdict word that the model finds likelier",
    "endpoint": "asks a model behind an endpoint",
}


@dataclass(frozen=True)
class Judge:
    """One judge of the study."""

    page: Chapter
    name: str

    def table(self, name: str) -> View:
        return table(self.page, name).where(judge=self.name)

    @property
    def label(self) -> Value:
        return self.cost["judge"]

    @property
    def cost(self) -> Row:
        return self.table("cost").rows[0]

    @property
    def way(self) -> str:
        """What kind of judge it is: a key of `KINDS`."""
        return str((self.cost["kind"] if self.cost["by"].missing else self.cost["by"]).data)

    @property
    def agreement(self) -> Row:
        """How far it agrees with our labels, over all labelled examples."""
        return self.table("agreement").at(category=ALL)

    @property
    def accuracy(self) -> View:
        """Its marks over all seeds, by model, stage and depth."""
        return self.table("accuracy").where(run=ALL)

    def share(self, column: str) -> Value:
        """The share of the labelled examples that are `inconsistent` or `unparsed`."""
        return ratio(self.agreement[column], self.agreement["n"])

    @property
    def inconsistent(self) -> Value:
        """The share whose mark changes with the order; missing for a judge to whom order is nothing."""
        return _in_orders(self.agreement, self.share("inconsistent"))


def table(page: Chapter, name: str) -> View:
    """A table of the study."""
    return page.table(f"{STUDY}/{name}")


def judges(page: Chapter) -> list[Judge]:
    """The judges, in the order of the study."""
    return [Judge(page, str(name)) for name in table(page, "agreement").distinct("judge")]


def _in_orders(row: Row, share: Value) -> Value:
    right_in_one = row["right_answer_first"]
    return right_in_one if right_in_one.missing else share


def panels_of(page: Chapter) -> list[Panel]:
    """A row for each judge, a panel for each model that answered; below them what S4 prints."""
    ours = [
        Panel(judge.name, str(model), [_curve(rows, stage) for stage in STAGES], _floors(rows))
        for judge in judges(page)
        for model in judge.accuracy.distinct("model")
        for rows in [judge.accuracy.where(model=model)]
    ]
    printed = page.table("published-s4/figures").where(quantity="judged_correct")
    points = [Point(row["layer"], percent(row["value"])) for row in printed]
    return [*ours, Panel("S4's judge", MODELS[str(printed.rows[0]["model"].data)], [Curve("stage not told", points)])]


def _curve(rows: View, stage: str) -> Curve:
    cells = ("accuracy", "accuracy_low", "accuracy_high")
    found = rows.where(stage=stage).sort("depth")
    return Curve(stage, [Point(row["depth"], *(percent(row[cell]) for cell in cells)) for row in found])


def _floors(rows: View) -> list[tuple[str, Value]]:
    row = rows.rows[0]
    return [(ECHO, percent(row["floor_echo"])), (EMPTY, percent(row["floor_empty"]))]


# --- tables ----------------------------------------------------------------------------------------------------------


def kappa(row: Row, name: str = "kappa") -> Value:
    """Cohen's kappa with its interval."""
    return with_interval(row[name], row[f"{name}_low"], row[f"{name}_high"], ".2f")


def way(judge: Judge) -> Markdown:
    return Markdown(KINDS.get(judge.way, judge.way))


@dataclass(frozen=True)
class Marked:
    """A line of a table: the answers of one model at one stage from its deepest exit, as one judge marks them."""

    judge: Judge
    row: Row
    starts: bool

    @property
    def name(self) -> Markdown:
        return Markdown(unbroken(self.judge.name) if self.starts else "")

    def share(self, column: str) -> Value:
        """The share of the answers that are `inconsistent` or `unparsed`."""
        return ratio(self.row[column], self.row["answers"])

    @property
    def inconsistent(self) -> Value:
        """The share whose mark changes with the order; missing for a judge to whom order is nothing."""
        return _in_orders(self.row, self.share("inconsistent"))

    @property
    def accuracy(self) -> Value:
        row = self.row
        low, value, high = (100 * row[name].number() for name in ("accuracy_low", "accuracy", "accuracy_high"))
        cells = [row[name] for name in ("accuracy", "accuracy_low", "accuracy_high")]
        said = unbroken(f"{value:.1f}% ({low:.1f} to {high:.1f})")
        return derived(said, cells, f"{cells[0].how} with its 95 % interval")


def deepest(page: Chapter) -> list[Marked]:
    """The answers of the deepest exits, judge by judge."""
    found = []
    for judge in judges(page):
        last = [
            judge.accuracy.where(model=model, stage=stage).sort("depth", descending=True).rows[0]
            for model in judge.accuracy.distinct("model")
            for stage in STAGES
        ]
        found += [Marked(judge, row, index == 0) for index, row in enumerate(last)]
    return found


def categories(page: Chapter) -> list[str]:
    """What the labelled examples try, in the order of their list."""
    return [str(name) for name in table(page, "agreement").distinct("category") if name != ALL]


def agreement_in(judge: Judge, category: str) -> Value:
    """The share of the examples of a category whose mark is their label."""
    return judge.table("agreement").at(category=category)["agreement"]
