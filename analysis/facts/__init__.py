"""The one door for every value that a report shows.

In a chapter:

    from analysis.facts import open_chapter
    page = open_chapter("parameters")
    counts = page.table("parameter-counts/counts")
    llama = counts.at(configuration="llama-3.2-1b", component="total")

and inline `{python} page.show(llama["logical_base"], ",")`. A shown value knows its table, row, column, digest and
kind; the chapter's journal lists it, and after the render `_site/facts.json` does.
"""

from analysis.facts.aggregate import max_of, mean_of, min_of, present, ratio, sum_of
from analysis.facts.chapter import Chapter, open_chapter
from analysis.facts.errors import FactError, MissingValue, MixedKinds, UnitMismatch
from analysis.facts.fact import Fact
from analysis.facts.marks import legend
from analysis.facts.origins import Origin
from analysis.facts.speech import Markdown
from analysis.facts.values import Value, derived
from analysis.facts.views import Row, View

__all__ = [
    "Chapter",
    "Fact",
    "FactError",
    "Markdown",
    "MissingValue",
    "MixedKinds",
    "Origin",
    "Row",
    "UnitMismatch",
    "Value",
    "View",
    "derived",
    "legend",
    "max_of",
    "mean_of",
    "min_of",
    "open_chapter",
    "present",
    "ratio",
    "sum_of",
]
