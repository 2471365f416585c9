"""A study of planted faults: what its program says, and what is made of it."""

import sys
from types import SimpleNamespace

import pytest

from experiments.benchmarks.faults import Study, run, tables
from experiments.study_files import load_study
from experiments.system import Context
from experiments.tables.errors import UserError
from experiments.tables.locations import PACKAGE_ROOT

CHANGE = {"tool": "ours", "sort": "fault", "class": "a digit", "change": "line 3", "caught": True}


def found(code):
    study = Study.model_validate(
        {"study": "s", "title": "t", "system": "faults", "programs": ["p"], "run": [sys.executable, "-c", code]}
    )
    context = Context(read=None, progress=lambda items, what, total=None: iter(items))
    (result,) = run(study, context)
    return study, result


def test_what_the_program_prints_last_is_counted():
    changes = [list({**CHANGE, "caught": caught}.items()) for caught in (True, False, True)]
    # Braces would be filled in.
    study, result = found(f"import json; print('planting'); print(json.dumps(dict(changes=[*map(dict, {changes})])))")
    assert [(row["number"], row["caught"]) for row in result.rows] == [(1, True), (2, False), (3, True)]
    counted = tables(study)[1].derive(lambda name: SimpleNamespace(rows=result.rows))
    assert counted == [{"tool": "ours", "sort": "fault", "class": "a digit", "planted": 3, "caught": 2}]
    for made, spec in zip((result.rows, counted), tables(study), strict=True):
        assert set(made[0]) == {column.name for column in spec.columns}


@pytest.mark.parametrize("printed", ["dict(changes=[dict(tool='ours')])", "dict()", "[]"])
def test_a_program_without_changes_is_one_line(printed):
    with pytest.raises(UserError, match=r"printed no JSON object|did not print its changes"):
        found(f"import json; print(json.dumps({printed}))")


def test_the_table_ages_with_the_programs_that_plant(monkeypatch):
    monkeypatch.chdir(PACKAGE_ROOT)
    spec, _ = tables(load_study("planted-faults", PACKAGE_ROOT / "experiments" / "studies"))
    assert "tests/faults/run.py" in spec.data
