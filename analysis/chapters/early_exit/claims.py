"""Claims of a source on early exits: decided on its own figures, and tested on the models of our own."""

from dataclasses import dataclass

from analysis.chapters.common import OUTCOME_WORDS, slug
from analysis.claims import Trial, Tried, Verdict
from analysis.facts import Chapter, Markdown, Value, derived
from analysis.facts.escape import markdown
from analysis.sentences import series
from analysis.sources import short_name

BECOMES = {"holds": "holds", "fails": "fails", "unverifiable": "cannot be decided"}


@dataclass(frozen=True)
class Line:
    """One trial in a table; the model is named in its first row."""

    trial: Trial
    model: Value | Markdown
    why: Markdown


def describe_claim(page: Chapter, verdict: Verdict, tried: Tried, what: str) -> Markdown:
    """The verdict on a claim on the source's own figures, and its outcomes on our models; `what` names the trials."""
    own = page.claim(verdict.claim, verdict.outcome, verdict.template, **verdict.values)
    return page.say(
        "- *{claim}* On the figures of {source} itself, this claim {becomes}: {own} {ours}\n",
        claim=page.text(verdict.statement),
        source=short_name(verdict.source),
        becomes=BECOMES[verdict.outcome],
        own=own,
        ours=_describe_trials(page, tried, what),
    )


def _describe_trials(page: Chapter, tried: Tried, what: str) -> Markdown:
    cells = [value for trial in tried.trials for value in trial.values.values()]
    parts = []
    for outcome, words in OUTCOME_WORDS.items():
        n = derived(
            sum(trial.outcome == outcome for trial in tried.trials), cells, f"trials whose outcome is {outcome}"
        )
        if n.number():
            parts.append(page.say(f"{words} {{n}}", n=n))
    counts = page.say(
        "Of our {all} " + what + ", it {parts}", all=derived(len(tried.trials), cells, "trials"), parts=series(parts)
    )
    decided = [trial for trial in tried.trials if trial.outcome != "open"]
    unproven = sum(bool(trial.caveat) for trial in decided)
    if not unproven:
        return Markdown(f"{counts}.")
    return page.say(
        "{counts}; {unproven} of the {decided} that are decided rest on judges whose marks are no evidence about "
        "answers (@sec-judged).",
        counts=counts,
        unproven=derived(unproven, cells, "decided trials by such judges"),
        decided=derived(len(decided), cells, "decided trials"),
    )


def lines(page: Chapter, tried: Tried) -> list[Line]:
    """A row for each trial of a claim, with its reasons, listed as a claim of its own."""
    found, before = [], None
    for trial in tried.trials:
        model = trial.models[0]
        name = f"{tried.claim}.{slug(trial.subject)}.{slug(trial.setting)}"
        why = page.claim(name, trial.outcome, trial.template, **trial.values)
        found.append(Line(trial, Markdown("") if model == before else model, why))
        before = model
    return found


def show_claims(page: Chapter, tried: Tried, caption: str) -> Markdown:
    """The table of a claim, tried on each of our models."""
    return page.tabulate(
        lines(page, tried),
        label="tbl-exit-claims",
        columns={
            "Model": lambda each: each.model,
            "Stage and score": lambda each: Markdown(markdown(each.trial.setting)),
            "Verdict": lambda each: Markdown(f"**{each.trial.outcome}**"),
            "Why": lambda each: each.why,
        },
        caption=caption,
    )
