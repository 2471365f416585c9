"""Tables stored as Parquet: the same cells as in a CSV, the same bytes each time, and changed cells that are found."""

import json
import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.tables import canonical
from experiments.tables.errors import TableError
from experiments.tables.parquet import decode_parquet, encode_parquet
from experiments.tables.read import read_table, table_ids
from experiments.tables.sidecar import Column
from experiments.tables.terms import Stage
from experiments.tables.verify import problems


def column(name: str, type: str, **more) -> Column:
    return Column(name=name, type=type, meaning=name, **more)


COLUMNS = (
    column("id", "integer"),
    column("text", "string", nullable=True),
    column("score", "number", nullable=True),
    column("share", "number", nullable=True, decimals=3),
    column("right", "boolean", nullable=True),
)
KEY = ("id",)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**6), 10**6)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.integers(-(2**63), 2**63 - 1),
            "text": st.none() | st.text(st.characters(exclude_categories=["Cs"])),
            "score": st.none() | NUMBERS,
            "share": st.none() | NUMBERS,
            "right": st.none() | st.booleans(),
        }
    ),
    unique_by=lambda row: row["id"],
)


@given(ROWS)
def test_the_cells_are_those_that_a_csv_would_hold(rows):
    data = encode_parquet(COLUMNS, KEY, rows, "t")
    table = decode_parquet(data, COLUMNS, KEY, "t")
    in_csv = canonical.decode(canonical.encode(COLUMNS, KEY, rows, "t"), COLUMNS, KEY, "t")
    assert table.to_pylist() == in_csv
    assert [math.copysign(1, row["score"] or 0) for row in table.to_pylist()] == [
        math.copysign(1, row["score"] or 0) for row in in_csv
    ]
    assert encode_parquet(COLUMNS, KEY, table, "t") == data == encode_parquet(COLUMNS, KEY, in_csv, "t")


@given(st.lists(st.floats(-1e15, 1e15) | st.integers(-(10**7), 10**7).map(lambda n: n / 2000)), st.integers(0, 9))
def test_numbers_are_rounded_as_a_csv_prints_them(values, decimals):
    columns = (column("id", "integer"), column("x", "number", decimals=decimals))
    rows = [{"id": number, "x": value} for number, value in enumerate(values)]
    found = decode_parquet(encode_parquet(columns, KEY, rows, "t"), columns, KEY, "t")
    assert found["x"].to_pylist() == [float(f"{value:.{decimals}f}") for value in values]


def test_what_is_no_plain_python_value_is_stored_as_in_a_csv():
    rows = [{"id": np.int32(1), "text": Stage.BASE, "score": np.float32(0.1), "share": 1, "right": np.bool_(True)}]
    [row] = decode_parquet(encode_parquet(COLUMNS, KEY, rows, "t"), COLUMNS, KEY, "t").to_pylist()
    assert row == {"id": 1, "text": "base", "score": float(np.float32(0.1)), "share": 1.0, "right": True}


GOOD = {"id": [1, 2], "text": ["a", None], "score": [0.5, None], "share": [0.25, None], "right": [True, None]}


def test_columns_of_other_widths_and_orders_are_taken():
    table = pa.table({"right": pa.array(GOOD["right"]), **{k: v for k, v in GOOD.items() if k != "right"}})
    wide = table.set_column(1, "id", pa.array([1, 2], pa.int16())).set_column(
        2, "text", pa.array(["a", None]).dictionary_encode()
    )
    assert encode_parquet(COLUMNS, KEY, wide, "t") == encode_parquet(COLUMNS, KEY, pa.table(GOOD), "t")
    assert encode_parquet(COLUMNS, KEY, pa.table(GOOD).to_pylist(), "t") == encode_parquet(COLUMNS, KEY, wide, "t")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"score": [0.5, math.nan]}, "row 2, column score: nan is no value"),
        ({"score": [math.inf, None]}, "row 1, column score: inf is no value"),
        ({"score": ["a", None]}, "column score: "),
        ({"id": [1, None]}, "row 2, column id: missing, and the column is not nullable"),
        ({"id": [1, 1]}, "row 2: the key id=1 is already that of row 1"),
        ({"id": [1.0, 2.0]}, "column id: "),
        ({"id": [True, False]}, "column id: "),
        ({"right": [1, 0]}, "column right: "),
        ({"extra": [1, 2]}, "extra"),
    ],
)
@pytest.mark.parametrize("rows", [pa.table, lambda columns: [dict(zip(columns, c)) for c in zip(*columns.values())]])  # noqa: B905
def test_what_does_not_fit_is_refused_by_column(change, said, rows):
    with pytest.raises(TableError) as error:
        encode_parquet(COLUMNS, KEY, rows({**GOOD, **change}), "t")
    assert said in str(error.value)


