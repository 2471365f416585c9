"""Early exits: the models, stages and exits of a study, and the scores that are shown in figures and tables."""

from dataclasses import dataclass

from analysis.chapters.common import Part, Study
from analysis.facts import Interval, Markdown, Row, Value, View, derived
from analysis.facts.formatting import unbroken
from analysis.figures.curves import Curve, Point
from analysis.figures.panels import Panel
from experiments.tables.terms import ALL, Stage

STAGES = (Stage.BASE, Stage.FINE_TUNED)
SCORES = {"bleu": "BLEU", "rouge_l": "ROUGE-L", "bertscore_f1": "BERTScore F1"}
SPECS = {"bleu": ".2f"}
"""The formats of scores that need more than one decimal: the BLEU of small models is near 0."""
PARTS = {"bertscore_precision": "Precision", "bertscore_recall": "Recall", "bertscore_f1": "F1"}
SHARES = {"empty_share": "Empty", "repeated_share": "Repeating", "unfinished_share": "Unfinished"}
ECHO, EMPTY = "prompt-echo", "empty"
ANSWERS = {ECHO: "repeats the prompt", EMPTY: "empty answer"}
"""The trivial baselines, as figures and tables name them."""
DEEPEST, DEEPER, TUNING = "deepest", "deeper", "fine-tuning"


@dataclass(frozen=True)
class Exits(Part):
    """One model of a study with its exits."""

    column = "model"

    @property
    def label(self) -> Value:
        """The name of the model as a value, for sentences and tables."""
        return self.table("scores").rows[0]["model"]

    @property
    def depths(self) -> list[int]:
        """The depths of its exits, rising."""
        return sorted(int(depth) for depth in self.table("scores").distinct("depth"))

    @property
    def runs(self) -> list[str]:
        """The runs that have a seed."""
        return [str(run) for run in self.table("curves").distinct("run")]

    def score(self, stage: str, depth: int, quantity: str) -> Row:
        """A score over all seeds."""
        return self.table("scores").at(run=ALL, stage=stage, depth=depth, quantity=quantity)

    def scores(self, stage: str, quantity: str) -> list[Row]:
        """A score at every exit, from the shallowest to the deepest."""
        return [self.score(stage, depth, quantity) for depth in self.depths]

    def tests(self, comparison: str, quantity: str, **of: object) -> View:
        """Tests over all seeds, in the order of depth."""
        found = self.table("tests").where(comparison=comparison, quantity=quantity, run=ALL, **of)
        return found.sort("before_depth", "after_depth")


def exits(study: Study) -> list[Exits]:
    """The models, in the order of the study."""
    return [Exits(study, str(name)) for name in study.table("scores").distinct("model")]


# --- figures ---------------------------------------------------------------------------------------------------------


def score_panels(study: Study) -> list[Panel]:
    """A row for each model, a panel for each score, with the trivial baselines as levels."""
    return [
        Panel(one.name, title, [_curve(one, stage, quantity) for stage in STAGES], _baselines(one, quantity))
        for one in exits(study)
        for quantity, title in SCORES.items()
    ]


def prompt_panels(study: Study) -> list[Panel]:
    """BLEU of new tokens, and BLEU of prompt and answer together: a row for each model."""
    return [
        Panel(
            one.name,
            title,
            [_curve(one, stage, "bleu", column) for stage in STAGES],
            [
                (ANSWERS[answer], one.table("baselines").at(answer=answer, quantity="bleu")[baseline])
                for answer in (ECHO, EMPTY)
            ],
        )
        for one in exits(study)
        for title, column, baseline in (
            ("New tokens alone", "value", "new_tokens_only"),
            ("With the prompt", "with_prompt", "with_prompt"),
        )
    ]


def share_panels(study: Study) -> list[Panel]:
    """The shares of answers that are empty, repeat themselves or do not end: a row for each model."""
    return [
        Panel(one.name, title, [_curve(one, stage, "bleu", share) for stage in STAGES])
        for one in exits(study)
        for share, title in SHARES.items()
    ]


def difference_panels(study: Study) -> list[Panel]:
    """The effect of fine-tuning at each exit, in points: a row for each model, a panel for each score."""
    found = []
    for one in exits(study):
        for quantity, title in SCORES.items():
            rows = one.tests(TUNING, quantity)
            points = [Point(row["after_depth"], row["difference"], row["low"], row["high"]) for row in rows]
            none = derived(0, rows.column("difference"), "no difference")
            found.append(Panel(one.name, title, [Curve("fine-tuned minus base", points)], [("no difference", none)]))
    return found


def learning_curves(study: Study) -> list[Curve]:
    """The loss on the validation examples as training goes on: a panel for each model, a line for each seed."""
    return [
        Curve(
            run.replace("-", " "),
            [Point(row["epoch"], row["validation_loss"]) for row in one.table("curves").where(run=run)],
            one.name,
        )
        for one in exits(study)
        for run in one.runs
    ]


def _curve(one: Exits, stage: str, quantity: str, column: str = "value") -> Curve:
    rows = one.scores(stage, quantity)
    banded = column == "value"
    return Curve(
        stage, [Point(row["depth"], row[column], *((row["low"], row["high"]) if banded else ())) for row in rows]
    )


def _baselines(one: Exits, quantity: str) -> list[tuple[str, Value]]:
    row = one.score(Stage.FINE_TUNED, one.depths[-1], quantity)
    return [(ANSWERS[ECHO], row["echo_baseline"]), (ANSWERS[EMPTY], row["empty_baseline"])]


# --- tables ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """A row of a table: one exit of one model at one stage; `starts` says whether model and stage are new in it."""

    of: Exits
    stage: str
    depth: int
    starts: tuple[bool, bool]

    @property
    def model(self) -> Value | Markdown:
        """The model, in its first row."""
        return on_one_line(self.of.label) if self.starts[0] else Markdown("")

    @property
    def stage_title(self) -> Markdown:
        """The stage, in its first row."""
        return Markdown(self.stage) if self.starts[1] else Markdown("")

    def row(self, quantity: str) -> Row:
        """A score over all seeds."""
        return self.of.score(self.stage, self.depth, quantity)

    def score(self, quantity: str) -> Interval:
        """A score with its interval."""
        return self.row(quantity).interval("value", estimate=True)


def on_one_line(name: Value) -> Value:
    """A name that is not broken across lines."""
    return derived(unbroken(str(name.data)), [name], name.how)


def entries(study: Study) -> list[Entry]:
    """Every exit of every model and stage."""
    return [
        Entry(one, stage, depth, (depth == one.depths[0] and stage == STAGES[0], depth == one.depths[0]))
        for one in exits(study)
        for stage in STAGES
        for depth in one.depths
    ]


def depth_tests(study: Study) -> list[dict[str, object]]:
    """A row for each test of the deepest exit against the shallowest, stage by stage."""
    return [
        {
            "model": one.label if number == index == 0 else Markdown(""),
            "score": Markdown(title if index == 0 else ""),
            "row": row,
        }
        for one in exits(study)
        for number, (quantity, title) in enumerate(SCORES.items())
        for index, row in enumerate(one.tests(DEEPEST, quantity))
    ]


def baselines(study: Study) -> list[Row]:
    """The scores of the trivial baselines, without and with the prompt."""
    tables = [one.table("baselines") for one in exits(study)]
    return [row for table in tables for quantity in SCORES for row in table.where(quantity=quantity)]
