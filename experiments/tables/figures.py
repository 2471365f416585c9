"""The columns of a table of published figures, and the cells that a print gives.

A study of the system `published` freezes such a table, and the audit reads it. The columns in `MORE` stand in a table
only where one of its figures has them, so that a key which the contract gains later leaves older tables as they are.
"""

from collections.abc import Iterable, Mapping

from experiments.tables.printed import PrintedError, read_printed
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

MORE = (
    Column(name="label", type="string", meaning="class or group that the figure is about", nullable=True),
    Column(name="n", type="integer", meaning="examples behind the figure, as printed", nullable=True, n_of="value"),
    Column(name="items", type="integer", meaning="whole numbers averaged for each example", nullable=True),
    Column(name="least", type="number", meaning="least that one observation can be", nullable=True),
    Column(name="most", type="number", meaning="most that one observation can be", nullable=True),
    Column(name="sd", type="number", meaning="standard deviation as printed, in the tidy unit", nullable=True),
    Column(name="sd_low", type="number", meaning="least that rounds to it", nullable=True, lower_bound_of="sd"),
    Column(name="sd_high", type="number", meaning="most that rounds to it", nullable=True, upper_bound_of="sd"),
    Column(name="spread", type="number", meaning="what is printed behind ±, in the tidy unit", nullable=True),
)


def figure_columns(rows: Iterable[Mapping[str, object]]) -> tuple[Column, ...]:
    """The columns of a table with these rows: of those in `MORE` the ones that a row has."""
    used = {name for row in rows for name, cell in row.items() if cell is not None}
    return (*FIGURE_COLUMNS, *(column for column in MORE if column.name in used))


def printed_cells(
    printed: str | None, unit: str, decimal: str | None = None, sd: str | None = None, spread_is: str | None = None
) -> dict[str, object]:
    """The cells that follow from a print: value and bounds, and n, sd and spread where it has them.

    `sd` is a standard deviation that is printed elsewhere than behind ±; `spread_is` is `sd` where what stands behind ±
    is one. Raises PrintedError for what cannot be read.
    """
    tidy = read_printed(printed, unit, decimal)
    cells = {"value": tidy.value, "low": tidy.low, "high": tidy.high, "unit": tidy.unit}
    cells |= {"n": tidy.n, "spread": tidy.spread}
    if sd is not None:
        wide = read_printed(sd, "score" if unit == "count" else unit, decimal)  # that of whole numbers has decimals
        if wide.low is None or wide.low < 0:
            raise PrintedError(f"{sd!r} is no standard deviation")
        return cells | {"sd": wide.value, "sd_low": wide.low, "sd_high": wide.high}
    if spread_is == "sd":
        return cells | {"sd": tidy.spread, "sd_low": tidy.spread_low, "sd_high": tidy.spread_high}
    return cells


def slug(value: object) -> str:
    """`value` as part of the identifier of a figure: `fine-tuned`, `rouge-l`."""
    return str(value).replace("_", "-").replace(" ", "-").lower()