def test_an_integer_beyond_64_bits_is_refused():
    with pytest.raises(TableError, match="beyond 64 bits"):
        encode_parquet(COLUMNS, KEY, [{**dict.fromkeys(GOOD), "id": 2**63}], "t")


@given(st.binary(max_size=300))
def test_no_bytes_bring_the_reader_down(data):
    with pytest.raises(TableError):
        decode_parquet(data, COLUMNS, KEY, "t")


LIMITED = {"model": "string", "n": "integer", "score": {"type": "number", "decimals": 2, "nullable": True}}


def freeze(write_table, root: Path, count: int) -> Path:
    rows = [{"model": f"m{n % 7}", "n": n, "score": None if n % 11 == 0 else n / 100} for n in range(count)]
    return write_table(root, "study/table", "measured", ["n"], LIMITED, rows, stored="parquet") / "table.parquet"


def change(path: Path, edit) -> None:
    table = pq.read_table(path)
    rows = table.to_pylist()
    edit(rows)
    pq.write_table(pa.Table.from_pylist(rows, table.schema), path)


def said(root: Path) -> list[str]:
    return [problem.what for problem in problems(root)]


def test_a_table_is_read_in_rows_and_in_columns(write_table, tmp_path):
    freeze(write_table, tmp_path, 30)
    table = read_table("study/table", tmp_path)
    assert table_ids(tmp_path) == ["study/table"]
    assert table.row(n=12) == {"model": "m5", "n": 12, "score": 0.12}
    assert table.column("score") == [row["score"] for row in table.rows] == table.arrow()["score"].to_pylist()
    assert said(tmp_path) == []
    with pytest.raises(TableError, match="no column colour; it has model, n, score"):
        table.column("colour")


def test_a_csv_is_read_in_columns_too(write_table, tmp_path):
    write_table(tmp_path, "study/table", "measured", ["n"], LIMITED, [{"model": "m", "n": 1, "score": 0.125}])
    table = read_table("study/table", tmp_path)
    assert table.column("score") == [0.12] == table.arrow()["score"].to_pylist()


@pytest.mark.parametrize("count", [30, 12_345])
def test_a_changed_cell_is_named_by_row_and_column(write_table, tmp_path, count):
    path = freeze(write_table, tmp_path, count)
    change(path, lambda rows: rows[17].update(score=9.5))
    assert said(tmp_path) == ["row n=17, column score: changed after it was frozen"]
    with pytest.raises(TableError, match="is not what was frozen"):
        read_table("study/table", tmp_path)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda rows: rows.pop(), ["12344 rows, 12345 when it was frozen"]),
        (lambda rows: None, ["was written anew; its cells are those that were frozen"]),
        (lambda rows: rows[3].update(n=4), ["the key n=4 is already that of row 4"]),
        (lambda rows: rows[3].update(n=-1), ["row n=-1, column n: changed after it was frozen"]),
    ],
)
def test_other_changes_are_told(write_table, tmp_path, edit, expected):
    change(freeze(write_table, tmp_path, 12_345), edit)
    assert said(tmp_path) == expected


def test_changes_all_over_are_told_up_to_a_number(write_table, tmp_path):
    def edit(rows):
        for number in range(0, 12_345, 100):
            rows[number]["model"] = "other"

    change(freeze(write_table, tmp_path, 12_345), edit)
    assert said(tmp_path)[-1] == "more rows than these 100, column model: changed after it was frozen"


def test_a_long_table_has_a_short_sidecar(write_table, tmp_path):
    path = freeze(write_table, tmp_path, 40_000)
    digests = json.loads(path.with_suffix(".json").read_bytes())["digests"]
    assert (len(digests["rows"]), len(digests["positions"]), digests["block"]) == (200, 200, 200)


@pytest.mark.parametrize("position", range(0, 700, 23))
def test_a_damaged_file_is_told(write_table, tmp_path, position):
    path = freeze(write_table, tmp_path, 30)
    data = bytearray(path.read_bytes())
    data[position % len(data)] ^= 0x40
    path.write_bytes(data)
    assert said(tmp_path)


def test_rows_in_another_format_beside_are_told(write_table, tmp_path):
    path = freeze(write_table, tmp_path, 30)
    path.with_suffix(".csv").write_text("n\n1\n", "utf-8")
    assert [problem.where.rpartition("/")[2] for problem in problems(tmp_path)] == ["table.csv"]
