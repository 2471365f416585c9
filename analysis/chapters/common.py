"""What several chapters share: studies and their names, stages in words, and what a test decides."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal, NamedTuple

from analysis.facts import (
    Chapter,
    Comparison,
    Interval,
    Markdown,
    Row,
    Value,
    View,
    derived,
    interval_of,
    max_of,
    min_of,
)
from analysis.facts.escape import markdown
from analysis.facts.formatting import formatted, unbroken
from analysis.figures.lines import Estimate
from experiments.statistics.level import CONFIDENCE_TEXT, LEVEL
from experiments.tables.terms import ALL, Stage

STAGES: Mapping[str, str] = {
    Stage.ZERO_SHOT: "zero-shot",
    Stage.UNTRAINED_HEAD: unbroken("untrained head"),
    Stage.PRETRAINED_HEAD: "head of the checkpoint",
    Stage.BASE: "base",
    Stage.FINE_TUNED: "fine-tuned",
}
"""How stages read in tables, figures and sentences."""

MEASURED, ADOPTED = "Measured for this report", "Adopted: predictions made elsewhere (reported)"
"""The groups of our own results and of adopted ones where several kinds stand in a figure."""
OUTCOME_WORDS = {"holds": "holds for", "fails": "fails for", "open": "stays open for"}
"""What precedes the number of models of a trial with each outcome."""
NO_BREAK = "\N{NO-BREAK SPACE}"
N = f"n{NO_BREAK}={NO_BREAK}{{n:,}}"
"""The number of examples in a sentence, on one line."""
CI = f"{CONFIDENCE_TEXT} CI"
"""What precedes a confidence interval in a sentence."""


class Titled:
    """Something with a title, which tables and headings show as escaped markdown."""

    title: str

    @property
    def shown(self) -> Markdown:
        """The title as escaped markdown, for the cell of a table or a heading."""
        return Markdown(markdown(self.title))


@dataclass(frozen=True)
class Study(Titled):
    """A study in a chapter: its tables, and its name in figures and tables (`title`) and in sentences (`text`)."""

    page: Chapter
    name: str
    title: str = ""
    text: str = ""
    is_first: bool = True
    """Whether it is the first of its kind that the chapter shows."""
    is_only: bool = field(default=True, kw_only=True)
    """Whether it is the only one of its kind."""

    def table(self, name: str) -> View:
        """The study's frozen table of this name."""
        return self.page.table(f"{self.name}/{name}")

    def has(self, name: str) -> bool:
        """Whether the study has a frozen table of this name."""
        return f"{self.name}/{name}" in self.page.table_ids()

    @property
    def lead(self) -> Markdown:
        """What a caption begins with where there are several studies of the kind: "Movies. "."""
        return Markdown("" if self.is_only else f"{self.shown}. ")

    def label(self, label: str) -> str:
        """The label of a figure or table that each study of the kind has: from the second on it ends in its name."""
        return label if self.is_first else f"{label}-{self.name}"


@dataclass(frozen=True)
class Part:
    """A part of a study, such as a model or a judge: the rows of its tables whose `column` has this name."""

    study: Study
    name: str
    column: ClassVar[str]

    @property
    def page(self) -> Chapter:
        """The chapter that shows this part."""
        return self.study.page

    def table(self, name: str) -> View:
        """The rows of a table of the study that are about this part."""
        return self.study.table(name).where(**{self.column: self.name})


def name_change(ours: Iterable[bool]) -> Markdown:
    """What leads from before to after; `ours` says of each study whether it was run for the report.

    Predictions that were adopted may differ in anything.
    """
    ran = list(ours)
    return Markdown("the change" if ran and not any(ran) else "fine-tuning")


@dataclass(frozen=True)
class Classifier(Study):
    """A study of a classifier before and after fine-tuning."""

    @property
    def before(self) -> str:
        """The stage that the fine-tuned model is compared with: zero-shot where there is one."""
        return stage_before(self.table("scores"))

    @property
    def after(self) -> str:
        """The stage that is compared with the one before: fine-tuned."""
        return Stage.FINE_TUNED

    @property
    def measured(self) -> bool:
        """Whether we ran it: it then has seeds, learning curves, a split and a cost."""
        return True

    @property
    def compared(self) -> bool:
        """Whether there are two stages to compare."""
        return True

    @property
    def key(self) -> str:
        """The name of the study in the labels of figures and tables."""
        return self.name

    @property
    def seeds(self) -> list[str]:
        """The runs that have a seed."""
        return [str(run) for run in self.table("tests").distinct("run") if run != ALL]

    @property
    def test(self) -> Row:
        """The test of after against before, over all seeds."""
        return self.table("tests").at(run=ALL)

    @property
    def transitions(self) -> View:
        """How many predictions are of each correctness class, over all seeds."""
        return self.table("transitions").where(run=ALL)

    def score(self, stage: str, quantity: str = "accuracy") -> Row:
        """A score over all seeds."""
        return self.table("scores").at(run=ALL, stage=stage, score=quantity)

    def accuracies(self) -> list[Row]:
        """The accuracy of each stage over all seeds; of zero-shot only by the ranking that the study chose."""
        return list(self.table("scores").where(run=ALL, score="accuracy", stage=tuple(STAGES)))


