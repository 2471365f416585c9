"""S0's claims tried on our models: a row for each claim and model, and a sentence for each claim."""

import re
from dataclasses import dataclass

from analysis.chapters.layers.curves import poolings, state
from analysis.facts import Chapter, Markdown, Value, derived
from analysis.sentences import noun, series
from analysis.this_report import Trial, Tried, try_on_ours

OUTCOMES = {"holds": "holds for", "fails": "fails for", "open": "is open for"}


@dataclass(frozen=True)
class Line:
    """One claim and one model, or one pair: a trial for each pooling."""

    claim: str
    statement: Value | Markdown
    subject: Value
    trials: dict[str, Trial]


def tried(page: Chapter) -> list[Tried]:
    """The claims with their trials."""
    return try_on_ours(page.table, "s0")


def lines(page: Chapter) -> list[Line]:
    """The rows of the table: the claim stands in the first of its own."""
    found = []
    for each in tried(page):
        by_subject: dict[str, dict[str, Trial]] = {}
        for trial in each.trials:
            by_subject.setdefault(trial.subject, {})[trial.setting] = trial
        for index, trials in enumerate(by_subject.values()):
            statement = each.statement if index == 0 else Markdown("")
            found.append(Line(each.claim, statement, _subject(next(iter(trials.values()))), trials))
    return found


def verdict(page: Chapter, line: Line, pooling: str) -> Markdown:
    """What became of the claim, and why; a claim of its own in the list of facts."""
    trial = line.trials[pooling]
    word = trial.outcome + (f", {trial.caveat}" if trial.caveat else "")
    values = {**trial.values, **trial.p_values}
    name = _word(f"{line.claim}.{trial.subject}.{pooling}")
    why = page.claim(name, _word(word), trial.template, **values)
    return Markdown(f"**{word}**: {why}")


def in_words(page: Chapter) -> Markdown:
    """A list: of how many models each claim holds, fails, or cannot be told."""
    return Markdown("\n".join(f"- {_counted(page, each)}" for each in tried(page)) + "\n")


def _counted(page: Chapter, each: Tried) -> Markdown:
    by_pooling = {pooling: [t for t in each.trials if t.setting == pooling] for pooling in poolings(page)}
    some = next(iter(by_pooling.values()))
    subjects = [model for trial in some for model in trial.models]
    return page.say(
        "*{claim}* Of our {all} {what}, it {parts}.",
        claim=page.text(each.statement),
        all=derived(len(some), subjects, "subjects of trials"),
        what=noun(len(some), *(("pair of models", "pairs of models") if len(some[0].models) > 1 else ("model",))),
        parts=Markdown("; ".join(_by_state(page, trials, pooling) for pooling, trials in by_pooling.items())),
    )


def _by_state(page: Chapter, trials: list[Trial], pooling: str) -> Markdown:
    cells = [p for trial in trials for p in trial.p_values.values()]
    counts = []
    for outcome, words in OUTCOMES.items():
        some = [trial for trial in trials if trial.outcome == outcome]
        if some:
            counts.append(page.say(f"{words} {{n}}", n=derived(len(some), cells, f"trials whose outcome is {outcome}")))
    caveats = [
        page.say(
            "{n} {caveat}",
            caveat=caveat,
            n=derived(sum(trial.caveat == caveat for trial in trials), cells, f"trials {caveat}"),
        )
        for caveat in dict.fromkeys(trial.caveat for trial in trials if trial.caveat)
    ]
    end = Markdown("")
    if caveats:
        end = page.say(" ({parts}, where no outcome is an effect of layers)", parts=series(caveats))
    return page.say("{counts} with {state}{end}", state=state(pooling), counts=series(counts), end=end)


def _subject(trial: Trial) -> Value:
    named = " and ".join(str(model.data) for model in trial.models)
    return derived(named, trial.models, "the models of a trial")


def _word(text: str) -> str:
    """Small letters, digits, dots and hyphens, as the door names claims and verdicts."""
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.")
