"""The claims of the source reports that are tried on the models of our own studies."""

from collections.abc import Collection, Mapping
from functools import partial

from analysis.claims import Tried
from analysis.claims.trials import Attempt, Read
from analysis.this_report import exits, probes

ATTEMPTS: dict[str, Attempt] = {
    "s0-accuracy-rises-to-last-layer": probes.accuracy_rises_first_to_last,
    "s0-openhathi-error-grows": probes.error_grows,
    "s0-openllama-error-falls-then-rises": probes.error_falls_then_rises,
    "s0-each-model-wins-one-task": probes.each_model_wins_one_task,
}


def try_on_ours(read: Read, source: str, there: Collection[str] = ()) -> list[Tried]:
    """The claims of a source that are tried on models of our own, in the order of its table.

    `there` are the ids of all frozen tables: studies of opt-in models count where they are among them.
    """
    attempts = ATTEMPTS | _of_exits(there)
    return [
        Tried(claim, row["statement"], tuple(attempts[claim](read)))
        for row in read(f"published-{source}/claims")
        if (claim := str(row["claim"].data)) in attempts
    ]


def _of_exits(there: Collection[str]) -> Mapping[str, Attempt]:
    return {
        "s4-scores-rise-with-the-layer": partial(exits.scores_rise_with_the_layer, there=there),
        "s4-only-the-last-layer-answers": partial(exits.only_the_last_layer_answers, there=there),
    }
