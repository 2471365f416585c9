"""S4: early exits of six models on Stanford Alpaca."""

from analysis.audit.checks.layers import count_rising
from analysis.audit.curves import curves
from analysis.audit.finding import Read
from analysis.audit.tables import figures_of
from analysis.claims.ruling import Ruling, rule
from analysis.facts import derived


def scores_rise_with_the_layer(read: Read) -> Ruling:
    """Every curve rises at every printed layer."""
    rising, all_ = count_rising(curves(read))
    return rule(
        rising == all_,
        "Of {all:,} curves, {rising:,} rise at every printed layer and {falling:,} do not.",
        all=all_,
        rising=rising,
        falling=(all_ - rising).described("number of curves that do not rise at every printed layer"),
    )


def only_the_last_layer_answers(read: Read) -> Ruling:
    """The share judged right is 0 at every exit but the last."""
    *early, last = figures_of(read, "s4").where(quantity="judged_correct").sort("layer")
    silent = sum(row["value"].data == 0 for row in early)
    return rule(
        silent == len(early) and last["value"].data > 0,
        "The judge accepts none of the answers at {silent:,} of {early:,} early exits, and {last} at layer {layer:,}.",
        silent=derived(silent, [row["value"] for row in early], "number of early exits without an accepted answer"),
        early=derived(len(early), [row["value"] for row in early], "number of exits before the last"),
        last=last["printed"],
        layer=last["layer"],
    )
