"""The adopted labels of a study, kept beside the studies in the form of a frozen CSV: none of the texts that the
original file may have held."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from experiments.adopting.foreign import read_foreign
from experiments.adopting.study import Study, adopted_path
from experiments.metrics.classification import confusion
from experiments.metrics.classification_tables import CORRECTNESS, Compared, Row
from experiments.tables.canonical import decode
from experiments.tables.columns import text
from experiments.tables.errors import UserError
from experiments.tables.locations import shown_path

if TYPE_CHECKING:
    import pyarrow as pa

FIELDS = ("id", "gold", "before", "after")
EXAMPLE_COLUMNS = (
    text("id", "identifier of the example"),
    text("gold", "gold label"),
    text("before", "label predicted before; none where none could be read", nullable=True),
    text("after", "label predicted after; none where none could be read", nullable=True),
    CORRECTNESS,
)


def encode_adopted(columns: "pa.Table") -> bytes:
    """The columns `FIELDS` as a canonical CSV, all rows at once."""
    import pyarrow.compute as pc

    def quoted(cells: "pa.ChunkedArray") -> "pa.ChunkedArray":
        doubled = pc.binary_join_element_wise('"', pc.replace_substring(cells, '"', '""'), '"', "")
        return pc.if_else(pc.match_substring_regex(cells, '[",]'), doubled, cells)

    lines = pc.binary_join_element_wise(*(quoted(columns[name]) for name in FIELDS), ",")
    return "\n".join([",".join(FIELDS), *lines.to_pylist(), ""]).encode()


def read_adopted(study: Study) -> "pa.Table":
    """The adopted labels, in the columns `FIELDS`.

    Raises UserError where they are missing, damaged, or none of the study's labels.
    """
    path = adopted_path(study.study)
    where = shown_path(path)
    if not path.is_file():
        raise UserError(f"{where}: the adopted labels are missing; adopt the original file again")
    foreign = read_foreign(path, {name: name for name in FIELDS})
    if encode_adopted(foreign.columns) != foreign.data:
        decode(foreign.data, tuple(text(name, "as adopted") for name in FIELDS), ("id",), where)  # says where
        raise UserError(f"{where}: not in the form in which labels are kept; adopt the original file again")
    gold, before, after = (foreign.columns[name].to_pylist() for name in FIELDS[1:])
    try:
        for predicted in (before, after):
            confusion(gold, predicted, study.labels)
    except ValueError as error:
        raise UserError(f"{where}: {error}") from None
    return foreign.columns


def example_rows(found: "pa.Table") -> Iterator[Row]:
    """The examples with their correctness classes."""
    columns = found.to_pydict()
    classes = Compared.of(columns["gold"], columns["before"], columns["after"]).classes()
    names = tuple(column.name for column in EXAMPLE_COLUMNS)
    for cells in zip(*(columns[name] for name in FIELDS), classes, strict=True):
        yield dict(zip(names, cells, strict=True))
