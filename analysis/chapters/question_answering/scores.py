"""The chapter on question answering: which scores stand beside which, and the sentences that follow them."""

from dataclasses import dataclass

from analysis.chapters.common import ALL, FINE_TUNED, STAGES, ZERO_SHOT, with_interval
from analysis.facts import Chapter, Markdown, Row, Value, View
from analysis.figures.intervals import Estimate
from analysis.figures.paired import Pair

STUDY = "squad-lora"
THRESHOLD, ALWAYS = "threshold", "always-answer"
THEIRS = "As reported (S1): another model, other questions"
CANDIDATE_SCORES = {
    "exact": "Exact",
    "f1": "F1",
    "bleu": "BLEU",
    "rouge_l": "ROUGE-L",
    "meteor_exact_stem": "METEOR\\*",
}
QUANTITIES = {"exact": "exact match", "f1": "F1"}
GROUPS = {"all": "all", "has-answer": "answerable", "no-answer": "unanswerable"}
APPROACHES = {"extractive": "marking a span", "generative": "generating the answer"}
SHORT = {"extractive": "span", "generative": "generated"}


@dataclass(frozen=True)
class Approach:
    """One way of answering the questions of the study."""

    page: Chapter
    name: str

    @property
    def text(self) -> str:
        return APPROACHES.get(self.name, self.name)

    @property
    def label(self) -> Markdown:
        """Its name in a table."""
        return Markdown(SHORT.get(self.name, self.name))

    @property
    def before(self) -> str:
        """The stage before fine-tuning: zero-shot, or an untrained head."""
        stages = table(self.page, "scores").where(approach=self.name).distinct("stage")
        return ZERO_SHOT if ZERO_SHOT in stages else next(str(stage) for stage in stages if stage != FINE_TUNED)

    @property
    def model(self) -> Value:
        return table(self.page, "cost").where(approach=self.name, stage="training").rows[0]["model"]

    def score(self, stage: str, quantity: str, group: str = "all", policy: str = THRESHOLD) -> Row:
        return table(self.page, "scores").at(
            approach=self.name, run=ALL, stage=stage, policy=policy, score=f"{quantity}[{group}]"
        )

    def test(self, quantity: str, run: str = ALL) -> Row:
        return table(self.page, "tests").at(approach=self.name, run=run, policy=THRESHOLD, quantity=quantity)


def table(page: Chapter, name: str) -> View:
    """A table of the study."""
    return page.table(f"{STUDY}/{name}")


def approaches(page: Chapter) -> list[Approach]:
    """The ways of answering, in the order of the study."""
    return [Approach(page, str(name)) for name in table(page, "scores").distinct("approach")]


def groups(page: Chapter) -> list[str]:
    """The groups of questions that there are."""
    return [group for group in GROUPS if group in table(page, "scores").distinct("group")]


# --- the figure ------------------------------------------------------------------------------------------------------


def measured_pairs(page: Chapter) -> list[Pair]:
    """A line for each approach, score and group; F1 without an answer is exact match again, and left out."""
    return [
        Pair(
            f"{QUANTITIES[quantity]}, {GROUPS[group]}",
            *(_estimate(approach.score(stage, quantity, group)) for stage in (approach.before, FINE_TUNED)),
            approach.score(FINE_TUNED, quantity, group)["baseline"],
            f"Measured: {approach.text} ({STAGES[approach.before]} before)",
        )
        for approach in approaches(page)
        for quantity in QUANTITIES
        for group in groups(page)
        if (quantity, group) != ("f1", "no-answer")
    ]


def reported_pairs(page: Chapter) -> list[Pair]:
    """What S1 prints, in points of a hundred."""
    figures = page.table("published-s1/figures")
    return [
        Pair(
            name,
            *(
                Estimate("", percent(figures.at(figure=f"s1-qa-{figure}-{side}")["value"]))
                for side in (ZERO_SHOT, FINE_TUNED)
            ),
            group=THEIRS,
        )
        for figure, name in (("exact-match", "exact match"), ("f1", "F1"))
    ]


def percent(share: Value) -> Value:
    """A share in points of a hundred, as the scores of SQuAD are counted."""
    return (share * 100).as_unit(None)


def _estimate(row: Row) -> Estimate:
    return Estimate("", row["value"], row["low"], row["high"])


# --- tables ----------------------------------------------------------------------------------------------------------


def scores(page: Chapter) -> list[dict[str, object]]:
    """A row for each approach, stage and group."""
    return [
        {"approach": first(approach, index), "of": approach, "stage": stage, "group": group}
        for approach in approaches(page)
        for index, (stage, group) in enumerate((s, g) for s in (approach.before, FINE_TUNED) for g in groups(page))
    ]


def cell(entry: dict[str, object], quantity: str, column: str = "value") -> Value:
    """A cell of an entry of `scores`."""
    return entry["of"].score(entry["stage"], quantity, entry["group"])[column]


def candidate(entry: dict[str, object], quantity: str) -> Value:
    """A score of every candidate, given or not, with its interval: of an entry of `overlaps`."""
    row = entry["of"].score(entry["stage"], quantity, entry["group"], ALWAYS)
    return with_interval(row["value"], row["low"], row["high"])


def overlaps(page: Chapter) -> list[dict[str, object]]:
    """A row for each approach and stage, for the candidates to answerable questions."""
    return [
        {"approach": first(approach, index), "of": approach, "stage": stage, "group": "has-answer"}
        for approach in approaches(page)
        for index, stage in enumerate((approach.before, FINE_TUNED))
    ]


def tests(page: Chapter) -> list[dict[str, object]]:
    """The tests of exact match and F1, seed by seed and over all seeds."""
    rows = table(page, "tests").where(policy=THRESHOLD)
    return [
        {"approach": first(approach, index), "row": row}
        for approach in approaches(page)
        for index, row in enumerate(
            row for quantity in QUANTITIES for row in rows.where(approach=approach.name, quantity=quantity)
        )
    ]


def thresholds(page: Chapter) -> list[dict[str, object]]:
    """Every threshold with what it does to the questions."""
    rows = table(page, "thresholds")
    return [
        {"approach": first(approach, index), "row": row}
        for approach in approaches(page)
        for index, row in enumerate(rows.where(approach=approach.name))
    ]


def first(approach: Approach, index: int) -> Markdown:
    """The name of an approach in the first of the rows about it."""
    return approach.label if index == 0 else Markdown("")
