"""S4's claims: counted on its own tables, and tried on our models."""

from dataclasses import dataclass

from analysis.chapters.early_exit.tokens import slug
from analysis.claims import evaluate
from analysis.facts import Chapter, Markdown, Value, derived
from analysis.sentences import series
from analysis.this_report import Trial, Tried, try_on_ours

RISE, LAST_ALONE = "s4-scores-rise-with-the-layer", "s4-only-the-last-layer-answers"
OUTCOMES = {"holds": "holds for", "fails": "fails for", "open": "is open for"}
BECOMES = {"holds": "holds", "fails": "fails", "unverifiable": "cannot be decided"}


@dataclass(frozen=True)
class Line:
    """One trial in a table; the model is named in its first row."""

    trial: Trial
    model: Value | Markdown
    why: Markdown


def told(page: Chapter) -> Markdown:
    """Both claims: what becomes of them on S4's own tables, and of how many of our curves they hold."""
    return Markdown("\n".join(f"- {_told(page, claim)}" for claim in (RISE, LAST_ALONE)) + "\n")


def _told(page: Chapter, claim: str) -> Markdown:
    verdict = next(each for each in evaluate(page, "s4") if each.claim == claim)
    own = page.claim(claim, verdict.outcome, verdict.template, **verdict.values)
    said = page.say(
        "*{claim}* On S4's own figures this claim {becomes}: {own}",
        claim=page.text(verdict.statement),
        becomes=BECOMES[verdict.outcome],
        own=own,
    )
    return page.say("{said} Tried on {ours}.", said=said, ours=_ours(page, _tried(page, claim)))


def _ours(page: Chapter, tried: Tried) -> Markdown:
    cells = [value for trial in tried.trials for value in trial.values.values()]
    parts = []
    for outcome, words in OUTCOMES.items():
        n = derived(sum(trial.outcome == outcome for trial in tried.trials), cells, f"trials that say {outcome}")
        if n.number():
            parts.append(page.say(f"{words} {{n}}", n=n))
    what = "curves" if tried.claim == RISE else "rows of marks"
    all_ = derived(len(tried.trials), cells, "trials")
    said = page.say("{all} " + what + " of ours, it {parts}", all=all_, parts=series(parts))
    decided = [trial for trial in tried.trials if trial.outcome != "open"]
    unproven = sum(bool(trial.caveat) for trial in decided)
    if not unproven:
        return said
    return page.say(
        "{said}; {unproven} of the {decided} that are decided rest on judges that are not shown to agree with our "
        "labels, and tell nothing about answers (@sec-judged)",
        said=said,
        unproven=derived(unproven, cells, "decided trials by such judges"),
        decided=derived(len(decided), cells, "decided trials"),
    )


def tried(page: Chapter) -> list[Line]:
    """The trials of the claim that scores rise."""
    found, before = [], None
    for trial in _tried(page, RISE).trials:
        model = trial.models[0]
        name = f"{RISE}.{slug(trial.subject)}.{slug(trial.setting)}"
        why = page.claim(name, trial.outcome, trial.template, **trial.values)
        found.append(Line(trial, Markdown("") if model == before else model, why))
        before = model
    return found


def _tried(page: Chapter, claim: str) -> Tried:
    return next(each for each in try_on_ours(page.table, "s4") if each.claim == claim)
