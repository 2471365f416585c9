"""The effect of scoring prompt and answer together, on our answers and on an empty answer."""

from analysis.chapters.common import CI, Study
from analysis.chapters.decisions import count
from analysis.chapters.early_exit.scores import EMPTY, exits
from analysis.chapters.early_exit.sentences import every_exit
from analysis.facts import Markdown, Row, max_of, min_of
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
    below = count(
        rows,
        lambda row: [row["with_prompt"] < row["with_prompt_empty_baseline"]],
        "exits that score lower with the prompt than an empty answer",
        "exits over models and stages",
    )
    return page.say(
        "BLEU of our answers is {a:.1f} to {b:.1f} if new tokens alone are scored, and {c:.1f} to {d:.1f} if the "
        "prompt is scored with them. For an empty answer it is {zero:.1f} without the prompt, and with it {parts}. "
        "Scored with the prompt, {below}.",
        a=min_of(alone),
        b=max_of(alone),
        c=min_of(prompted),
        d=max_of(prompted),
        zero=max_of([row["new_tokens_only"] for row in empty]),
        parts=series(parts),
        below=below.say(
            page,
            "{n} of {of} exits score lower than an empty answer",
            none="no exit scores lower than an empty answer",
            every="every exit scores lower than an empty answer",
        ),
    )


def empty_baselines(study: Study) -> list[Row]:
    """The BLEU of an empty answer, for each model."""
    return [one.table("baselines").at(answer=EMPTY, quantity="bleu") for one in exits(study)]
