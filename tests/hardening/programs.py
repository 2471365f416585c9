"""Commands of this project as programs of their own, for what is decided when Python starts or ends."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tests.faults.copies import PROJECT
from tests.faults.plant import Command
from tests.hardening.ended import Ended

_PROGRAMS = {
    "experiments": "from experiments.cli import main; main()",
    "report": "import sys; from report.rendering.cli import main; sys.exit(main())",
}


def called(command: Command, folder: Path, variables: Mapping[str, str], output: str | None = None) -> Ended:
    """Call a command. `output` is "closed", for a pipe that nobody reads, or the file that standard output goes to."""
    line = [sys.executable, "-c", _PROGRAMS[command[0]], *command[1:]]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), **variables}
    begun = time.perf_counter()
    reading, writing = os.pipe()
    os.close(reading)
    try:
        target = writing if output == "closed" else open(output, "wb") if output else subprocess.STDOUT  # noqa: SIM115
        done = subprocess.run(
            [os.fsencode(part) for part in line],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if output is None else target,
            stderr=subprocess.STDOUT if output is None else subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writing)
    said = (done.stdout if output is None else done.stderr).decode(errors="replace")
    return Ended(done.returncode, said, 0, time.perf_counter() - begun)
