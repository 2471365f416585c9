"""Question answering before and after fine-tuning: the scores that are shown in figure and tables."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.chapters.common import STAGES, Part, Study, estimate, stage_before
from analysis.facts import Interval, Markdown, Row, Value
from analysis.facts.escape import markdown
from analysis.figures.paired import Pair
from experiments.tables.terms import ALL, TRAINING, Stage

THRESHOLD, ALWAYS = "threshold", "always-answer"
EXTRACTIVE, GENERATIVE, FORCED = "extractive", "generative", "generative-forced"
CANDIDATE_SCORES = {
    "exact": "Exact",
    "f1": "F1",
    "bleu": "BLEU",
    "rouge_l": "ROUGE-L",
    "meteor_exact_stem": "METEOR\\*",
}
QUANTITIES = {"exact": "exact match", "f1": "F1"}
GROUPS = {"all": "overall", "has-answer": "answerable", "no-answer": "unanswerable"}
APPROACHES = {EXTRACTIVE: "span prediction", GENERATIVE: "generation", FORCED: "forced generation"}
ANSWER_TITLES = {EXTRACTIVE: "spans", GENERATIVE: "generated", FORCED: "forced"}
"""What follows the title of the study in figures and tables of other chapters."""
SHORT = {EXTRACTIVE: "span", GENERATIVE: "generated", FORCED: "forced"}


@dataclass(frozen=True)
class Approach(Part):
    """One way of answering the questions of a study."""

    column = "approach"

    @property
    def text(self) -> str:
        """The name of the approach in a sentence."""
        return APPROACHES.get(self.name, self.name)

    @property
    def label(self) -> Markdown:
        """The name of the approach in a table."""
        return Markdown(markdown(SHORT.get(self.name, self.name)))

    @property
    def before(self) -> str:
        """The stage before fine-tuning: zero-shot, or an untrained head."""
        return stage_before(self.table("scores"))

    @property
    def training(self) -> Row:
        """What its first training took, by which model."""
        return self.table("cost").where(stage=TRAINING).rows[0]

    def score(self, stage: str, quantity: str, group: str = "all", policy: str = THRESHOLD) -> Row:
        """A score over all seeds."""
        return self.table("scores").at(run=ALL, stage=stage, policy=policy, score=f"{quantity}[{group}]")

    def test(self, quantity: str) -> Row:
        """The test of fine-tuned against before, over all seeds."""
        return self.table("tests").at(run=ALL, policy=THRESHOLD, quantity=quantity)


def approaches(study: Study) -> list[Approach]:
    """The ways of answering, in the order of the study."""
    return [Approach(study, str(name)) for name in study.table("scores").distinct("approach")]


def groups(study: Study) -> list[str]:
    """The groups of questions that there are."""
    return [group for group in GROUPS if group in study.table("scores").distinct("group")]


def percent(share: Value) -> Value:
    """A share in points of 100, as the scores of SQuAD are counted."""
    return (share * 100).as_unit(None)


# --- the figure ------------------------------------------------------------------------------------------------------


def measured_pairs(study: Study) -> list[Pair]:
    """A line for each approach, score and group that says something of its own.

    These are exact match and F1 of all questions, F1 of those that have an answer, and exact match, which equals F1, of
    those that have none.
    """
    return [
        Pair(
            f"{QUANTITIES[quantity]}, {GROUPS[group]}",
            *(estimate(approach.score(stage, quantity, group)) for stage in (approach.before, Stage.FINE_TUNED)),
            approach.score(Stage.FINE_TUNED, quantity, group)["baseline"],
            f"Measured: {approach.text} ({STAGES[approach.before]} before)",
        )
        for approach in approaches(study)
        for quantity in QUANTITIES
        for group in groups(study)
        if (quantity, group) not in (("f1", "no-answer"), ("exact", "has-answer"))
    ]


# --- tables ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OfApproach:
    """A row of a table about an approach, which is named in the first of its rows."""

    approach: Approach
    is_first: bool

    @property
    def title(self) -> Markdown:
        """The approach, in its first row."""
        return self.approach.label if self.is_first else Markdown("")


@dataclass(frozen=True)
class Scores(OfApproach):
    """A row of a table of scores: one stage of an approach, and a group of questions."""

    stage: str
    group: str

    def row(self, quantity: str) -> Row:
        """A score of the answers that are given."""
        return self.approach.score(self.stage, quantity, self.group)

    def candidates(self, quantity: str) -> Interval:
        """A score of every candidate, given or not, with its interval."""
        return self.approach.score(self.stage, quantity, self.group, ALWAYS).interval("value", estimate=True)


def scores(study: Study, groups: Sequence[str]) -> list[Scores]:
    """A row for each approach, stage and group of questions."""
    return [
        Scores(approach, index == 0, stage, group)
        for approach in approaches(study)
        for index, (stage, group) in enumerate((s, g) for s in (approach.before, Stage.FINE_TUNED) for g in groups)
    ]


@dataclass(frozen=True)
class Line(OfApproach):
    """A row of a table that shows one frozen row of an approach."""

    row: Row


def test_lines(study: Study, *, single: bool) -> list[Line]:
    """A row for each test of exact match and F1 over all seeds, or for those of single seeds."""
    tests = study.table("tests").where(policy=THRESHOLD, run=lambda run: (run == ALL) != single)
    return [
        Line(approach, index == 0, row)
        for approach in approaches(study)
        for index, row in enumerate(
            row for quantity in QUANTITIES for row in tests.where(approach=approach.name, quantity=quantity)
        )
    ]


def threshold_lines(study: Study) -> list[Line]:
    """A row for the threshold of each run and stage."""
    return [
        Line(approach, index == 0, row)
        for approach in approaches(study)
        for index, row in enumerate(study.table("thresholds").where(approach=approach.name))
    ]
