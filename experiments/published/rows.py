"""From what a source prints to the rows and columns of the frozen tables."""

from collections.abc import Iterator
from typing import Protocol

from experiments.published.printed import read_printed
from experiments.published.transcription import Case, Figure, Grid
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

CASE_COLUMNS = (
    Column(name="group", type="string", meaning="heading under which the example is printed"),
    Column(name="case", type="integer", meaning="position under the heading, from 1"),
    Column(name="label", type="integer", meaning="gold label printed with the example", nullable=True),
    Column(name="printed", type="string", meaning="values printed behind the text, to the letter", nullable=True),
    Column(name="place", type="string", meaning="where in the source the example stands"),
    Column(name="note", type="string", meaning="what a reader of the row must know", nullable=True),
)


Row = dict[str, object]


class Transcription(Protocol):
    """A study that transcribes figures, and perhaps cases."""

    sources: dict[str, object]
    figures: tuple[Figure, ...]
    grids: tuple[Grid, ...]
    cases: tuple[Case, ...]


def all_figures(study: Transcription) -> list[Figure]:
    """Single figures first, then the grids, each in the order of the source. Raises ValueError for a ragged grid."""
    return [*study.figures, *(figure for grid in study.grids for figure in grid.figures())]


def figure_rows(study: Transcription) -> Iterator[Row]:
    """Each figure with its tidy value and bounds, worked out from the print."""
    first = next(iter(study.sources))
    for figure in all_figures(study):
        tidy = read_printed(figure.printed, figure.printed_unit)
        row = figure.model_dump() | {"value": tidy.value, "low": tidy.low, "high": tidy.high, "unit": tidy.unit}
        yield row | {"source": figure.source or first}


def case_rows(study: Transcription) -> list[Row]:
    """The printed cases in the order of the study."""
    return [case.model_dump() for case in study.cases]
