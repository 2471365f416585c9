"""What a study of published figures says: figures, printed tables and printed cases; claims have a module of their own.

The YAML holds what the source prints and where, nothing that was worked out from it. A printed table is written as a
grid in the shape that it has in the source, so that a proof-reader can lay the two side by side.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from experiments.tables.closed import Closed
from experiments.tables.figures import printed_cells, slug
from experiments.tables.printed import PrintedError, read_printed

Unit = Literal[
    "percent",
    "fraction",
    "count",
    "number",
    "score",
    "mean",
    "mse",
    "seconds",
    "minutes",
    "hours",
    "days",
    "ms",
    "KB",
    "MB",
    "MiB",
    "GB",
    "GiB",
    "TB",
    "text",
]

HOW = ("decimal", "sd", "spread_is", "range", "shown_as")
"""Keys of a figure that say how its print is read, or whether it can be looked up; none is a column of that name."""


def _absent(value: object) -> bool:
    return value is None


def _more(description: str, **more: Any) -> Any:
    """A key that came later: left out of a study's digest where it is not given, so that older studies keep theirs."""
    return Field(None, description=description, exclude_if=_absent, **more)


def _in_quotes(printed: object) -> object:
    """A print is a text: YAML would take the last zero off 0.850, and read 1_000 or 1e3 as other numbers."""
    if isinstance(printed, bool | int | float):
        raise ValueError(f'write a print in quotes, "{printed}", with every digit that the document has')
    return printed


Print = Annotated[str, BeforeValidator(_in_quotes)]


def _count(printed: object) -> object:
    """A number of examples, also as it is printed: "1,000"."""
    if not isinstance(printed, str):
        return printed
    try:
        tidy = read_printed(printed, "count")
    except PrintedError as error:
        raise ValueError(str(error)) from error
    return int(tidy.value) if tidy.low == tidy.high else printed


class About(Closed):
    """What a figure is about. Every field may be left out where the source leaves it open."""

    source: str | None = Field(None, description="Key of the study's `sources`; needed where there is more than one.")
    quantity: str | None = None
    model: str | None = Field(None, description="Registry name, such as phi-2.")
    dataset: str | None = None
    split: str | None = None
    method: str | None = None
    layer: int | None = None
    printed_unit: Unit | None = None
    place: str | None = Field(None, description="Where in the document the figure stands.")
    note: str | None = None
    label: str | None = _more("Class or group that the figure is about.")
    n: Annotated[int, BeforeValidator(_count)] | None = _more("Examples behind the figure, as printed.", gt=0)
    items: int | None = _more("Whole numbers that are averaged for each example.", gt=0)
    range: tuple[float, float] | None = _more("Least and most that one observation can be, such as [1, 7].")
    sd: str | None = _more("Standard deviation as printed, where it does not stand behind ±.", min_length=1)
    spread_is: Literal["sd", "se", "interval"] | None = _more("What the document says that ± is.")
    decimal: Literal[".", ","] | None = _more("The mark before decimals, where a print such as 1,234 leaves it open.")
    shown_as: Literal["image"] | None = Field(
        None,
        exclude=True,
        description="`image`: the document shows the figure as a picture, so that it cannot be looked up in its text. "
        "No result depends on it.",
    )


class Figure(About):
    """One figure. `printed` is what the source prints, to the letter; without it the figure is missing there."""

    figure: str = Field(pattern="^[a-z0-9.-]+$", description="Identifier, unique in the study.")
    quantity: str
    printed_unit: Unit
    place: str
    printed: Print | None = Field(None, min_length=1)

    @model_validator(mode="after")
    def _check_readable(self) -> Self:
        try:
            printed_cells(self.printed, self.printed_unit, self.decimal, self.sd, self.spread_is)
        except PrintedError as error:
            raise ValueError(str(error)) from error
        if self.range is not None and self.range[0] >= self.range[1]:
            raise ValueError(f"range: {list(self.range)} is no least and most")
        return self


class Grid(Closed):
    """A printed table or list: `rows` and `columns` name the fields that vary, `printed` holds the cells by row."""

    figure: str = Field(description="Pattern of the identifiers, such as s4-{model}-{quantity}-{layer}.")
    shared: About
    columns: dict[str, list[str | int]] = Field({}, max_length=1, description="Left out for a list.")
    rows: str
    printed: dict[str | int, list[Print | None]]
    missing_note: str | None = Field(None, description="Note of the cells that the source leaves out.")

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if unknown := {self.rows, *self.columns} - set(About.model_fields):
            raise ValueError(f"{', '.join(unknown)} is no field of a figure; known: {', '.join(About.model_fields)}")
        try:
            self.figures()
        except (KeyError, IndexError, AttributeError) as error:
            raise ValueError(f"figure: the pattern {self.figure!r} asks for {error}, which the cells lack") from error
        return self

    def figures(self) -> list[Figure]:
        """The cells as figures, row by row as the source prints them."""
        columns = [{field: value} for field, values in self.columns.items() for value in values] or [{}]
        figures = []
        for row, cells in self.printed.items():
            if len(cells) != len(columns):
                raise ValueError(f"row {row!r} has {len(cells)} cells, but there are {len(columns)} columns")
            for at, (column, printed) in enumerate(zip(columns, cells, strict=True)):
                about = self.shared.model_dump(exclude_none=True) | {self.rows: row} | column
                if printed is None and self.missing_note:
                    about["note"] = self.missing_note
                name = self.figure.format(**{key: slug(value) for key, value in about.items()})
                try:
                    figures.append(Figure(**about, figure=name, printed=printed))
                except ValidationError as error:
                    raise _of_cell(error, row, at) from None
        return figures


def _of_cell(error: ValidationError, row: str | int, at: int) -> ValidationError:
    """What is wrong with a figure, as a fault of the cell of a grid."""
    first = error.errors()[0]
    key, said = ".".join(map(str, first["loc"])), first["msg"].removeprefix("Value error, ")
    fault = PydanticCustomError("cell", "{said}", {"said": f"{key}: {said}" if key else said})
    where = ("printed", str(row), at)
    return ValidationError.from_exception_data("grid", [InitErrorDetails(type=fault, loc=where, input={})])


class Case(Closed):
    """A printed example of which only the labels are transcribed: a data set's text is not ours to copy."""

    group: str
    case: int = Field(ge=1)
    label: int | None = None
    printed: str | None = Field(None, description="The values printed behind the text, as they stand.")
    place: str
    note: str | None = None
