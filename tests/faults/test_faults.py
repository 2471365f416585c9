"""A short, seeded part of `make faults`, in a small project: a fault and a harmless change of each class."""

import json
import os
import subprocess
import sys

import pytest

from experiments.cli import progress
from tests.faults import run
from tests.faults.copies import PROJECT
from tests.faults.run import FAULTS, HARMLESS
from tests.faults.sample import write_sample

SLOW = {
    "a comparative in a sentence",
    "a sign or a unit beside a value",
    "a comparative in a caption",
    "an alternative text",
    "a test in a caption",
    "a column",
    "the largest in place of a mean",
    "rows exchanged in a figure",
    "headings of two studies exchanged",
    "a comparative in the name of a cell",
}
"""Classes for which the cells of a chapter run again."""


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """What became of one change of each class that the project has."""
    root = tmp_path_factory.mktemp("faults") / "project"
    root.mkdir()
    write_sample(root)
    environment = {name: text for name, text in os.environ.items() if not name.startswith("COLOPHON_")}
    environment |= {"PYTHONPATH": f"{root}{os.pathsep}{PROJECT}", "OMP_NUM_THREADS": "1"}
    numbers = json.dumps({group: 1 for group in (*FAULTS, *HARMLESS) if group not in SLOW})
    command = [sys.executable, "-m", "tests.faults.worker", numbers, "--seed=1"]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_fault_is_caught_with_its_place(planted):
    faults = [each for each in planted if not each["harmless"]]
    assert len(faults) >= 15
    assert [each for each in faults if not each["caught"]] == []


def test_no_harmless_change_is_reported(planted):
    harmless = [each for each in planted if each["harmless"]]
    assert len(harmless) >= 4
    assert [each for each in harmless if each["caught"]] == []


def test_how_far_it_is_is_told_where_there_is_no_terminal(monkeypatch, capsys):
    found = {0: [{"what": "a"}, {"what": "b"}], 1: [{"what": "c"}]}
    monkeypatch.setattr(run, "_work", lambda copy, numbers, seed, part, parts: iter(found[part]))
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", -1)
    planted = run.plant(lambda copy: None, {"a number in prose": 3}, seed=1, jobs=2)
    assert [each["what"] for each in planted] == ["a", "b", "c"]
    assert "3 of 3" in capsys.readouterr().err
