"""Claims of a source tested on the models of our own: a row for each claim and model, a sentence for each claim."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.chapters.common import OUTCOME_WORDS, Study
from analysis.chapters.layers.curves import poolings, state, state_title
from analysis.claims import Trial, Tried
from analysis.facts import Markdown, Value, derived
from analysis.sentences import noun, series, verb


@dataclass(frozen=True)
class Line:
    """One claim and one model, or one pair: a trial for each pooling."""

    claim: str
    statement: Value | Markdown
    subject: Value
    trials: dict[str, Trial]


def lines(tried: Sequence[Tried]) -> list[Line]:
    """The rows of the table: each claim stands in its first row."""
    found = []
    for each in tried:
        by_subject: dict[str, dict[str, Trial]] = {}
        for trial in each.trials:
            by_subject.setdefault(trial.subject, {})[trial.setting] = trial
        for index, trials in enumerate(by_subject.values()):
            statement = each.statement if index == 0 else Markdown("")
            found.append(Line(each.claim, statement, _subject(next(iter(trials.values()))), trials))
    return found


def show_claims(study: Study, tried: Sequence[Tried], heading: str, caption: str) -> Markdown:
    """The table of the claims, tried on each of our models; `heading` stands above the claims."""
    return study.page.tabulate(
        lines(tried),
        label="tbl-layer-claims",
        columns={
            heading: lambda line: line.statement,
            "Our model": lambda line: line.subject,
            **{
                state_title(pooling): lambda line, pooling=pooling: verdict(study, line, pooling)
                for pooling in poolings(study)
            },
        },
        caption=caption,
    )


def verdict(study: Study, line: Line, pooling: str) -> Markdown:
    """The verdict of a trial and its reasons, listed as a claim of its own."""
    trial = line.trials[pooling]
    word = trial.outcome + (f", {trial.caveat}" if trial.caveat else "")
    values = {**trial.values, **trial.p_values}
    name = _word(f"{line.claim}.{trial.subject}.{pooling}")
    why = study.page.claim(name, _word(word), trial.template, **values)
    return Markdown(f"**{word}**: {why}")


def count_outcomes(study: Study, tried: Sequence[Tried]) -> Markdown:
    """A list: for how many models each claim holds, fails, or is open."""
    return Markdown("".join(f"- {_count(study, each)}\n" for each in tried))


def _count(study: Study, each: Tried) -> Markdown:
    by_pooling = {pooling: [t for t in each.trials if t.setting == pooling] for pooling in poolings(study)}
    some = next(iter(by_pooling.values()))
    subjects = [model for trial in some for model in trial.models]
    return study.page.say(
        "*{claim}* Tried on {all} {what} of ours: {parts}.",
        claim=study.page.text(each.statement),
        all=derived(len(some), subjects, "subjects of trials"),
        what=noun(len(some), *(("pair of models", "pairs of models") if len(some[0].models) > 1 else ("model",))),
        parts=Markdown("; ".join(_by_state(study, trials, pooling) for pooling, trials in by_pooling.items())),
    )


def _by_state(study: Study, trials: list[Trial], pooling: str) -> Markdown:
    cells = [p for trial in trials for p in trial.p_values.values()]
    counts = []
    for outcome, words in OUTCOME_WORDS.items():
        some = [trial for trial in trials if trial.outcome == outcome]
        if some:
            counts.append(
                study.page.say(f"{words} {{n}}", n=derived(len(some), cells, f"trials whose outcome is {outcome}"))
            )
    caveats = [
        study.page.say(
            "{n} of them {start} {caveat}",
            caveat=caveat,
            n=derived(sum(trial.caveat == caveat for trial in trials), cells, f"trials {caveat}"),
            start=verb(sum(trial.caveat == caveat for trial in trials), "starts", "start"),
        )
        for caveat in dict.fromkeys(trial.caveat for trial in trials if trial.caveat)
    ]
    end = Markdown("")
    if caveats:
        end = study.page.say(" ({parts}, so that no outcome there is an effect of depth)", parts=series(caveats))
    return study.page.say("with {state} it {counts}{end}", state=state(pooling), counts=series(counts), end=end)


def _subject(trial: Trial) -> Value:
    named = " and ".join(str(model.data) for model in trial.models)
    return derived(named, trial.models, "the models of a trial")


def _word(text: str) -> str:
    """Small letters, digits, dots and hyphens, as `page.claim` takes names and verdicts."""
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.")
