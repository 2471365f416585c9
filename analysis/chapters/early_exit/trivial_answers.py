"""The echo of the prompt: what scoring prompt and output together would have given on our own answers."""

from analysis.audit import Finding, audit
from analysis.chapters.early_exit.scores import exits
from analysis.chapters.early_exit.sentences import every_exit
from analysis.chapters.question_answering.scores import percent
from analysis.facts import Chapter, Markdown, Row, derived, max_of, min_of
from analysis.sentences import series


def recurring(page: Chapter) -> Markdown:
    """The BLEU values that recur in S4."""
    parts = [
        page.say("{score} in {cells} of {all} cells", **{name: each.values[name] for name in ("score", "cells", "all")})
        for each in _recurrences(page)
    ]
    return page.say("In S4, the same BLEU stands in cells that have nothing in common: {parts}.", parts=series(parts))


def echo(page: Chapter) -> Markdown:
    """What scoring with the prompt makes of our own answers, and of saying nothing."""
    rows, silent = every_exit(page, "bleu"), _silent(page)
    alone, prompted = ([row[name] for row in rows] for name in ("value", "with_prompt"))
    parts = [
        page.say(
            "{value:.1f} ({low:.1f} to {high:.1f}) for {model}",
            value=row["with_prompt"],
            low=row["low"],
            high=row["high"],
            model=row["model"],
        )
        for row in silent
    ]
    below = [row for row in rows if row["with_prompt"] < row["with_prompt_empty_floor"]]
    cells = [row[name] for row in rows for name in ("with_prompt", "with_prompt_empty_floor")]
    if not below:
        ending = "no exit of ours scores less that way than saying nothing at all."
    elif len(below) == len(rows):
        ending = "by that measure every exit of ours does worse than saying nothing at all."
    else:
        ending = "by that measure {below} of {all} exits do worse than saying nothing at all."
    return page.say(
        "Scored with the prompt on both sides, our answers move from a BLEU of {a:.1f} to {b:.1f} to one of {c:.1f} to "
        "{d:.1f}. Saying nothing moves from {zero:.1f} to {parts}; " + ending,
        a=min_of(alone),
        b=max_of(alone),
        c=min_of(prompted),
        d=max_of(prompted),
        zero=max_of([row["new_tokens_only"] for row in silent]),
        parts=series(parts),
        below=derived(len(below), cells, "exits that score less with the prompt than saying nothing does"),
        all=derived(len(rows), cells, "exits over models and stages"),
    )


def beside_s4(page: Chapter) -> Markdown:
    """Whether what saying nothing scores with the prompt, on our examples, is what recurs in S4."""
    figures = page.table("published-s4/figures")
    values = [percent(figures.at(figure=name)["value"]) for each in _recurrences(page) for name in each.figures]
    low, high = min_of(values).across_kinds(), max_of(values).across_kinds()
    silent = _silent(page)
    there = [row for row in silent if row["low"] <= high and row["high"] >= low]
    if len(there) == len(silent):
        said = "On our examples this floor lies, within its interval, where S4's recurring values lie."
    elif there:
        said = "For {there} alone this floor lies, within its interval, where S4's recurring values lie."
    else:
        said = "On our examples this floor does not lie where S4's recurring values lie."
    return page.say(
        said + " Its place depends on how long prompts are beside references, and S4 prints neither: our runs show the "
        "mechanism, and do not prove that S4 scored so.",
        there=series([page.say("{name}", name=row["model"]) for row in there]),
    )


def _silent(page: Chapter) -> list[Row]:
    """The floors of saying nothing, by BLEU."""
    return [one.table("floors").at(answer="empty", quantity="bleu") for one in exits(page)]


def _recurrences(page: Chapter) -> list[Finding]:
    found = [each for each in audit(page, "s4") if each.check == "values-recur"]
    page.expect(bool(found), "some BLEU of S4 recurs to the last digit")
    return found
