"""The adopted predictions of a study, kept beside the studies in the form of a frozen CSV.

It holds none of the texts that the original files may have held.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.adopting.study import Study, adopted_path, side_column
from experiments.metrics.correctness import CORRECTNESS, Compared
from experiments.system import StudyColumns
from experiments.tables.canonical import decode
from experiments.tables.columns import flag, integer, number, text
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import shown_path
from experiments.tables.sidecar import Column

if TYPE_CHECKING:
    import pyarrow as pa

GOLD_PROBABILITY, PROBABILITY = "_gold_probability", "_probability"


ID = text("id", "identifier of the example")
OF_LABEL = (ID, text("gold", "gold label"))
OF_VALUE = (ID, number("gold", "gold value", decimals=None))
OF_ANSWER = (
    ID,
    text("paragraph", "identifier of its paragraph: its place in the data file"),
    flag("answerable", "whether the paragraph answers it"),
)


def example_columns(study: Study) -> tuple[Column, ...]:
    """The columns of the table of examples."""
    return (*adopted_columns(study), *((CORRECTNESS,) if _has_classes(study) else ()))


def adopted_columns(study: Study) -> tuple[Column, ...]:
    """What is kept of each example."""
    if study.task == "questions":
        said = [column for side in study.sides for column in _answer_columns(side, side in study.probabilities)]
        return (*OF_ANSWER, *said)
    if study.task == "regression":
        sides = [number(side_column(side), f"value predicted by {side}", decimals=None) for side in study.sides]
        return (*OF_VALUE, *sides)
    columns = [*OF_LABEL]
    for side in study.sides:
        columns.append(text(side_column(side), f"label predicted by {side}; none where there is none", nullable=True))
    for side in study.probabilities:
        name = side_column(side)
        columns.append(number(name + GOLD_PROBABILITY, f"probability that {side} gives the gold label", decimals=None))
        columns.append(number(name + PROBABILITY, f"probability that {side} gives its prediction", decimals=None))
    return tuple(columns)


def _answer_columns(side: str, has_no_answer: bool) -> tuple[Column, ...]:
    name = side_column(side)
    scores = (
        integer(f"{name}_exact", f"1 where the answer of {side} is exactly right, else 0"),
        number(f"{name}_f1", "its token F1, from 0 to 1", decimals=None),
        flag(f"{name}_answered", "whether it has a word"),
    )
    if not has_no_answer:
        return scores
    return (
        *scores,
        number(f"{name}_no_answer", "its no-answer probability, or a score that grows with it", decimals=None),
        integer(f"{name}_rank", "its place by that, from 0; of equal ones in the order of the file"),
        flag(f"{name}_given", "whether it is a text at all, with or without a word"),
        integer(f"{name}_given_exact", "its exact match whatever its no-answer probability"),
        number(f"{name}_given_f1", "its token F1 whatever its no-answer probability", decimals=None),
    )


# Sides are called as whoever adopts them says, and so are their columns.
LABELS = StudyColumns(OF_LABEL, example_columns, ("*",))
VALUES = StudyColumns(OF_VALUE, example_columns, ("*",))
ANSWERS = StudyColumns(
    OF_ANSWER, example_columns, ("*_exact", "*_f1", "*_answered", "*_no_answer", "*_rank", "*_given")
)


def _has_classes(study: Study) -> bool:
    return study.task == "classification" and len(study.sides) == 2


def encode_adopted(columns: "pa.Table") -> bytes:
    """Columns of strings as a canonical CSV, all rows at once; null is an empty cell."""
    import pyarrow as pa
    import pyarrow.compute as pc

    def quoted(cells: "pa.Array") -> "pa.Array":
        cells = pc.fill_null(cells, "")
        if not pc.any(pc.match_substring_regex(cells, '[",]')).as_py():
            return cells
        doubled = pc.binary_join_element_wise('"', pc.replace_substring(cells, '"', '""'), '"', "")
        return pc.if_else(pc.match_substring_regex(cells, '[",]'), doubled, cells)

    cells = [quoted(column.combine_chunks()) for column in columns.columns]
    ends = pa.repeat("\n", columns.num_rows)
    lines = pc.binary_join_element_wise(pc.binary_join_element_wise(*cells, ","), ends, "")
    _, _, text = lines.buffers()  # the lines lie in it one after the other
    header = ",".join(columns.column_names).encode() + b"\n"
    return header + memoryview(text)[: pc.sum(pc.binary_length(lines)).as_py()]


def _is_plain(data: bytes) -> bool:
    """Whether the CSV has no quotes and no empty lines: then there is one way to write its cells, the canonical one."""
    return data.endswith(b"\n") and not any(mark in data for mark in (b'"', b"\r", b"\n\n"))


@dataclass(frozen=True)
class Adopted:
    """The adopted predictions of a study, in the columns of `adopted_columns`."""

    study: Study
    columns: "pa.Table"


def read_adopted(study: Study) -> Adopted:
    """The adopted predictions. Raises UserError where they are missing, damaged, or none of the study's labels."""
    import pyarrow as pa
    import pyarrow.csv

    path = adopted_path(study.study)
    where = shown_path(path)
    wanted = adopted_columns(study)
    names = [column.name for column in wanted]
    try:
        data = path.read_bytes()
        strings = pa.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
        found = pa.csv.read_csv(pa.BufferReader(data), convert_options=strings)
    except OSError as error:
        what = f"{where}: the adopted predictions cannot be read: {error.strerror}"
        raise UserError(f"{what}; adopt the original file again with `experiments adopt`") from None
    except pa.ArrowInvalid:
        found = None
    if found is None or found.column_names != names or not (_is_plain(data) or encode_adopted(found) == data):
        decode(data, tuple(text(name, "as adopted", nullable=True) for name in names), ("id",), where)  # says the line
        raise UserError(f"{where}: not in the form in which predictions are kept; adopt the original file again")
    return Adopted(study, pa.table({column.name: _typed(found, column, study, where) for column in wanted}))


