"""The answers of the exits to single instructions, which are selected by a rule and shown as escaped text."""

from dataclasses import dataclass

from analysis.chapters.common import Study, slug
from analysis.chapters.early_exit.scores import STAGES, Exits, exits
from analysis.facts import Chapter, Markdown, Row, Value, derived, max_of
from analysis.facts.escape import clean
from analysis.tables import column
from analysis.texts import ABSENT, texts_of
from experiments.tables.terms import Stage

EMPTY = Markdown("*empty*")
UNAVAILABLE = Markdown("The data set that contains the instruction is not on this machine.")
LONGEST = 72


@dataclass(frozen=True)
class Example:
    """One instruction with the answers of every exit."""

    of: Exits
    which: str
    rows: list[Row]
    score: Value
    """ROUGE-L of its deepest fine-tuned answer."""
    scores: list[Value]
    """That of all instructions."""


def examples(study: Study) -> list[Example]:
    """Of each model two: where ROUGE-L of its deepest fine-tuned answer is highest, and where it is in the middle.

    Of several seeds the first; among equals the first by its id.
    """
    found = []
    for one in exits(study):
        answers = one.table("answers")
        last = answers.where(stage=Stage.FINE_TUNED, run=one.runs[0], depth=one.depths[-1]).sort("id")
        ranked = sorted(last, key=lambda row: -row["rouge_l"].number())
        chosen = {"best": ranked[0], "middle": ranked[len(ranked) // 2]}
        for which, row in chosen.items():
            of = [
                answer
                for stage in STAGES
                for rows in [answers.where(stage=stage, id=row["id"].data)]
                for answer in rows.where(run=rows.distinct("run")[:1]).sort("depth")
            ]
            found.append(Example(one, which, of, row["rouge_l"], [each["rouge_l"] for each in ranked]))
    return found


def tabulate_best_answers(study: Study) -> Markdown:
    """A table for the best example of each model."""
    return _tables(study, "best")


def tabulate_middle_answers(study: Study) -> Markdown:
    """A table for the middle example of each model."""
    return _tables(study, "middle")


def _tables(study: Study, which: str) -> Markdown:
    return Markdown("\n".join(_tabulate(study, example) for example in examples(study) if example.which == which))


def answer(page: Chapter, row: Row) -> Markdown:
    """The answer of a row as text that may break anywhere, since a degenerate answer may contain no spaces."""
    text = row["text"]
    if not text.data:
        return EMPTY
    shown = clean(str(text.data))
    shown = shown if len(shown) <= LONGEST else f"{shown[:LONGEST].rstrip()}…"
    return Markdown(f"[{page.text(derived(shown, [text], text.how))}]{{.example-text}}")


def _tabulate(study: Study, example: Example) -> Markdown:
    first = example.rows[0]
    text = texts_of(study.page, study.table("answers"))(first)
    is_best = example.score == max_of(example.scores)
    where, rests_on = ("highest", [is_best]) if example.which == "best" else ("at the median", [])
    return study.page.tabulate(
        example.rows,
        label=study.label(f"tbl-answers-{slug(example.of.name)}-{example.which}"),
        columns={
            "Stage": lambda row: row["stage"] if row["depth"] == example.of.depths[0] else Markdown(""),
            "Depth": column("depth"),
            "ROUGE\N{NON-BREAKING HYPHEN}L": column("rouge_l", ".1f"),
            "Answer": lambda row: answer(study.page, row),
        },
        caption=study.page.caption(
            "{lead}{which} Long answers are cut. {text}",
            lead=study.lead,
            which=study.page.say(
                "Answers of the exits of {model} to the instruction for which ROUGE-L of the deepest fine-tuned "
                "exit is " + where + " (id {id} in the table of answers).",
                rests_on=rests_on,
                model=example.of.label,
                id=first["id"],
            ),
            text=UNAVAILABLE if text == ABSENT else text,
        ),
    )
