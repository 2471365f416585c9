"""From what a source prints to the rows and columns of the frozen tables."""

from collections.abc import Iterable

from experiments.published.printed import read_printed
from experiments.published.transcription import Case, Claim, Figure, Grid
from experiments.tables.sidecar import Column

FIGURE_COLUMNS = (
    Column(name="figure", type="string", meaning="identifier of the figure"),
    Column(name="source", type="string", meaning="key of the source in the study"),
    Column(name="quantity", type="string", meaning="what the figure measures, counts or sets"),
    Column(name="model", type="string", meaning="registry name of the model", nullable=True),
    Column(name="dataset", type="string", meaning="data set, where the figure has one", nullable=True),
    Column(name="split", type="string", meaning="part of the data set", nullable=True),
    Column(name="method", type="string", meaning="what was done to the model, or how it was asked", nullable=True),
    Column(name="layer", type="integer", meaning="layer at which the model was read or left", nullable=True),
    Column(name="printed", type="string", meaning="the figure to the letter; none where none is", nullable=True),
    Column(name="printed_unit", type="string", meaning="unit in which it is printed"),
    Column(name="value", type="number", meaning="the figure in the tidy unit", nullable=True),
    Column(name="low", type="number", meaning="least that rounds to the print", nullable=True, lower_bound_of="value"),
    Column(name="high", type="number", meaning="most that rounds to the print", nullable=True, upper_bound_of="value"),
    Column(name="unit", type="string", meaning="tidy unit of value, low and high", nullable=True),
    Column(name="place", type="string", meaning="where in the source the figure stands"),
    Column(name="note", type="string", meaning="what a reader of the figure must know", nullable=True),
)

CLAIM_COLUMNS = (
    Column(name="claim", type="string", meaning="identifier of the claim"),
    Column(name="source", type="string", meaning="key of the source in the study"),
    Column(name="statement", type="string", meaning="the claim in our words"),
    Column(name="place", type="string", meaning="where in the source the claim stands"),
    Column(name="predicate", type="string", meaning="name of the test in analysis.claims that decides it"),
)

CASE_COLUMNS = (
    Column(name="group", type="string", meaning="heading under which the example is printed"),
    Column(name="case", type="integer", meaning="position under the heading, from 1"),
    Column(name="label", type="integer", meaning="gold label printed with the example", nullable=True),
    Column(name="printed", type="string", meaning="values printed behind the text, to the letter", nullable=True),
    Column(name="place", type="string", meaning="where in the source the example stands"),
    Column(name="note", type="string", meaning="what a reader of the row must know", nullable=True),
)


Row = dict[str, object]


def all_figures(figures: Iterable[Figure], grids: Iterable[Grid]) -> list[Figure]:
    """Single figures first, then the grids, each in the order of the source. Raises ValueError for a ragged grid."""
    return [*figures, *(figure for grid in grids for figure in grid.figures())]


def figure_row(figure: Figure, source: str) -> Row:
    """The row of `figure`, with its tidy value and bounds worked out from the print; `source` where it names none."""
    tidy = read_printed(figure.printed, figure.printed_unit)
    row = figure.model_dump() | {"value": tidy.value, "low": tidy.low, "high": tidy.high, "unit": tidy.unit}
    return row | {"source": figure.source or source}


def claim_row(claim: Claim, source: str) -> Row:
    """The row of `claim`."""
    return claim.model_dump() | {"source": source}


def case_row(case: Case) -> Row:
    """The row of `case`."""
    return case.model_dump()
