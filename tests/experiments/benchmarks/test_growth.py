"""What `tests/benchmarks/growth.py` measures of a command is that of the command alone."""

import json
import subprocess
import sys

from experiments.tables.locations import PACKAGE_ROOT

PROGRAM = """
import json, sys
from pathlib import Path

sys.path.insert(0, "tests/benchmarks")
import growth

held = b"x" * {held} * 2**20
print(json.dumps(growth.timed(Path.cwd(), sys.executable, "-c", {command!r}, name="run")))
"""


def measured(command: str, held: int = 1) -> dict:
    """What is measured of Python code, by a process that has held so many MiB."""
    program = [sys.executable, "-c", PROGRAM.format(command=command, held=held)]
    done = subprocess.run(program, cwd=PACKAGE_ROOT, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def test_memory_of_the_process_that_measures_is_not_counted():
    small, large = measured("pass"), measured("pass", held=300)
    assert large["memory"] < small["memory"] + 20 < 100
    assert 200 < measured("held = b'x' * 200 * 2**20")["memory"] < 300


def test_processor_time_counts_with_all_that_is_started():
    work = "import time\nwhile time.process_time() < 0.5: pass"
    started = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}])"
    assert 0.5 <= measured(started)["seconds"] < 3
