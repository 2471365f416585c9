"""Small statistics for proportions out of tables: intervals, attainable counts, baselines of a guess."""

from analysis.statistics.baselines import chance, majority
from analysis.statistics.counts import attainable_counts
from analysis.statistics.intervals import Interval, wilson, wilson_of_rounded

__all__ = ["Interval", "attainable_counts", "chance", "majority", "wilson", "wilson_of_rounded"]
