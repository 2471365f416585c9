"""The effect of scoring prompt and answer together, on our answers and on an empty answer."""

from analysis.chapters.common import CI, Study
from analysis.chapters.early_exit.scores import EMPTY, exits
from analysis.chapters.early_exit.sentences import every_exit
from analysis.facts import Markdown, Row, derived, max_of, min_of
from analysis.sentences import series


def effect_of_prompt(study: Study) -> Markdown:
    """BLEU of our answers and of an empty answer, scored without and with the prompt."""
    page, rows, empty = study.page, every_exit(study, "bleu"), empty_baselines(study)
    alone, prompted = ([row[name] for row in rows] for name in ("value", "with_prompt"))
    parts = [
        page.say(
            f"{{value:.1f}} for {{model}} ({CI} {{interval:.1f}})",
            value=row["with_prompt"],
            interval=row.interval("with_prompt"),
            model=row["model"],
        )
        for row in empty
    ]
    below = [row for row in rows if row["with_prompt"] < row["with_prompt_empty_floor"]]
    cells = [row[name] for row in rows for name in ("with_prompt", "with_prompt_empty_floor")]
    if not below:
        result = "no exit scores lower than an empty answer."
    elif len(below) == len(rows):
        result = "every exit scores lower than an empty answer."
    else:
        result = "{below} of {all} exits score lower than an empty answer."
    return page.say(
        "BLEU of our answers is {a:.1f} to {b:.1f} if new tokens alone are scored, and {c:.1f} to {d:.1f} if the "
        "prompt is scored with them. For an empty answer it is {zero:.1f} without the prompt, and with it {parts}. "
        "Scored with the prompt, " + result,
        a=min_of(alone),
        b=max_of(alone),
        c=min_of(prompted),
        d=max_of(prompted),
        zero=max_of([row["new_tokens_only"] for row in empty]),
        parts=series(parts),
        below=derived(len(below), cells, "exits that score lower with the prompt than an empty answer"),
        all=derived(len(rows), cells, "exits over models and stages"),
    )


def empty_baselines(study: Study) -> list[Row]:
    """The BLEU of an empty answer, for each model."""
    return [one.table("floors").at(answer=EMPTY, quantity="bleu") for one in exits(study)]
