"""A study of the system "script": a program's rows become a frozen table that ages with the program."""

import os
import subprocess
import sys

import pytest

from experiments.tables.locations import PACKAGE_ROOT
from experiments.tables.read import read_sidecar
from tests.experiments.forged import forge
from tests.experiments.smoke import experiments, make_project
from tests.files import edit

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


# --- derived tables ---------------------------------------------------------------------------------------------------

DERIVED = """
  counts:
    title: how often each number fell
    key: [points]
    derived: {by: dice.counts.count_points, reads: [throws]}
    columns:
      - {name: points, type: integer, meaning: what the die shows}
      - {name: times, type: integer, meaning: how often}
"""
COUNTS = """from dice.faces import FACES


def count_points(throws):
    for face in FACES:
        yield {"points": face, "times": sum(row["points"] == face for row in throws)}
"""
THROW = """import json
open("log", "a").write("thrown ")
print(json.dumps({"throws": [{"number": 1, "points": 2}, {"number": 2, "points": 2}]}))
"""


@pytest.fixture
def dice(project):
    """The project with a table that is derived from the throws, not yet run."""
    (project / "experiments/studies/dice.yaml").write_text(STUDY + DERIVED)
    (project / "throw.py").write_text(THROW)
    (project / "dice").mkdir()
    (project / "dice/counts.py").write_text(COUNTS)
    (project / "dice/faces.py").write_text("FACES = (1, 2)\n")
    return project


def states(project):
    lines = [line.split() for line in experiments(project, "status").stdout.splitlines() if line.startswith("dice/")]
    return {line[0]: line[2] for line in lines}


def counts(project):
    return (project / "experiments/frozen/dice/counts.csv").read_text()


@pytest.mark.parametrize(
    ("file", "old", "new", "made"),
    [
        ("dice/counts.py", "== face", "!= face", "points,times\n1,2\n2,0\n"),
        ("dice/faces.py", "(1, 2)", "(2, 3)", "points,times\n2,2\n3,0\n"),
    ],
)
def test_a_table_is_derived_from_another_and_ages_with_the_function_that_does_it(dice, file, old, new, made):
    assert experiments(dice, "run", "dice").returncode == 0
    assert counts(dice) == "points,times\n1,0\n2,2\n"
    assert read_sidecar("dice/counts", dice / "experiments/frozen").made == "derived"
    assert states(dice) == {"dice/throws": "fresh", "dice/counts": "fresh"}
    edit(dice / file, old, new)
    assert states(dice) == {"dice/throws": "fresh", "dice/counts": "stale"}
    assert experiments(dice, "freeze", "dice").returncode == 0
    assert states(dice) == {"dice/throws": "fresh", "dice/counts": "fresh"}
    assert counts(dice) == made
    assert (dice / "log").read_text() == "thrown "


def test_a_derived_table_is_verified_by_making_it_again(dice):
    assert experiments(dice, "run", "dice").returncode == 0
    forge(dice / "experiments/frozen", "dice/counts", "2,2", "2,3")
    done = experiments(dice, "verify")
    assert any("counts.csv:3" in line and "found 3" in line for line in (done.stdout + done.stderr).splitlines())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("dice.counts.count_points", "dice.counts.count_point", "did you mean count_points"),
        ("dice.counts.count_points", "dice.count.count_points", "dice/count.py"),
        ("dice.counts.count_points", "count_points", "pattern"),
        ("reads: [throws]", "reads: [throw]", "throw is no table"),
        ("reads: [throws]", "reads: [counts]", "counts is no table"),
        ("reads: [throws]", "reads: []", "at least 1 item"),
    ],
)
def test_a_misspelt_function_or_table_is_one_line_with_its_place(dice, old, new, said):
    path = dice / "experiments/studies/dice.yaml"
    edit(path, old, new)
    line = next(number for number, text in enumerate(path.read_text().splitlines(), 1) if "derived:" in text)
    done = experiments(dice, "run", "dice")
    assert done.returncode == 1
    (told,) = done.stderr.strip().splitlines()
    assert f"dice.yaml:{line}: " in told
    assert said in told
    assert not (dice / "log").exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('row["points"]', 'row["pips"]', "dice/counts.py:6"),
        ("count_points(throws)", "count_points()", "count_points"),
        ('"times"', '"often"', "undeclared often"),
        ('{"points": face, "times"', '{"points": face, "more": 1, "times"', "undeclared more"),
        ('yield {"points": face, "times": sum(row["points"] == face for row in throws)}', "yield face", "counts"),
        ("from dice.faces", "from dice.sides", "dice/counts.py"),
    ],
)
def test_a_function_that_gives_no_rows_of_its_table_is_one_line(dice, old, new, said):
    edit(dice / "dice/counts.py", old, new)
    done = experiments(dice, "run", "dice")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert said in done.stderr.strip().splitlines()[-1]
    assert not (dice / "experiments/frozen/dice").exists()
