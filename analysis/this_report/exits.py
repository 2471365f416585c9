"""S4's claims, tried on our models: by the tests between their exits, and by what our judges mark."""

from collections.abc import Collection, Iterator, Sequence

from analysis.chapters.early_exit.judges import agrees
from analysis.chapters.early_exit.scores import SCORES, STAGES
from analysis.claims.trials import Read, Trial, TrialOutcome
from analysis.facts import Row, Value, derived
from analysis.sentences import verb
from experiments.statistics.level import LEVEL
from experiments.tables.terms import ALL

EXITS = ("early-exit-alpaca", "early-exit-alpaca-gemma")
JUDGED = ("judge-by-layer", "judge-by-layer-gemma")
"""The first of each is always there; the others are opt-in."""
UNPROVEN = "by a judge whose marks are no evidence about answers"


def scores_rise_with_the_layer(read: Read, there: Collection[str] = ()) -> list[Trial]:
    """Each curve of ours: every step to a deeper exit a significant gain. One significant loss refutes it.

    `there` are the ids of all frozen tables, by which opt-in studies are found.
    """
    return [
        _rises(model, f"{stage}, {title}", steps.sort("before_depth").rows)
        for study in _frozen(EXITS, "tests", there)
        for tests in [read(f"{study}/tests").where(comparison="deeper", run=ALL)]
        for model in _models(read, f"{study}/scores")
        for stage in STAGES
        for quantity, title in SCORES.items()
        for steps in [tests.where(model=model.data, after_stage=stage, quantity=quantity)]
        if len(steps)
    ]


def _rises(model: Value, setting: str, steps: Sequence[Row]) -> Trial:
    gains, losses = (_significant(steps, sign) for sign in (1, -1))
    outcome: TrialOutcome = "fails" if losses.data else "holds" if gains.data == len(steps) else "open"
    cells = [row["difference"] for row in steps]
    up = derived(sum(row["difference"] > 0 for row in steps), cells, "steps to a deeper exit with a higher score")
    clearly = [f"{{{name}}}" if found.data else "none" for name, found in (("gains", gains), ("losses", losses))]
    return Trial(
        (model,),
        setting,
        outcome,
        f"{{up}} of {{steps}} steps {verb(up, 'goes', 'go')} up; significantly: {clearly[0]} up, {clearly[1]} down",
        {"up": up, "steps": derived(len(steps), cells, "steps to a deeper exit"), "gains": gains, "losses": losses},
        {},
    )


def _significant(steps: Sequence[Row], sign: int) -> Value:
    found = [row for row in steps if row["p_holm"] < LEVEL and sign * row["difference"].number() > 0]
    cells = [row[name] for row in steps for name in ("difference", "p_holm")]
    return derived(len(found), cells, f"steps that are a significant {'gain' if sign > 0 else 'loss'}")


def only_the_last_layer_answers(read: Read, there: Collection[str] = ()) -> list[Trial]:
    """Each judge, model and stage of ours: no answer marked right at an exit before the last, and some at the last.

    `there` are the ids of all frozen tables, by which opt-in studies are found.
    """
    return [trial for study in _frozen(JUDGED, "accuracy", there) for trial in _accepted(read, study)]


def _accepted(read: Read, study: str) -> Iterator[Trial]:
    accuracy = read(f"{study}/accuracy").where(run=ALL)
    agreement = read(f"{study}/agreement").where(category=ALL)
    for model in _models(read, f"{study}/accuracy"):
        for judge in accuracy.distinct("judge"):
            caveat = "" if agrees(agreement.at(judge=judge)) else UNPROVEN
            for stage in STAGES:
                rows = accuracy.where(model=model.data, judge=judge, stage=stage).sort("depth").rows
                if len(rows) > 1:
                    yield _last_alone(model, f"{stage}, judged by {judge}", rows, caveat)


def _last_alone(model: Value, setting: str, rows: Sequence[Row], caveat: str) -> Trial:
    *early, last = rows
    some = [row for row in early if row["right"].number()]
    outcome: TrialOutcome = "fails" if some else "holds" if last["right"].number() else "open"
    cells = [row["right"] for row in early]
    return Trial(
        (model,),
        setting,
        outcome,
        "{some} of {early} exits before the last have an answer marked right; the last has {right} of {answers}",
        {
            "some": derived(len(some), cells, "exits before the last with an answer that is marked right"),
            "early": derived(len(early), cells, "exits before the last"),
            "right": last["right"],
            "answers": last["answers"],
        },
        {},
        caveat,
    )


def _frozen(studies: Sequence[str], table: str, there: Collection[str]) -> list[str]:
    first, *opt_in = studies
    return [first, *(study for study in opt_in if f"{study}/{table}" in there)]


def _models(read: Read, table: str) -> list[Value]:
    """The models of a table, each as a cell of it."""
    first: dict[object, Value] = {}
    for row in read(table):
        first.setdefault(row["model"].data, row["model"])
    return list(first.values())
