"""Time a `report` command in a copy of the project: checked_report.py FOLDER COMMAND…

Prints the CPU time of the command with all that it starts, and the number of pages that there are.
"""

import json
import resource
import subprocess
import sys
from pathlib import Path


def main(folder: Path, command: list[str]) -> None:
    """Run the command to its end. What it finds is not the question here, so that its exit code does not count."""
    done = subprocess.run(["report", *command], cwd=folder, capture_output=True, text=True, check=False)
    if "Traceback" in done.stderr:
        raise SystemExit(done.stderr[-300:])
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    pages = len(list((folder / "_site" / "report").glob("*.html")))
    print(json.dumps({"seconds": used.ru_utime + used.ru_stime, "outcome": pages}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
