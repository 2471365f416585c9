"""The claims of the documents: decided on their own figures, and tried on our models where that was done."""

import re
from collections.abc import Mapping, Sequence

from analysis.chapters.common import OUTCOME_WORDS
from analysis.claims import Tried, Verdict
from analysis.facts import Chapter, Markdown, Value, derived
from analysis.sentences import noun, series
from analysis.sources import short_name


def show_claims(
    page: Chapter,
    verdicts: Sequence[Verdict],
    tried: Sequence[Tried] = (),
    *,
    caption: str,
    where: Mapping[str, str] | None = None,
) -> Markdown:
    """The table of claims, each with its verdict and with what was tested; nothing without any.

    `tried` are the claims that were tried on our models; `where` gives for a source the label of the section on that.
    """
    if not verdicts:
        return Markdown("")
    on_ours = {each.claim: each for each in tried}
    columns = {
        "Claim": lambda verdict: _with_apostrophes(verdict.statement),
        "In the document": lambda verdict: wording(page, verdict),
        "Verdict on its own figures": lambda verdict: Markdown(
            f"[**{verdict.outcome}**: {ruling(page, verdict)}]{{.long}}"
        ),
    }
    if any(verdict.claim in on_ours for verdict in verdicts):
        columns["On our models"] = lambda verdict: _on_ours(page, verdict, on_ours.get(verdict.claim), where or {})
    return page.tabulate(verdicts, label="tbl-claims", columns=columns, caption=caption)


def explain_caveats(tried: Sequence[Tried], meanings: Mapping[str, str]) -> Markdown:
    """What the words behind the verdicts of some trials mean, of those that stand there; nothing for none."""
    there = {trial.caveat for each in tried for trial in each.trials}
    found = [Markdown(f"“{caveat}” says that {meaning}") for caveat, meaning in meanings.items() if caveat in there]
    if not found:
        return Markdown("")
    return Markdown(f"Behind a verdict, {series(found)}: no such outcome is an effect of depth.")


def _with_apostrophes(statement: Value) -> Value:
    """The words of a claim with the apostrophes that running text has."""
    return derived(re.sub(r"(?<=\w)'(?=\w)", "’", str(statement.data)), [statement], statement.how)


def _on_ours(page: Chapter, verdict: Verdict, tried: Tried | None, where: Mapping[str, str]) -> Markdown:
    """How many of the trials on our models the claim holds for, with a reference to the section that lists them."""
    if tried is None:
        return Markdown("not tried")
    trials = tried.trials
    cells = [p for trial in trials for p in trial.p_values.values()]
    cells = cells or [value for trial in trials for value in trial.values.values()]
    parts = []
    for outcome, words in OUTCOME_WORDS.items():
        n = sum(trial.outcome == outcome for trial in trials)
        if n:
            parts.append(page.say(f"{words} {{n}}", n=derived(n, cells, f"trials whose outcome is {outcome}")))
    label = where.get(verdict.source)
    return page.say(
        "it {parts} of {all} {trials}" + (f" (@{label})" if label else ""),
        parts=series(parts),
        all=derived(len(trials), cells, "trials on our models"),
        trials=noun(len(trials), "trial"),
    )


def wording(page: Chapter, verdict: Verdict) -> Markdown:
    """The words of the document as a quotation, if the study gives them, and the place where the claim stands."""
    if verdict.quote.missing:
        return page.say("{source}, {place}", source=short_name(verdict.source), place=verdict.place)
    return page.say(
        "{source}: [“{quote}”]{{.quotation}} ({place})",
        source=short_name(verdict.source),
        quote=verdict.quote,
        place=verdict.place,
    )


def ruling(page: Chapter, verdict: Verdict) -> Markdown:
    """What was tested of a claim and found, with the note for its reader."""
    if verdict.note.missing:
        return page.claim(verdict.claim, verdict.outcome, verdict.template, **verdict.values)
    return page.claim(verdict.claim, verdict.outcome, verdict.template + " {note}", **verdict.values, note=verdict.note)
