"""A study of planted faults: what its program says, and what is made of it."""

import sys

import pytest

from experiments.benchmarks.faults import Study, run, tables
from experiments.study_files import load_study
from experiments.system import Context
from experiments.tables.errors import UserError
from experiments.tables.locations import PACKAGE_ROOT

ROW = {"tool": "ours", "sort": "fault", "class": "a digit", "planted": 3, "caught": 2}


def found(code):
    study = Study.model_validate(
        {"study": "s", "title": "t", "system": "faults", "programs": ["p"], "run": [sys.executable, "-c", code]}
    )
    context = Context(read=None, progress=lambda items, what, total=None: iter(items))
    (result,) = run(study, context)
    return study, result


def test_the_rows_are_those_that_the_program_prints_last():
    # Braces would be filled in.
    study, result = found(f"import json; print('planting'); print(json.dumps(dict(rows=[dict({list(ROW.items())})])))")
    assert result.rows == [ROW]
    assert {column.name for column in tables(study)[0].columns} == set(ROW)


@pytest.mark.parametrize("printed", ["dict(rows=[dict(tool='ours')])", "dict()", "[]"])
def test_a_program_without_rows_is_one_line(printed):
    with pytest.raises(UserError, match=r"printed no JSON object|did not print its rows"):
        found(f"import json; print(json.dumps({printed}))")


def test_the_table_ages_with_the_programs_that_plant(monkeypatch):
    monkeypatch.chdir(PACKAGE_ROOT)
    (spec,) = tables(load_study("planted-faults", PACKAGE_ROOT / "experiments" / "studies"))
    assert "tests/faults/run.py" in spec.data
