"""From what a source prints to the rows and columns of the frozen tables."""

from collections.abc import Iterator
from typing import Protocol

from experiments.published.transcription import HOW, About, Case, Figure, Grid
from experiments.tables.figures import MORE, figure_columns, printed_cells
from experiments.tables.sidecar import Column

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
    rows = list(_rows(study))
    names = {column.name for column in figure_columns(rows)}
    return ({name: cell for name, cell in row.items() if name in names} for row in rows)


def _rows(study: Transcription) -> Iterator[Row]:
    """The rows with every column that a figure can have."""
    first = next(iter(study.sources))
    for figure in all_figures(study):
        said = {name: dict(figure)[name] for name in (*About.model_fields, "figure", "printed") if name not in HOW}
        cells = printed_cells(figure.printed, figure.printed_unit, figure.decimal, figure.sd, figure.spread_is)
        least, most = figure.range or (None, None)
        row = {column.name: None for column in MORE} | said | {"least": least, "most": most} | cells
        yield row | {"source": figure.source or first, "n": figure.n if cells["n"] is None else cells["n"]}


def columns_of(study: Transcription) -> tuple[Column, ...]:
    """The columns of the figures of a study."""
    return figure_columns(_rows(study))


def case_rows(study: Transcription) -> list[Row]:
    """The printed cases in the order of the study."""
    return [case.model_dump() for case in study.cases]
