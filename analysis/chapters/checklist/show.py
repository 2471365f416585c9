"""The table of the items with their answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from analysis.chapters.checklist.answer import Answer
from analysis.chapters.checklist.evidence import EVIDENCE, Inventory
from analysis.facts import Chapter, Markdown, View, derived
from analysis.facts.escape import markdown
from analysis.sentences import series
from experiments.tables import safe_yaml
from experiments.tables.closed import Closed

MOST_TABLES = 3
"""Tables that are named beside one answer."""
WORDS = ("yes", "partly", "no", "not applicable")


class Item(Closed):
    """An item: the question in our words, the items of the checklists that it stands for, and what answers it."""

    asks: str
    items: tuple[str, ...]
    evidence: str


@dataclass(frozen=True)
class Answered:
    """An item with its answer."""

    item: Item
    answer: Answer


@lru_cache(maxsize=1)
def read_items() -> tuple[Item, ...]:
    """The items of `items.yaml`, in its order."""
    text = Path(__file__).with_name("items.yaml").read_text("utf-8")
    return tuple(Item.model_validate(item) for item in safe_yaml.load(text))


def answers(tables: Sequence[View]) -> list[Answered]:
    """Each item with the answer that the tables give."""
    found = Inventory(tables)
    return [Answered(item, EVIDENCE[item.evidence](found)) for item in read_items()]


def count_answers(page: Chapter, tables: Sequence[View]) -> Markdown:
    """How many items are answered with each word."""
    found = answers(tables)
    cells = [table.about("digests.table") for table in tables]
    if not cells:
        return Markdown("No table is frozen yet, so that no item has evidence.")
    parts = []
    for word in WORDS:
        number = sum(each.answer.word == word for each in found)
        if number:
            n = derived(number, cells, f"items answered {word}")
            parts.append(page.say(f"{{n}} with *{word}*", n=n))
    return page.say(
        "Of {all} items, the tables answer {parts}.",
        all=derived(len(found), cells, "items of the checklist"),
        parts=series(parts),
    )


def show_checklist(page: Chapter, tables: Sequence[View], *, caption: str) -> Markdown:
    """The table: item, answer, and the evidence with the tables in which it stands."""
    return page.tabulate(
        answers(tables),
        label="tbl-checklist",
        columns={
            "Question": lambda each: Markdown(markdown(each.item.asks)),
            "Item": lambda each: Markdown(", ".join(f"`{name}`" for name in each.item.items)),
            "Answer": lambda each: Markdown(f"**{each.answer.word}**"),
            "Evidence": lambda each: _evidence(page, each.answer),
        },
        caption=caption,
    )


def _evidence(page: Chapter, answer: Answer) -> Markdown:
    said = page.say(answer.template, rests_on=answer.rests_on, **answer.values)
    if answer.lacking:
        return Markdown(f"[{said} Exceptions: {', '.join(f'`{name}`' for name in answer.lacking)}.]{{.long}}")
    said = Markdown(f"[{said}]{{.long}}")
    named = list(dict.fromkeys(answer.tables))[:MOST_TABLES]
    if not named:
        return said
    more = ", …" if len(set(answer.tables)) > MOST_TABLES else ""
    return Markdown(f"{said} Tables: {', '.join(f'`{name}`' for name in named)}{more}")
