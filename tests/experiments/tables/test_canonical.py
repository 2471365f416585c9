"""Rows to bytes and back."""

import csv
import io
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.tables.canonical import decode, encode
from experiments.tables.errors import TableError
from experiments.tables.sidecar import Column


def column(name: str, type: str, **more) -> Column:
    return Column(name=name, type=type, meaning=name, **more)


COLUMNS = (
    column("id", "integer"),
    column("text", "string", nullable=True),
    column("count", "integer", nullable=True),
    column("score", "number", nullable=True),
    column("right", "boolean", nullable=True),
)
AWKWARD = ("", '"', '""', "a\nb", "\r\n", ",", "NaN", "\ufeff", "\u2028")
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(AWKWARD)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.integers(),
            "text": st.none() | TEXTS,
            "count": st.none() | st.integers(min_value=-(2**80), max_value=2**80),
            "score": st.none() | st.floats(allow_nan=False, allow_infinity=False),
            "right": st.none() | st.booleans(),
        }
    ),
    unique_by=lambda row: row["id"],
)


@given(ROWS)
def test_rows_come_back_as_they_were(rows):
    data = encode(COLUMNS, ("id",), rows, "t")
    assert decode(data, COLUMNS, ("id",), "t") == rows
    assert encode(COLUMNS, ("id",), decode(data, COLUMNS, ("id",), "t"), "t") == data


@given(ROWS)
def test_any_csv_reader_agrees(rows):
    text = encode(COLUMNS, ("id",), rows, "t").decode()
    header, *found = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert header == [c.name for c in COLUMNS]
    assert [row[1] for row in found] == [row["text"] or "" for row in rows]
    assert [row[3] and float(row[3]) for row in found] == ["" if row["score"] is None else row["score"] for row in rows]


@given(st.floats(-1e9, 1e9), st.integers(0, 6))
def test_fixed_decimals_are_those_of_the_rounded_number(value, decimals):
    fixed = (column("id", "integer"), column("x", "number", decimals=decimals))
    data = encode(fixed, ("id",), [{"id": 1, "x": value}], "t")
    [row] = decode(data, fixed, ("id",), "t")
    assert math.isclose(row["x"], value, abs_tol=0.5000001 * 10**-decimals)
    assert encode(fixed, ("id",), [row], "t") == data


def test_the_form_is_written_down():
    rows = [
        {"id": 1, "text": "", "count": 2**64, "score": -0.0, "right": True},
        {"id": 2, "text": None, "count": None, "score": None, "right": None},
        {"id": 3, "text": 'a "b", c', "count": np.int64(3), "score": np.float32(0.1), "right": np.bool_(False)},
    ]
    assert encode(COLUMNS, ("id",), rows, "t").decode().splitlines() == [
        "id,text,count,score,right",
        '1,"",18446744073709551616,0.0,true',
        "2,,,,",
        '3,"a ""b"", c",3,0.10000000149011612,false',
    ]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"score": math.nan}, "column score: nan is no value"),
        ({"score": -math.inf}, "column score: -inf is no value"),
        ({"score": 2**53 + 1}, "column score: 9007199254740993 is beyond what a double holds exactly"),
        ({"score": "1.0"}, "column score: expected a number, found '1.0' (str)"),
        ({"count": 1.0}, "column count: expected an integer, found 1.0 (float)"),
        ({"count": True}, "column count: expected an integer, found True (bool)"),
        ({"right": 1}, "column right: expected true or false, found 1 (int)"),
        ({"text": 7}, "column text: expected a string, found 7 (int)"),
        ({"text": "\ud800"}, r"column text: \ud800 has a lone surrogate"),
        ({"id": None}, "column id: missing, and the column is not nullable"),
        ({"id": 1}, "the key id=1 is already that of row 1"),
        ({"extra\x1b": 1}, r"adds ['extra\\x1b']"),
    ],
)
def test_what_does_not_fit_is_refused_by_row_and_column(change, complaint):
    good = {"id": 1, "text": "a", "count": 1, "score": 0.5, "right": True}
    with pytest.raises(TableError) as error:
        encode(COLUMNS, ("id",), [good, {**good, "id": 2, **change}], "study/table")
    assert "row 2" in str(error.value)
    assert complaint in str(error.value)


HEADER = "id,text,count,score,right\n"


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "t: empty"),
        (b"\xef\xbb\xbfid,text\n", "t: starts with a byte-order mark"),
        (HEADER.replace("\n", "\r\n").encode() + b"1,,,,\r\n", "t:1: ends in CR or CRLF"),
        (HEADER.encode() + b"1,\xff,,,\n", "t:2: byte 28 (0xff) is not UTF-8"),
        (HEADER.encode() + b"1,,,,", "t:2: cut off after field 5"),
        (HEADER.encode() + b'1,"abc,,,\n', "t:2: field 2: a quote that is not closed"),
        (HEADER.encode() + b'1,a"b,,,\n', "t:2: field 2: a quote"),
        (HEADER.encode() + b"1,,,\n", "t:2: 4 fields where the header has 5"),
        (b"id,text,count,score\n", "t:1: the columns are not those of the sidecar: missing right"),
        (b"id,text,count,score,wrong\n", "t:1: the columns are not those of the sidecar: missing right; unknown wrong"),
        (b"text,id,count,score,right\n", "t:1: the columns are not those of the sidecar: text, id"),
        (HEADER.encode() + b"1,,x,,\n", "t:2: row id=1, column count: x is no integer"),
        (HEADER.encode() + b"1,,1.0,,\n", "column count: 1.0 is no integer"),
        (HEADER.encode() + b"1,,007,,\n", "column count: 007 is not in the form in which tables are frozen"),
        (HEADER.encode() + b"1,,,nan,\n", "column score: nan is no finite number"),
        (HEADER.encode() + b"1,,,1e999,\n", "column score: 1e999 is no finite number"),
        (HEADER.encode() + b"1,,,0.50,\n", "column score: 0.50 is not in the form in which tables are frozen"),
        (HEADER.encode() + b"1,,,,True\n", "column right: True is no boolean"),
        (HEADER.encode() + b",,,,\n", "column id: empty, and the column is not nullable"),
        (HEADER.encode() + b'1,"a\nb",,,\n2,,x,,\n', "t:4: row id=2, column count"),
        (HEADER.encode() + b"1,,,,\n1,a,,,\n", "t:3: the key id=1 is already that of line 2"),
        (HEADER.encode() + b"1,,\x1b[31m,,\n", r"column count: \x1b[31m is no integer"),
    ],
)
def test_a_file_that_was_not_frozen_like_this_is_refused_by_line(data, complaint):
    with pytest.raises(TableError) as error:
        decode(data, COLUMNS, ("id",), "t")
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)
    assert "\x1b" not in str(error.value)


@given(st.binary())
def test_no_bytes_bring_the_reader_down(data):
    try:
        rows = decode(data, COLUMNS, ("id",), "t")
    except TableError:
        return
    assert encode(COLUMNS, ("id",), rows, "t") == data


@given(ROWS, st.data())
def test_a_byte_more_or_less_is_read_as_itself_or_refused(rows, data):
    frozen = encode(COLUMNS, ("id",), rows, "t")
    position = data.draw(st.integers(0, len(frozen)))
    changed = frozen[:position] + data.draw(st.binary(max_size=2)) + frozen[position + 1 :]
    try:
        found = decode(changed, COLUMNS, ("id",), "t")
    except TableError:
        return
    assert encode(COLUMNS, ("id",), found, "t") == changed
