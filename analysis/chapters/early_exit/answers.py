"""What the exits say to single instructions, chosen by a rule: the models' words are text, whatever they are."""

from dataclasses import dataclass

from analysis.chapters.common import FINE_TUNED
from analysis.chapters.early_exit.scores import STAGES, Exits, exits, table
from analysis.chapters.early_exit.tokens import slug
from analysis.facts import Chapter, Markdown, Row, derived
from analysis.facts.escape import clean
from analysis.tables import column
from analysis.texts import ABSENT, texts_of

NOTHING = Markdown("*nothing*")
UNREAD = Markdown("The data set, which holds the instruction, is not on this machine.")
LONGEST = 72


@dataclass(frozen=True)
class Example:
    """One instruction with the answers of every exit."""

    of: Exits
    which: str
    rows: list[Row]


def examples(page: Chapter) -> list[Example]:
    """Of each model two: where ROUGE-L of its deepest fine-tuned answer is highest, and where it is in the middle.

    Of several seeds the first; among equals the first by its id.
    """
    found = []
    for one in exits(page):
        answers = one.table("answers")
        last = answers.where(stage=FINE_TUNED, run=one.runs[0], depth=one.depths[-1]).sort("id")
        ranked = sorted(last, key=lambda row: -row["rouge_l"].number())
        chosen = {"best": ranked[0], "middle": ranked[len(ranked) // 2]}
        for which, row in chosen.items():
            of = [
                answer
                for stage in STAGES
                for rows in [answers.where(stage=stage, id=row["id"].data)]
                for answer in rows.where(run=rows.distinct("run")[:1]).sort("depth")
            ]
            found.append(Example(one, which, of))
    return found


def answers(page: Chapter) -> Markdown:
    """A table for each example."""
    return Markdown("\n".join(_shown(page, example) for example in examples(page)))


def said(page: Chapter, row: Row) -> Markdown:
    """The answer of a row as text that may break anywhere: a model that repeats a sign writes no spaces."""
    text = row["text"]
    if not text.data:
        return NOTHING
    shown = clean(str(text.data))
    shown = shown if len(shown) <= LONGEST else f"{shown[:LONGEST].rstrip()}…"
    return Markdown(f"[{page.text(derived(shown, [text], text.how))}]{{.example-text}}")


def _shown(page: Chapter, example: Example) -> Markdown:
    first = example.rows[0]
    text = texts_of(page, table(page, "answers"))(first)
    where = {"best": "highest", "middle": "in the middle"}[example.which]
    return page.tabulate(
        example.rows,
        label=f"tbl-answers-{slug(example.of.name)}-{example.which}",
        columns={
            "Stage": lambda row: row["stage"] if row["depth"] == example.of.depths[0] else Markdown(""),
            "Depth": column("depth"),
            "ROUGE\N{NON-BREAKING HYPHEN}L": column("rouge_l", ".1f"),
            "Answer": lambda row: said(page, row),
        },
        caption=page.caption(
            "What the exits of {model} say to the instruction with which ROUGE-L of the deepest fine-tuned answer is "
            + where
            + " ({id}), cut after "
            + str(LONGEST)
            + " characters. {text}",
            model=example.of.label,
            id=str(first["id"].data),
            text=UNREAD if text == ABSENT else text,
        ),
    )
