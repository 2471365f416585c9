"""Which predictions fine-tuning corrects and which it breaks, over all seeds."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from analysis.chapters.adopted.sides import sides_of
from analysis.chapters.common import Classifier, Study, Titled, name_change, slug
from analysis.chapters.question_answering.scores import ANSWER_TITLES, THRESHOLD, approaches
from analysis.facts import Chapter, Interval, Markdown, Row, View, ratio
from analysis.figures.flows import FLOWS, Transitions
from experiments.tables.terms import ALL, Correctness

TITLES = {name: flow.name.capitalize() for name, flow in FLOWS.items()}


@dataclass(frozen=True)
class Compared(Titled):
    """One study, or one way of answering: its examples before and after fine-tuning."""

    page: Chapter
    label: str
    title: str
    text: str
    examples: View
    transitions: View
    """The rows over all seeds."""
    sides: tuple[str, str] = ("before", "after")
    """The columns of the two predictions."""

    @cached_property
    def seeds(self) -> int:
        """How many seeds there are; adopted predictions count as one."""
        return len(self.examples.distinct("run")) if self.has_seeds else 1

    @property
    def has_classes(self) -> bool:
        """Whether the class of each example is kept; of adopted predictions it is where they have two sides."""
        return "correctness" in self.examples.columns

    @property
    def has_seeds(self) -> bool:
        """Whether the predictions are those of seeds; adopted ones are not."""
        return "run" in self.examples.columns

    def transition(self, correctness: str) -> Row:
        """How many predictions are of a correctness class."""
        return self.transitions.at(correctness=correctness)

    def share(self, correctness: str) -> Interval:
        """The share of a correctness class with its interval."""
        return self.transition(correctness).interval("share", estimate=True)

    def majority_classes(self) -> Mapping[str, str]:
        """The class of each example in more than half of the seeds; an example without one is left out."""
        found: dict[str, Counter[str]] = {}
        for row in self.examples:
            found.setdefault(str(row.cells["id"]), Counter())[str(row.cells["correctness"])] += 1
        likeliest = {name: counts.most_common(1)[0] for name, counts in found.items()}
        return {name: which for name, (which, times) in likeliest.items() if 2 * times > self.seeds}

    def one_row_each(self) -> list[Row]:
        """The first row of every example: what it says of the example itself is the same for all seeds."""
        rows: dict[object, Row] = {}
        for row in self.examples:
            rows.setdefault(row.cells["id"], row)
        return list(rows.values())


def compared(
    classifiers: Sequence[Classifier], questions: Sequence[Study], adopted: Sequence[Study] = ()
) -> list[Compared]:
    """The classifiers, then the ways of answering questions, then adopted answers."""
    found = [
        Compared(each.page, each.key, each.title, each.text, each.table("examples"), each.transitions, _columns(each))
        for each in classifiers
        if each.compared
    ]
    answers = (each for study in questions for each in _answers(study))
    return [*found, *answers, *(each for study in adopted for each in _adopted(study))]


def _columns(study: Classifier) -> tuple[str, str]:
    if study.measured:
        return "before", "after"
    return study.before.replace("-", "_"), study.after.replace("-", "_")


def _adopted(study: Study) -> Iterator[Compared]:
    """The first side of adopted answers with each of the others."""
    first, *others = sides_of(study)
    for other in others:
        told = "" if len(others) == 1 else f", {other}"
        yield Compared(
            study.page,
            f"{study.name}-{slug(other)}",
            f"{study.title}{told}",
            f"{study.text}{told}",
            study.table("answers"),
            study.table("transitions").where(before=first, after=other),
        )


def _answers(study: Study) -> Iterator[Compared]:
    examples, transitions = study.table("examples"), study.table("transitions")
    for one in approaches(study):
        yield Compared(
            study.page,
            f"{study.name}-{slug(one.name)}",
            f"{study.title}, {ANSWER_TITLES.get(one.name, one.name)}",
            f"{study.text} with {one.text}",
            examples.where(approach=one.name),
            transitions.where(approach=one.name, run=ALL, policy=THRESHOLD),
        )


def panels(studies: Sequence[Compared]) -> list[Transitions]:
    """The shares of the four correctness classes, a panel for each study."""
    return [Transitions(each.title, {name: each.transition(name)["share"] for name in FLOWS}) for each in studies]


def describe_transitions(studies: Sequence[Compared]) -> Markdown:
    """A list: for each study how many right predictions fine-tuning breaks, and how many wrong ones it corrects."""
    return Markdown("\n".join(f"- {_describe(each)}" for each in studies) + "\n")


def _describe(each: Compared) -> Markdown:
    what = name_change([each.has_seeds])
    page, count = each.page, {name: each.transition(name)["count"] for name in Correctness}
    broken, corrected = count[Correctness.BROKEN], count[Correctness.CORRECTED]
    right, wrong = broken + count[Correctness.BOTH_RIGHT], corrected + count[Correctness.BOTH_WRONG]
    if not (broken.number() or corrected.number()):
        return page.say(
            f"On {{study}}, {what} neither breaks nor corrects any of the {{n:,}} predictions.",
            study=each.text,
            n=each.transition(Correctness.BROKEN)["n"],
        )
    parts = []
    if right.number():
        parts.append(
            page.say(
                f"{what} breaks {{broken:,}} of {{right:,}} right predictions ({{share:.0%}})",
                broken=broken,
                right=right,
                share=ratio(broken, right),
            )
        )
    if wrong.number():
        parts.append(
            page.say(
                "corrects {corrected:,} of {wrong:,} wrong ones ({share:.0%})"
                if parts
                else f"{what} corrects {{corrected:,}} of the {{wrong:,}} predictions, all of which were wrong "
                f"({{share:.0%}})",
                corrected=corrected,
                wrong=wrong,
                share=ratio(corrected, wrong),
                rests_on=[] if parts else [right == 0],
            )
        )
    more = broken > corrected
    return page.say(
        "On {study}, {parts}{more}.",
        study=each.text,
        parts=Markdown(" and ".join(parts)),
        more=page.say("; it breaks more than it corrects", rests_on=[more]) if more else "",
    )
