"""The adopted labels of a study, kept beside the studies in the form of a frozen CSV: none of the texts that the
original file may have held."""

from typing import TYPE_CHECKING

from experiments.adopting.study import Study, adopted_path
from experiments.metrics.classification_tables import CORRECTNESS, Compared
from experiments.tables.canonical import decode
from experiments.tables.columns import text
from experiments.tables.errors import UserError, printable
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
    import pyarrow as pa
    import pyarrow.compute as pc

    def quoted(cells: "pa.Array") -> "pa.Array":
        if not pc.any(pc.match_substring_regex(cells, '[",]')).as_py():
            return cells
        doubled = pc.binary_join_element_wise('"', pc.replace_substring(cells, '"', '""'), '"', "")
        return pc.if_else(pc.match_substring_regex(cells, '[",]'), doubled, cells)

    cells = [quoted(columns[name].combine_chunks()) for name in FIELDS]
    ends = pa.repeat("\n", columns.num_rows)
    lines = pc.binary_join_element_wise(pc.binary_join_element_wise(*cells, ","), ends, "")
    _, _, text = lines.buffers()  # the lines lie in it one after the other
    return ",".join(FIELDS).encode() + b"\n" + memoryview(text)[: pc.sum(pc.binary_length(lines)).as_py()]


def _is_plain(data: bytes) -> bool:
    """Whether the CSV has no quotes and no empty lines: then there is one way to write its cells, the canonical one."""
    return data.endswith(b"\n") and not any(mark in data for mark in (b'"', b"\r", b"\n\n"))


def read_adopted(study: Study) -> "pa.Table":
    """The adopted labels, in the columns `FIELDS`.

    Raises UserError where they are missing, damaged, or none of the study's labels.
    """
    import pyarrow as pa
    import pyarrow.csv

    path = adopted_path(study.study)
    where = shown_path(path)
    try:
        data = path.read_bytes()
        strings = pa.csv.ConvertOptions(column_types=dict.fromkeys(FIELDS, pa.string()))
        found = pa.csv.read_csv(pa.BufferReader(data), convert_options=strings)
    except OSError as error:
        what = f"{where}: the adopted labels cannot be read: {error.strerror}"
        raise UserError(f"{what}; adopt the original file again with `experiments adopt`") from None
    except pa.ArrowInvalid:
        found = None
    if found is None or found.column_names != list(FIELDS) or not (_is_plain(data) or encode_adopted(found) == data):
        decode(data, tuple(text(name, "as adopted") for name in FIELDS), ("id",), where)  # says where it is damaged
        raise UserError(f"{where}: not in the form in which labels are kept; adopt the original file again")
    for side in FIELDS[1:]:
        for label in found[side].unique().to_pylist():
            if label not in study.labels:
                raise UserError(f"{where}: {printable(label)} is none of the labels {', '.join(study.labels)}")
    return found


def example_rows(found: "pa.Table") -> "pa.Table":
    """The examples with their correctness classes."""
    import pyarrow as pa
    import pyarrow.compute as pc

    before, after = (pc.equal(found["gold"], found[side]).to_numpy() for side in FIELDS[2:])
    return found.append_column("correctness", pa.array(Compared(before, after).classes(), pa.string()))
