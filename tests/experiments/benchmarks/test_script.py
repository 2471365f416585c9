"""A study of the system "script": a program's rows become a frozen table that ages with the program."""

import os
import subprocess
import sys

import pytest

from experiments.tables.locations import PACKAGE_ROOT
from tests.experiments.smoke import experiments, make_project

STUDY = """
study: dice
title: Throws of a die
system: script
programs: [throw.py]
run: ["{python}", throw.py]
tables:
  throws:
    title: every throw
    key: [number]
    columns:
      - {name: number, type: integer, meaning: counts the throws}
      - {name: points, type: integer, meaning: what the die shows}
"""


@pytest.fixture
def project(tmp_path):
    folder = make_project(tmp_path / "project")
    (folder / "experiments/studies/dice.yaml").write_text(STUDY)
    return folder


def throw(project, rows):
    (project / "throw.py").write_text(f"import json\nprint('thrown')\nprint(json.dumps({rows}))\n")
    return experiments(project, "run", "dice")


def test_the_rows_are_frozen_and_age_with_the_program(project):
    assert throw(project, {"throws": [{"number": 1, "points": 4}, {"number": 2, "points": 6}]}).returncode == 0
    assert (project / "experiments/frozen/dice/throws.csv").read_text() == "number,points\n1,4\n2,6\n"
    assert "throw.py" not in experiments(project, "status").stdout
    (project / "throw.py").write_text("print('another program')\n")
    assert "throw.py" in experiments(project, "status").stdout


def test_a_file_that_the_program_came_to_import_can_be_accepted(project):
    assert throw(project, {"throws": [{"number": 1, "points": 4}]}).returncode == 0
    (project / "faces.py").write_text("FACES = 6\n")
    (project / "experiments/studies/dice.yaml").write_text(STUDY.replace("[throw.py]", "[throw.py, faces.py]"))
    assert "data:faces.py none ->" in experiments(project, "status").stdout
    assert experiments(project, "accept", "dice/throws", "--because", "the same die").returncode == 0
    (line,) = (line for line in experiments(project, "status").stdout.splitlines() if line.startswith("dice/throws"))
    assert line.split()[2] == "fresh"


def test_what_is_edited_while_a_run_goes_on_did_not_make_its_tables(project):
    (project / "throw.py").write_text(
        "import json\nfrom pathlib import Path\n"
        "Path('throw.py').write_text('# edited amid the run')\n"
        "print(json.dumps({'throws': [{'number': 1, 'points': 4}]}))\n"
    )
    assert experiments(project, "run", "dice").returncode == 0
    assert "throw.py" in experiments(project, "status").stdout


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ({}, "throws"),
        ({"throws": [{"number": 1}]}, "points"),
        ({"throws": [{"number": 1, "points": 4, "colour": "red"}]}, "colour"),
        ({"throws": [{"number": 1, "points": "four"}]}, "four"),
        ({"throws": [{"number": 1, "points": 4}, {"number": 1, "points": 5}]}, "1"),
    ],
)
def test_what_is_not_declared_is_one_line(project, printed, said):
    done = throw(project, printed)
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()[-1:]
    assert "dice" in line
    assert said in line
    assert not (project / "experiments/frozen/dice").exists()


@pytest.mark.parametrize("code", [0, 3])
def test_a_program_tells_how_far_it_is_while_it_runs(project, code):
    (project / "throw.py").write_text(
        "import json, sys\nprint('thrown 1 of 2', file=sys.stderr, flush=True)\n"
        f"print(json.dumps({{'throws': [{{'number': 1, 'points': 4}}]}}))\nsys.exit({code})\n"
    )
    done = experiments(project, "run", "dice")
    assert "thrown 1 of 2" in done.stderr.splitlines()
    assert done.returncode == (1 if code else 0)
    assert ("exit code 3" in done.stderr) == bool(code)


def test_a_program_on_a_terminal_knows_that_it_is_on_one(project):
    (project / "throw.py").write_text(
        "import json, sys\nprint('terminal', sys.stderr.isatty(), file=sys.stderr)\n"
        "print(json.dumps({'throws': [{'number': 1, 'points': 4}]}))\n"
    )
    ours, theirs = os.openpty()
    try:
        command = [sys.executable, "-m", "experiments.cli", "run", "dice"]
        environment = {**os.environ, "PYTHONPATH": str(PACKAGE_ROOT)}
        done = subprocess.run(command, cwd=project, env=environment, stdout=subprocess.PIPE, stderr=theirs)
        told = os.read(ours, 1 << 16).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == 0, told
    assert "terminal True" in told
