"""Small statistics out of tables: intervals, attainable counts, baselines of a guess, comparisons."""

from analysis.statistics.baselines import chance, majority
from analysis.statistics.comparisons import fisher, holm, mann_whitney
from analysis.statistics.counts import attainable_counts
from analysis.statistics.intervals import Interval, wilson, wilson_of_rounded

__all__ = [
    "Interval",
    "attainable_counts",
    "chance",
    "fisher",
    "holm",
    "majority",
    "mann_whitney",
    "wilson",
    "wilson_of_rounded",
]
