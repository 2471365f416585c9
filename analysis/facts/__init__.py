"""Values out of frozen tables, and how a chapter shows them so that each is listed with its origin.

In a chapter:

    from analysis.facts import open_chapter
    page = open_chapter("my-chapter")
    counts = page.table("my-counts/counts")
    llama = counts.at(configuration="llama-3.2-1b", component="total")

and inline `{python} page.show(llama["logical_base"], ",")`. A shown value knows its table, row, column, digest and
kind; the chapter's fact log lists it, and after the render `_site/facts.json` does.
"""

from analysis.facts.aggregate import count_true, max_of, mean_of, min_of, present, ratio, sum_of
from analysis.facts.chapter import Chapter, open_chapter
from analysis.facts.comparison import Comparison
from analysis.facts.errors import FactError, MissingValue, MixedKinds, UnitMismatch
from analysis.facts.estimates import Interval, PValue, interval_of, p_value_of
from analysis.facts.fact import Fact
from analysis.facts.marks import legend
from analysis.facts.origins import Origin
from analysis.facts.speech import Markdown
from analysis.facts.values import Value, derived
from analysis.facts.views import Row, View

__all__ = [
    "Chapter",
    "Comparison",
    "Fact",
    "FactError",
    "Interval",
    "Markdown",
    "MissingValue",
    "MixedKinds",
    "Origin",
    "PValue",
    "Row",
    "UnitMismatch",
    "Value",
    "View",
    "count_true",
    "derived",
    "interval_of",
    "legend",
    "max_of",
    "mean_of",
    "min_of",
    "open_chapter",
    "p_value_of",
    "present",
    "ratio",
    "sum_of",
]