def _typed(found: "pa.Table", column: Column, study: Study, where: str) -> "pa.ChunkedArray":
    """A column of the adopted file in its type."""
    import pyarrow as pa
    import pyarrow.compute as pc

    cells = found[column.name]
    if column.type != "string":
        types = {"number": pa.float64(), "integer": pa.int64(), "boolean": pa.bool_()}
        try:
            return pc.cast(cells, types[column.type])
        except pa.ArrowInvalid:
            raise UserError(f"{where}: {column.name} has a cell that is no {column.type}; adopt it again") from None
    if column.name in ("id", "paragraph"):
        return cells
    there = cells.unique().to_pylist()
    for label in there:
        if label not in study.labels and (label or not column.nullable):
            raise UserError(f"{where}: {printable(label)} is none of the labels {', '.join(study.labels)}")
    if "" not in there:
        return cells
    return pc.if_else(pc.equal(cells, ""), pa.scalar(None, pa.string()), cells)


def example_rows(adopted: Adopted) -> "pa.Table":
    """The examples, of two classifiers with their correctness classes."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = adopted.columns
    if not _has_classes(adopted.study):
        return found
    right = [pc.equal(found["gold"], found[side_column(side)]) for side in adopted.study.sides]
    before, after = (pc.fill_null(each, False).to_numpy() for each in right)
    return found.append_column("correctness", pa.array(Compared(before, after).classes(), pa.string()))


LEFT_OUT_COLUMNS = (
    text("what", "gold: rows without a gold label, which are left out; prediction: answers that count as wrong"),
    text("cell", "what stands in the file; - also where the cell is empty"),
    integer("count", "how many there are"),
)


def left_out_rows(adopted: Adopted) -> Iterator[dict[str, object]]:
    """What of the original files is no label, and how often."""
    study = adopted.study
    for what, counts in (("gold", study.left_out), ("prediction", study.invalid)):
        shown: Counter[str] = Counter()
        for cell, count in counts.items():
            shown[cell or "-"] += count
        for cell, count in shown.items():
            yield {"what": what, "cell": cell, "count": count}
