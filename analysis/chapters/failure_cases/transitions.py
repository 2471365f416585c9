"""The chapter on failure cases: what became of each example, over all seeds."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.chapters.common import CORRECTNESS, classifiers, unbroken
from analysis.facts import Chapter, Markdown, Row, Value, View, derived, ratio
from analysis.figures.flows import FLOWS, Transitions

QUESTIONS = {
    "extractive": ("SQuAD, spans", "SQuAD by marking a span"),
    "generative": ("SQuAD, generated", "SQuAD by generating the answer"),
}
TITLES = {name: flow.name.capitalize() for name, flow in FLOWS.items()}


@dataclass(frozen=True)
class Compared:
    """One study, or one way of answering: its examples before and after fine-tuning."""

    label: str
    title: str
    text: str
    examples: View
    transitions: View
    """The rows over all seeds."""

    @property
    def seeds(self) -> int:
        return len(self.examples.distinct("run"))

    def transition(self, correctness: str) -> Row:
        return self.transitions.at(correctness=correctness)

    def most_often(self) -> Mapping[str, str]:
        """The class of each example in more than half of the seeds; an example without one is left out."""
        found: dict[str, Counter[str]] = {}
        for row in self.examples:
            found.setdefault(str(row["id"].data), Counter())[str(row["correctness"].data)] += 1
        likeliest = {name: counts.most_common(1)[0] for name, counts in found.items()}
        return {name: which for name, (which, times) in likeliest.items() if 2 * times > self.seeds}

    def one_row_each(self) -> list[Row]:
        """The first row of every example: what it holds of the example itself is the same for all seeds."""
        rows: dict[object, Row] = {}
        for row in self.examples:
            rows.setdefault(row["id"].data, row)
        return list(rows.values())


def compared(page: Chapter) -> list[Compared]:
    """The classifiers, then the ways of answering."""
    found = [
        Compared(each.name, each.title, each.text, each.table("examples"), each.table("transitions").where(run="all"))
        for each in classifiers(page)
    ]
    examples, transitions = page.table("squad-lora/examples"), page.table("squad-lora/transitions")
    for name in map(str, examples.distinct("approach")):
        title, text = QUESTIONS.get(name, (f"SQuAD, {name}", f"SQuAD ({name})"))
        rows = transitions.where(approach=name, run="all", policy="threshold")
        found.append(Compared(f"squad-{name}", title, text, examples.where(approach=name), rows))
    return found


def panels(page: Chapter) -> list[Transitions]:
    """The shares of the four ways, a panel for each."""
    return [
        Transitions(each.title, {name: each.transition(name)["share"] for name in FLOWS}) for each in compared(page)
    ]


def share(each: Compared, correctness: str) -> Value:
    """The share of a class with its interval: "12% (9 to 15)"."""
    cells = [each.transition(correctness)[name] for name in ("share", "share_low", "share_high")]
    value, low, high = (100 * cell.number() for cell in cells)
    said = unbroken(f"{value:.0f}% ({low:.0f} to {high:.0f})")
    return derived(said, cells, f"{cells[0].how} with its 95% interval")


def broken(page: Chapter) -> Markdown:
    """A list: for each study how much of what was right before is wrong after, and the other way round."""
    return Markdown("\n".join(f"- {_broken(page, each)}" for each in compared(page)) + "\n")


def _broken(page: Chapter, each: Compared) -> Markdown:
    count = {name: each.transition(name)["count"] for name in CORRECTNESS}
    right, wrong = count["broken"] + count["both-right"], count["corrected"] + count["both-wrong"]
    if not (count["broken"].number() or count["corrected"].number()):
        return page.say(
            "On {study}, fine-tuning neither breaks nor corrects any of the {n:,} predictions.",
            study=each.text,
            n=each.transition("broken")["n"],
        )
    parts = []
    if right.number():
        parts.append(
            page.say(
                "fine-tuning breaks {n:,} of the {right:,} predictions that were right before ({share:.0%})",
                n=count["broken"],
                right=right,
                share=ratio(count["broken"], right),
            )
        )
    if wrong.number():
        parts.append(
            page.say(
                "corrects {n:,} of the {wrong:,} that were wrong ({share:.0%})"
                if parts
                else "fine-tuning corrects {n:,} of the {wrong:,} predictions, which all were wrong before "
                "({share:.0%})",
                n=count["corrected"],
                wrong=wrong,
                share=ratio(count["corrected"], wrong),
            )
        )
    more = "; it breaks more than it corrects" if count["broken"] > count["corrected"] else ""
    return page.say("On {study}, {parts}" + more + ".", study=each.text, parts=Markdown(" and ".join(parts)))


def s2_cases(page: Chapter) -> Markdown:
    """Which cases S2 prints, and which it does not."""
    printed = page.table("published-s2/cases")
    count = {name: printed.where(group=name).count() for name in ("corrected", "not-corrected", "broken")}
    page.expect(not count["broken"].number(), "S2 prints no case that fine-tuning broke")
    return page.say(
        "S2 prints {corrected} cases that its fine-tuning corrected and {not_corrected} that it did not; {cut} of the "
        "{all} are cut off in the print. It prints {broken} that fine-tuning broke, and does not say whether there "
        "are any.",
        corrected=count["corrected"],
        not_corrected=count["not-corrected"],
        broken=count["broken"],
        cut=printed.where(note=lambda note: note is not None).count(),
        all=printed.count(),
    )


def s2_group(row: Row) -> Value:
    """The heading of a printed case in words."""
    return derived(str(row["group"].data).replace("-", " "), [row["group"]], row["group"].how)
