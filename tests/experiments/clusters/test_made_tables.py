"""Tables go from one machine to another as they are, and nothing that is read can run."""

import enum
import pickle

import numpy as np
import pyarrow as pa
import pytest

from experiments.clusters.made_tables import read_tables, write_tables
from experiments.system import TableResult
from experiments.tables.canonical import encode
from experiments.tables.sidecar import Column


class Word(enum.StrEnum):
    """A cell that is a text in fact."""

    GOOD = "good"


COLUMNS = [
    Column(name="n", type="integer", meaning="n"),
    Column(name="word", type="string", meaning="word"),
    Column(name="score", type="number", meaning="score", nullable=True),
    Column(name="rounded", type="number", meaning="rounded", decimals=3),
    Column(name="right", type="boolean", meaning="right"),
]
ROWS = [
    {"n": 2**70, "word": Word.GOOD, "score": 0.1 + 0.2, "rounded": np.float32(0.0005), "right": np.bool_(True)},
    {"n": np.int64(-3), "word": 'ä\u2028\n"', "score": None, "rounded": np.float64(1 / 3), "right": False},
    {"n": 0, "word": "", "score": -0.0, "rounded": 2, "right": True},
]


def test_rows_freeze_to_the_same_bytes():
    made = TableResult("scores", ROWS, data={"sst2/dev": "a" * 64}, models={"m": "b" * 64}, seeds=(0, 1))
    [read] = read_tables(write_tables([made]))
    assert encode(COLUMNS, ["n"], read.rows, "t") == encode(COLUMNS, ["n"], ROWS, "t")
    assert (read.name, read.data, read.models, read.seeds) == (made.name, made.data, made.models, made.seeds)


def test_columns_stay_columns():
    rows = pa.table({"n": [1, 2, None], "word": ["a", None, "c"], "score": [0.1, float("inf"), None]})
    [first, second] = read_tables(write_tables([TableResult("many", rows), TableResult("few", [])]))
    assert first.rows.equals(rows)
    assert first.rows.schema == rows.schema
    assert second.rows == []


@pytest.mark.parametrize("content", [pickle.dumps([TableResult("a", [])]), b"[{}]", b"", b'[{"name": "a", "rows": 1}]'])
def test_other_bytes_are_refused(content):
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_tables(content)
