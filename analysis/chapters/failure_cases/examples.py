"""Single cases of the chapter on failures: chosen by a rule, shown with their text where the data set is at hand."""

from collections import Counter
from dataclasses import dataclass

from analysis.chapters.common import unbroken
from analysis.chapters.failure_cases.transitions import Compared
from analysis.facts import Chapter, Markdown, Row, Value, derived
from analysis.figures.flows import FLOWS
from analysis.tables import column
from analysis.texts import Texts, texts_of

SHOWN = ("broken", "corrected", "both-wrong")
OF_EACH = 3


@dataclass(frozen=True)
class Case:
    """An example that is shown: its row in the seed where the model is surest, and in how many seeds it is so."""

    row: Row
    seeds: Value
    is_first: bool
    """Whether it is the first of its class."""


def cases(each: Compared) -> list[Case]:
    """Of each class the examples that are of it in the most seeds, and of these those that the model is surest of."""
    return [case for correctness in SHOWN for case in _of_class(each, correctness)]


def _of_class(each: Compared, correctness: str) -> list[Case]:
    rows = each.examples.where(correctness=correctness)
    times = Counter(row["id"].data for row in rows)
    surest: dict[object, Row] = {}
    for row in sorted(rows, key=lambda row: (-times[row["id"].data], -_sureness(row), str(row["id"].data))):
        surest.setdefault(row["id"].data, row)
    return [
        Case(row, derived(times[name], [row["correctness"]], f"seeds in which {name} is {correctness}"), index == 0)
        for index, (name, row) in enumerate(list(surest.items())[:OF_EACH])
    ]


def sureness(row: Row) -> Value:
    """The probability of the label predicted after, or the margin of the answer after."""
    return row["after_margin"] if "after_margin" in row.cells else row[f"after_{row['after'].data}"]


def _sureness(row: Row) -> float:
    sure = sureness(row)
    return float("-inf") if sure.missing else sure.number()


def shown(page: Chapter, each: Compared) -> Markdown:
    """The table of the cases of one study, with their texts."""
    texts = texts_of(page, each.examples)
    if "answerable" in each.examples.columns:
        said = {
            "Before": lambda case: given(texts, case.row, "before"),
            "After": lambda case: given(texts, case.row, "after"),
        }
        what = "An answer is shown as far as it is part of the paragraph"
    else:
        said = {"Before → after": _labels, "Sure": column(lambda case: sureness(case.row), ".0%")}
        what = "Sure is the probability that the fine-tuned model gives its prediction"
    return page.tabulate(
        cases(each),
        label=f"tbl-cases-{each.label}",
        columns={
            "Class": _classed,
            "Example": lambda case: case.row["id"],
            **said,
            "Seeds": column(lambda case: case.seeds),
            "Text": lambda case: texts(case.row),
        },
        caption=f"Cases of {each.text}. {what}; seeds are those in which the example is of the class.",
    )


def given(texts: Texts, row: Row, side: str) -> Markdown:
    """What was answered before or after: the span, that nothing was, or that the paragraph does not hold it."""
    if not row[f"{side}_answered"]:
        return Markdown("*abstains*")
    start, end = row[f"{side}_start"], row[f"{side}_end"]
    return Markdown("*own words*") if start.missing else texts.span(row, start, end)


def _labels(case: Case) -> Value:
    """Both predictions; the gold label only where it is neither of them."""
    gold, before, after = (case.row[name] for name in ("gold", "before", "after"))
    said = unbroken(before.data if before == after else f"{before.data} → {after.data}")
    if gold.data not in (before.data, after.data):
        said += f", {unbroken(f'not {gold.data}')}"
    return derived(said, [gold, before, after], f"{before.how}, {after.how}, {gold.how}")


def _classed(case: Case) -> Markdown:
    return Markdown(unbroken(FLOWS[str(case.row["correctness"].data)].name) if case.is_first else "")
