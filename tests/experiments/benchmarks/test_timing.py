"""The harness times what it says: in turn, each side as often, and no run that failed."""

import sys

import pytest

from experiments.benchmarks.timing import Program, run_pairs, time_command
from experiments.tables.errors import UserError


def writes(letter, folder):
    return Program([sys.executable, "-c", f"open('log', 'a').write({letter!r})"], folder)


def test_the_side_that_starts_changes_with_each_pair(tmp_path):
    pairs = list(run_pairs(writes("o", tmp_path), writes("t", tmp_path), count=3, warm_ups=1))
    assert len(pairs) == 3
    assert (tmp_path / "log").read_text() == "ot" + "ot" + "to" + "ot"


def test_what_comes_before_a_run_is_done_each_time_and_not_timed(tmp_path):
    slow = [sys.executable, "-c", "import time; time.sleep(1); open('log', 'a').write('b')"]
    program = Program(writes("o", tmp_path).command, tmp_path, before=slow)
    pairs = list(run_pairs(program, writes("t", tmp_path), count=1, warm_ups=0))
    assert (tmp_path / "log").read_text() == "bot"
    assert pairs[0].ours.wall < 1


def test_processor_time_counts_children(tmp_path):
    busy = "sum(i * i for i in range(3_000_000))"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}], check=True)"
    alone, waiting = (time_command([sys.executable, "-c", code], tmp_path) for code in ("pass", child))
    assert waiting.cpu > 2 * alone.cpu


def test_a_program_that_fails_is_an_error_with_its_last_words(tmp_path):
    failing = [sys.executable, "-c", "import sys; sys.exit('no model here')"]
    with pytest.raises(UserError, match=r"exit code 1: no model here"):
        time_command(failing, tmp_path)


def test_a_program_that_is_not_there_is_one_clear_line(tmp_path):
    with pytest.raises(UserError, match=r"cannot run no-such-program: .*PATH"):
        time_command(["no-such-program"], tmp_path)
