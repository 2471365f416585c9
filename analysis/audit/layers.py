"""Do scores rise with the layer, and is the tuned model the better one at the last?"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from analysis.audit.finding import Result
from analysis.audit.scores import AFTER, BEFORE
from analysis.facts import Row, count_true, derived
from analysis.sources import SCORES, Source, only, series

BY_METRIC = tuple(score for score in SCORES if score != "judged_correct")
"""Scores that a metric gives each answer: those that a judge gives all answers at once make no such curve."""


def score_rises_with_layer(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Count how many of the curves rise at every printed step, whatever rounding hides."""
    found = curves(source)
    if not found:
        return
    cells = [point["value"] for curve in found for point in curve]
    rising = sum(map(_rises, found))
    yield Result(
        [point for curve in found if not _rises(curve) for point in curve],
        "consistent" if rising == len(found) else "inconsistent",
        "{rising:,} of {all:,} curves rise at every printed layer.",
        {
            "rising": derived(rising, cells, "number of curves that rise at every printed layer"),
            "all": derived(len(found), cells, "number of curves, one for each score and model"),
        },
    )


def tuning_helps_at_last_layer(source: Source, references: Sequence[Row]) -> Iterator[Result]:
    """Compare the fine-tuned models with their base models at the last layer, score by score."""
    last = [curve[-1] for curve in curves(source)]
    pairs = []
    for base in (row for row in last if row.cells["method"] in BEFORE):
        same = {name: base.cells[name] for name in ("model", "dataset", "split", "quantity")}
        tuned = only(last, method=AFTER, **same)
        if tuned is not None:
            pairs.append((base, tuned))
    if not pairs:
        return
    cells = [row["value"] for pair in pairs for row in pair]
    raised = (tuned["value"] > base["value"] for base, tuned in pairs)
    better = count_true(raised, "number of scores that tuning raised")
    yield Result(
        [row for pair in pairs for row in pair],
        "consistent" if 2 * better.number() > len(pairs) else "suspicious",
        "At the last layer the fine-tuned model is better than its base in {better:,} of {compared:,} scores.",
        {
            "better": better,
            "compared": derived(len(pairs), cells, "number of scores compared at the last layer"),
        },
    )


def curves(source: Source) -> list[tuple[Row, ...]]:
    """Each score of each model over the layers, by rising layer; those with one printed layer are none."""
    scores = source.printed.where(quantity=BY_METRIC, layer=lambda layer: layer is not None).sort("layer")
    return [points for points in series(scores, "layer") if len(points) > 1]


def _rises(curve: Sequence[Row]) -> bool:
    return all(before["value"] < after["value"] for before, after in pairwise(curve))
