"""What the README tells people to type works."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.experiments.smoke import experiments
from tests.faults.readme import block as faults_block
from tests.hardening.readme import block as hardening_block
from tests.readme_block import shown

PROJECT = Path(__file__).resolve().parents[1]
README = (PROJECT / "README.md").read_text()


def console_lines():
    blocks = re.findall(r"```console\n(.*?)```", README, flags=re.S)
    return [line.partition(" #")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


def needs_files(line):
    """Whether the reader puts in files of their own, or the run takes minutes."""
    return any(word in line for word in ("path/to", ".csv", "predictions.", "--data-dir"))


def test_the_two_commands_stand_first_and_exist():
    assert [line.split() for line in console_lines()[:2]] == [["make", "report"], ["make", "test"]]
    for target in ("report", "test"):
        done = subprocess.run(["make", "--dry-run", target], cwd=PROJECT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


TOUR = [line for line in console_lines() if line.startswith("experiments ") and not needs_files(line)]


@pytest.mark.parametrize("line", TOUR)
def test_a_command_of_the_tour_runs(line):
    words = shlex.split(line)
    done = experiments(PROJECT, *words[1:])
    assert done.returncode in (0, 1) if words[1] in ("status", "verify") else done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


ROWS = [line for line in README.splitlines() if line.startswith("| ")]
PATHS = [path for row in ROWS for path in re.findall(r"`([\w.*-]+/[\w./*-]*|[\w-]+\.qmd)`", row)]


@pytest.mark.parametrize("path", PATHS)
def test_what_the_tables_name_is_there(path):
    assert list(PROJECT.glob(path.rstrip("/")))


@pytest.mark.parametrize(
    ("name", "table", "block"),
    [("faults", "planted-faults/caught", faults_block), ("hardening", "hostile-trials/trials", hardening_block)],
)
def test_a_table_that_a_command_writes_is_the_frozen_one(name, table, block):
    if not (PROJECT / "experiments" / "frozen" / f"{table}.csv").is_file():
        pytest.skip(f"{table} is not frozen")
    assert shown(name) == block()
