"""Do scores rise with the layer, and is the tuned model the better one at the last?"""

from collections.abc import Iterator

from analysis.audit.curves import Curve, curves
from analysis.audit.finding import Finding, Read
from analysis.audit.tables import name
from analysis.facts import Value, derived


def count_rising(found: list[Curve]) -> tuple[Value, Value]:
    """How many of the curves rise at every printed step, and how many curves there are."""
    cells = [point["value"] for curve in found for point in curve.points]
    rising = derived(sum(curve.rises for curve in found), cells, "number of curves that rise at every printed layer")
    return rising, derived(len(found), cells, "number of curves, one a score and model")


def score_rises_with_layer(read: Read) -> Iterator[Finding]:
    """How many of S4's curves rise at every printed step."""
    found = curves(read)
    rising, all_ = count_rising(found)
    yield Finding(
        check="score-rises-with-layer",
        source="s4",
        figures=tuple(name(point) for curve in found if not curve.rises for point in curve.points),
        verdict="consistent" if rising == all_ else "inconsistent",
        template="{rising:,} of {all:,} curves rise at every printed layer.",
        values={"rising": rising, "all": all_},
    )


def tuning_helps_at_last_layer(read: Read) -> Iterator[Finding]:
    """S4's fine-tuned models against their base models at the last layer, score by score."""
    last = {(c.model, c.method, c.quantity): c.points[-1] for c in curves(read)}
    based = [(model, score) for model, method, score in last if method == "base"]
    pairs = [(last[model, "base", score], last[model, "fine-tuned", score]) for model, score in based]
    cells = [row["value"] for pair in pairs for row in pair]
    better = derived(
        sum(tuned["value"] > base["value"] for base, tuned in pairs), cells, "number of scores that tuning raised"
    )
    compared = derived(len(pairs), cells, "number of scores compared at the last layer")
    yield Finding(
        check="tuning-helps-at-last-layer",
        source="s4",
        figures=tuple(name(row) for pair in pairs for row in pair),
        verdict="consistent" if 2 * better > compared else "suspicious",
        template="At the last layer the fine-tuned model is better than its base in {better:,} of {compared:,} scores.",
        values={"better": better, "compared": compared},
    )
