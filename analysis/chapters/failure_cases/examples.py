"""Single examples before and after fine-tuning: selected by a rule, shown with their text where it is available."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.chapters.failure_cases.transitions import Compared
from analysis.facts import Chapter, Markdown, Row, Value, derived
from analysis.facts.formatting import unbroken
from analysis.figures.flows import FLOWS
from analysis.tables import column
from analysis.texts import Texts, texts_of
from experiments.tables.terms import Correctness

SHOWN = (Correctness.BROKEN, Correctness.CORRECTED, Correctness.BOTH_WRONG)
OF_EACH = 3
UNREADABLE = "no label"


@dataclass(frozen=True)
class Case:
    """An example that is shown: its row in the seed with the highest confidence, and in how many seeds it is so."""

    row: Row
    seeds: Value
    is_first: bool
    """Whether it is the first of its class."""


def cases(each: Compared) -> list[Case]:
    """Of each class the examples that are in it in the most seeds, of these the ones with the highest confidence."""
    return [case for correctness in SHOWN for case in _of_class(each, correctness)]


def _of_class(each: Compared, correctness: str) -> list[Case]:
    rows = each.examples.where(correctness=correctness)
    times = Counter(row["id"].data for row in rows)
    confident: dict[object, Row] = {}
    for row in sorted(
        rows, key=lambda row: (-times[row["id"].data], -_ranked_confidence(row, each.sides[1]), str(row["id"].data))
    ):
        confident.setdefault(row["id"].data, row)
    return [
        Case(row, derived(times[name], [row["correctness"]], f"seeds in which {name} is {correctness}"), index == 0)
        for index, (name, row) in enumerate(list(confident.items())[:OF_EACH])
    ]


def confidence(row: Row, after: str = "after") -> Value | None:
    """The probability of the label predicted after, or the margin of the answer after; None where neither is kept.

    `after` is the column of the prediction after.
    """
    names = ("after_margin", f"{after}_probability", *([f"{after}_{row[after].data}"] if after in row.cells else ()))
    return next((row[name] for name in names if name in row.cells), None)


def _ranked_confidence(row: Row, after: str) -> float:
    cell = confidence(row, after)
    return float("-inf") if cell is None or cell.missing else cell.number()


def show_first_cases(page: Chapter, studies: Sequence[Compared]) -> Markdown:
    """One table of the first case of each class: of each data set those of the study with the most such classes."""
    chosen: dict[object, tuple[Compared, list[Case]]] = {}
    for each in studies:
        if each.has_classes and each.has_seeds:
            first = [case for case in cases(each) if case.is_first]
            _, before = chosen.get(data := _data_sets(each) or each.label, (each, []))
            if len(first) > len(before):
                chosen[data] = each, first
    found = [(each, case, index == 0) for each, first in chosen.values() for index, case in enumerate(first)]
    if not found:
        return Markdown("")
    texts = {each.label: texts_of(each.page, each.examples) for each, _, _ in found}
    return page.tabulate(
        found,
        label="tbl-cases",
        columns={
            "Study": lambda entry: entry[0].shown if entry[2] else Markdown(""),
            "Class": lambda entry: _class_title(entry[1]),
            "Before → after": lambda entry: _before_and_after(entry[0], entry[1], texts[entry[0].label]),
            "Text": lambda entry: texts[entry[0].label](entry[1].row),
        },
        caption="One example of each class, of one study on each data set, with the predictions before and after "
        "fine-tuning; an answer is shown if it is part of the paragraph. Further examples "
        "stand at the end of this chapter on the site.",
    )


def _data_sets(each: Compared) -> frozenset[str]:
    """The data sets that the examples were taken from."""
    return frozenset(name.partition("/")[0] for name in each.examples.table.sidecar.digests.data if "/" in name)


def _before_and_after(each: Compared, case: Case, texts: Texts) -> Value | Markdown:
    if "before_answered" not in each.examples.columns:
        return _labels(case, each.sides)
    before, after = (answer(texts, case.row, side) for side in ("before", "after"))
    return Markdown(f"{before} → {after}")


def tabulate_cases(each: Compared) -> Markdown:
    """The table of the cases of one study, with their texts; those of adopted predictions are not known.

    Nothing where the class of an example is not kept.
    """
    if not each.has_classes:
        return Markdown("")
    texts, found = texts_of(each.page, each.examples), cases(each)
    told: list[str] = []
    if "before_answered" in each.examples.columns:
        shown = {
            "Before": lambda case: answer(texts, case.row, "before"),
            "After": lambda case: answer(texts, case.row, "after"),
        }
        told.append("An answer is shown if it is part of the paragraph")
    else:
        after = each.sides[1]
        shown = {" → ".join(each.sides).capitalize(): lambda case: _labels(case, each.sides)}
        if any(confidence(case.row, after) is not None for case in found):
            shown["Conf."] = column(lambda case: _or_nothing(confidence(case.row, after)), ".0%", align="right")
            model = "the fine-tuned model" if each.has_seeds else "the model after"
            told.append(f"Conf. is the probability that {model} assigns to its prediction")
    if each.has_seeds:
        shown |= {"Seeds": column(lambda case: case.seeds), "Text": lambda case: texts(case.row)}
        told.append("Seeds is the number of seeds in which the example is of the class")
    more = f" {'; '.join(told)}." if told else ""
    return each.page.tabulate(
        found,
        label=f"tbl-cases-{each.label}",
        columns={"Class": _class_title, "Example": lambda case: case.row["id"], **shown},
        caption=each.page.caption("Examples of {study}." + more, study=each.text),
    )


def _or_nothing(cell: Value | None) -> Value | Markdown:
    return Markdown("–") if cell is None else cell


def answer(texts: Texts, row: Row, side: str) -> Markdown:
    """The answer before or after: its span, that the model abstains, or that it is not in the paragraph."""
    if not row[f"{side}_answered"]:
        return Markdown("*abstains*")
    start, end = row[f"{side}_start"], row[f"{side}_end"]
    return Markdown("*not in the paragraph*") if start.missing else texts.span(row, start, end)


def _labels(case: Case, sides: tuple[str, str]) -> Value:
    """The labels that both sides predict, and the gold label where it is neither of them."""
    cells = [case.row[name] for name in ("gold", *sides)]
    gold, before, after = (UNREADABLE if cell.missing else str(cell.data) for cell in cells)
    labels = unbroken(before if before == after else f"{before} → {after}")
    if gold not in (before, after):
        labels += f", {unbroken(f'not {gold}')}"
    return derived(labels, cells, ", ".join(cell.how for cell in (*cells[1:], cells[0])))


def _class_title(case: Case) -> Value | Markdown:
    told = case.row["correctness"]
    return derived(unbroken(FLOWS[str(told.data)].name), [told], told.how) if case.is_first else Markdown("")
