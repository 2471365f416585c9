"""The chapter on early exits: its models, stages and exits, and the scores that stand beside each other."""

from dataclasses import dataclass

from analysis.chapters.common import ALL, FINE_TUNED, unbroken, with_interval
from analysis.chapters.published import METHODS, METRICS, MODELS
from analysis.chapters.question_answering.scores import percent
from analysis.facts import Chapter, Markdown, Row, Value, View, derived
from analysis.figures.curves import Curve, Point
from analysis.figures.panels import Panel

STUDY = "early-exit-alpaca"
BASE = "base"
STAGES = (BASE, FINE_TUNED)
SCORES = {"bleu": "BLEU", "rouge_l": "ROUGE-L", "bertscore_f1": "BERTScore F1"}
SPECS = {"bleu": ".2f"}
"""The formats of scores that need more than one decimal: the BLEU of small models is near 0."""
PARTS = {"bertscore_precision": "Precision", "bertscore_recall": "Recall", "bertscore_f1": "F1"}
SHARES = {"empty_share": "Empty", "repeated_share": "Repeating", "unfinished_share": "Unfinished"}
ECHO, SILENCE = "prompt repeated", "nothing said"
DEEPEST, DEEPER, TUNING = "deepest", "deeper", "fine-tuning"


@dataclass(frozen=True)
class Exits:
    """One model of the study with its exits."""

    page: Chapter
    name: str

    def table(self, name: str) -> View:
        """The rows of a table of the study that are about this model."""
        return table(self.page, name).where(model=self.name)

    @property
    def label(self) -> Value:
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


def table(page: Chapter, name: str) -> View:
    """A table of the study."""
    return page.table(f"{STUDY}/{name}")


def exits(page: Chapter) -> list[Exits]:
    """The models, in the order of the study."""
    return [Exits(page, str(name)) for name in table(page, "scores").distinct("model")]


# --- figures ---------------------------------------------------------------------------------------------------------


def score_panels(page: Chapter) -> list[Panel]:
    """A row for each model, a panel for each score; below them what S4 prints, model by model."""
    ours = [
        Panel(one.name, title, [_curve(one, stage, quantity) for stage in STAGES], _floors(one, quantity))
        for one in exits(page)
        for quantity, title in SCORES.items()
    ]
    theirs = [
        Panel(f"S4, {words}", f"{title}, reported", [_printed(page, model, method, metric) for method in METHODS])
        for model, words in MODELS.items()
        for metric, title in METRICS.items()
    ]
    return [*ours, *theirs]


def echo_panels(page: Chapter) -> list[Panel]:
    """BLEU of new tokens and BLEU of prompt and answer, a row for each model; below them what S4 prints."""
    ours = [
        Panel(
            one.name,
            title,
            [_curve(one, stage, "bleu", column) for stage in STAGES],
            [
                (name, one.table("floors").at(answer=answer, quantity="bleu")[floor])
                for name, answer in ((ECHO, "prompt-echo"), (SILENCE, "empty"))
            ],
        )
        for one in exits(page)
        for title, column, floor in (
            ("New tokens alone", "value", "new_tokens_only"),
            ("With the prompt", "with_prompt", "with_prompt"),
        )
    ]
    theirs = [
        Panel("S4, as printed", words, [_printed(page, model, method, "bleu") for method in METHODS])
        for model, words in MODELS.items()
    ]
    return [*ours, *theirs]


def share_panels(page: Chapter) -> list[Panel]:
    """The shares of answers that are empty, repeat themselves or do not end: a row for each model."""
    return [
        Panel(one.name, title, [_curve(one, stage, "bleu", share) for stage in STAGES])
        for one in exits(page)
        for share, title in SHARES.items()
    ]


def difference_panels(page: Chapter) -> list[Panel]:
    """What fine-tuning adds at each exit, in points: a row for each model, a panel for each score."""
    found = []
    for one in exits(page):
        for quantity, title in SCORES.items():
            rows = one.tests(TUNING, quantity)
            points = [Point(row["after_depth"], row["difference"], row["low"], row["high"]) for row in rows]
            none = derived(0, rows.column("difference"), "no difference")
            found.append(Panel(one.name, title, [Curve("fine-tuned less base", points)], [("no difference", none)]))
    return found


def learning_curves(page: Chapter) -> list[Curve]:
    """The loss on the validation examples as training goes on: a panel for each model, a line for each seed."""
    return [
        Curve(
            run.replace("-", " "),
            [Point(row["epoch"], row["validation_loss"]) for row in one.table("curves").where(run=run)],
            one.name,
        )
        for one in exits(page)
        for run in one.runs
    ]


def _curve(one: Exits, stage: str, quantity: str, column: str = "value") -> Curve:
    rows = one.scores(stage, quantity)
    banded = column == "value"
    return Curve(
        stage, [Point(row["depth"], row[column], *((row["low"], row["high"]) if banded else ())) for row in rows]
    )


def _floors(one: Exits, quantity: str) -> list[tuple[str, Value]]:
    row = one.score(FINE_TUNED, one.depths[-1], quantity)
    return [(ECHO, row["echo_floor"]), (SILENCE, row["empty_floor"])]


def _printed(page: Chapter, model: str, method: str, metric: str) -> Curve:
    rows = page.table("published-s4/figures").where(model=model, method=method, quantity=metric)
    return Curve(
        method, [Point(row["layer"], row["value"] if row["value"].missing else percent(row["value"])) for row in rows]
    )


# --- tables ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """A line of a table: one exit of one model at one stage. `starts` tells what is named in it for the first time."""

    of: Exits
    stage: str
    depth: int
    starts: tuple[bool, bool]

    @property
    def model(self) -> Markdown:
        return Markdown(unbroken(self.of.name)) if self.starts[0] else Markdown("")

    @property
    def said_stage(self) -> Markdown:
        return Markdown(self.stage) if self.starts[1] else Markdown("")

    def row(self, quantity: str) -> Row:
        return self.of.score(self.stage, self.depth, quantity)

    def shown(self, quantity: str) -> Value:
        """A score with its interval."""
        row = self.row(quantity)
        return with_interval(row["value"], row["low"], row["high"], SPECS.get(quantity, ".1f"))


def entries(page: Chapter) -> list[Entry]:
    """Every exit of every model and stage."""
    return [
        Entry(one, stage, depth, (depth == one.depths[0] and stage == STAGES[0], depth == one.depths[0]))
        for one in exits(page)
        for stage in STAGES
        for depth in one.depths
    ]


def tuning_tests(page: Chapter) -> list[dict[str, object]]:
    """The tests of fine-tuned against base at every exit."""
    return _tests(page, lambda one, quantity: one.tests(TUNING, quantity))


def depth_tests(page: Chapter) -> list[dict[str, object]]:
    """The tests of the deepest exit against the shallowest, stage by stage."""
    return _tests(page, lambda one, quantity: one.tests(DEEPEST, quantity))


def _tests(page: Chapter, of) -> list[dict[str, object]]:
    return [
        {
            "model": Markdown(one.name if number == index == 0 else ""),
            "score": Markdown(title if index == 0 else ""),
            "row": row,
        }
        for one in exits(page)
        for number, (quantity, title) in enumerate(SCORES.items())
        for index, row in enumerate(of(one, quantity))
    ]


def floors(page: Chapter) -> list[Row]:
    """What saying nothing and repeating the prompt score, both ways: the rows of BLEU, ROUGE-L and BERTScore F1."""
    return [row for one in exits(page) for quantity in SCORES for row in one.table("floors").where(quantity=quantity)]
