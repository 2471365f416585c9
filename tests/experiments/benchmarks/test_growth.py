"""What `tests/benchmarks/growth.py` measures of a command is that of the command alone, and how it grows is told."""

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.benchmarks.growth import derive_slopes
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


def test_the_growth_of_a_command_is_that_from_its_smallest_to_its_largest_size():
    took = {"status": {10: 1.0, 100: 2.0, 1000: 8.0}, "verify": {10: 1.0}}
    sizes = [
        {"grows": "studies", "size": size, "command": command, "seconds": seconds}
        for command, times in took.items()
        for size, seconds in times.items()
    ]
    (row,) = derive_slopes(sizes)
    assert row.pop("power") == pytest.approx(0.602, abs=0.001)  # log10 of four
    assert row.pop("added") == pytest.approx(7000 / 990)
    assert row == {"grows": "studies", "command": "status", "smallest": 10, "largest": 1000, "ratio": 8.0}


@given(st.floats(-2, 3), st.floats(0.01, 100))
def test_a_time_that_goes_as_a_power_of_the_size_has_that_power(power, first):
    sizes = [{"grows": "g", "command": "c", "size": size, "seconds": first * size**power} for size in (10, 50, 200)]
    (row,) = derive_slopes(sizes)
    assert row["power"] == pytest.approx(power, abs=1e-9)
    assert row["ratio"] == pytest.approx(20**power)