def slug(name: str) -> str:
    """A name as part of the label of a figure or table: small letters, digits and hyphens."""
    return re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")


def stage_before(scores: View) -> str:
    """The stage before fine-tuning that scores have: zero-shot, else the first other one."""
    stages = [str(stage) for stage in scores.distinct("stage")]
    return Stage.ZERO_SHOT if Stage.ZERO_SHOT in stages else next(s for s in stages if s != Stage.FINE_TUNED)


def named(words: Mapping[str, str] | Callable[[str], str], column: str) -> Callable[[Row], Value]:
    """A function that reads a column in these words; a cell that is not among them stands as it is."""
    tell = words if callable(words) else lambda text: words.get(text, text)

    def read(row: Row) -> Value:
        cell = row[column]
        return cell if cell.missing else derived(tell(str(cell.data)), [cell], cell.how)

    return read


def reads_alike(spec: str, low: Value, high: Value) -> bool:
    """Whether a reader sees the same text for both ends of a range."""
    return formatted(low, spec) == formatted(high, spec)


def span(spec: str, low: Value, high: Value) -> str:
    """The part of a template that shows a range: "{low:.1%} to {high:.1%}", or "{low:.1%}" where both read alike."""
    first, last = (f"{{{gap}:{spec}}}" for gap in ("low", "high"))
    return first if reads_alike(spec, low, high) else f"{first} to {last}"


def run_name(row: Row) -> Value:
    """The run of a row in words: `seed-1` as "seed 1", and `all` as "all seeds"."""
    run = str(row["run"].data)
    return derived(unbroken("all seeds" if run == ALL else run.replace("-", " ")), [row["run"]], row["run"].how)


def estimate(row: Row) -> Estimate:
    """A score with its interval, for a figure."""
    return Estimate("", row["value"], row["low"], row["high"])


def points(share: Value) -> Value:
    """A share, or a difference of shares, in points of 100."""
    return share * 100


def interval_in_points(row: Row, column: str, *, estimate: bool = False) -> Interval:
    """The interval of a share, or of a difference of shares, in points of 100."""
    found = row.interval(column, estimate=estimate)
    lower, upper = (bound if bound.missing else points(bound) for bound in (found.lower, found.upper))
    return interval_of(
        lower,
        upper,
        None if found.estimate is None else points(found.estimate),
        method=found.method,
        level=found.level,
    )


# --- what tests decide, and the comparisons that decide it: a sentence that says so rests on them -------------------

Outcome = Literal["gain", "loss", "open"]


class Decision(NamedTuple):
    """What a test of after against before decides, and the comparisons by which it does."""

    outcome: Outcome
    rests_on: list[Comparison]


def decide(test: Row) -> Decision:
    """What a test decides by its corrected p-value: `open` where it is not significant."""
    p, difference = test.p_value(), test["difference"]
    if is_open := p >= LEVEL:
        return Decision("open", [is_open])
    clear = p < LEVEL
    if rises := difference > 0:
        return Decision("gain", [clear, rises])
    if falls := difference < 0:
        return Decision("loss", [clear, falls])
    return Decision("open", [difference == 0])


def change(test: Row) -> Outcome:
    """What a test of after against before decides."""
    return decide(test).outcome


def by_outcome(tests: Iterable[Row]) -> dict[Outcome, list[Row]]:
    """The tests by what they decide."""
    found: dict[Outcome, list[Row]] = {"gain": [], "loss": [], "open": []}
    for test in tests:
        found[change(test)].append(test)
    return found


def rest_together(tests: Sequence[Row]) -> list[Comparison]:
    """What a sentence on several tests that decide alike rests on: the one of them that decides it most narrowly."""
    p, differences = [test.p_value() for test in tests], [test["difference"] for test in tests]
    match change(tests[0]):
        case "gain":
            return [largest(p) < LEVEL, smallest(differences) > 0]
        case "loss":
            return [largest(p) < LEVEL, largest(differences) < 0]
        case "open":
            undecided = [each for each in p if each >= LEVEL]
            return [smallest(undecided) >= LEVEL] if undecided else [largest(differences) == 0]


def largest(values: Iterable[Value]) -> Value:
    """The largest of values that are held against a limit, whatever their kinds."""
    return max_of(values, across_kinds=True)


def smallest(values: Iterable[Value]) -> Value:
    """The smallest of values that are held against a limit, whatever their kinds."""
    return min_of(values, across_kinds=True)
