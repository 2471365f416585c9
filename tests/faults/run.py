"""Plant faults and harmless changes into copies of this project, one at a time, and count which are noticed.

    python -m tests.faults.run

The last line of the output is a JSON object with a row for each tool and class, for the study `planted-faults`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.faults.copies import PROJECT, copy_project
from tests.faults.peers.plant import plant_into_peers

FAULTS = {
    "a digit of a CSV": 20,
    "a digit of a Parquet file": 10,
    "a value of a sidecar": 18,
    "rows swapped": 12,
    "a row dropped": 12,
    "a row added": 12,
    "a cell, its sidecar sealed again": 12,
    "a file removed": 6,
    "a study's setting": 24,
    "a transcribed figure": 12,
    "a transcribed figure, frozen again": 14,
    "a claim's test, side or source": 12,
    "a claim's test, side or source, frozen again": 14,
    "a number in prose": 20,
    "a digit in prose": 10,
    "a comparative in prose": 20,
    "a number or a comparative in a title": 12,
    "a literal in place of an expression": 14,
    "a comparative in a sentence": 16,
    "a sign or a unit beside a value": 12,
    "a number in a caption": 8,
    "a comparative in a caption": 8,
    "an alternative text": 8,
    "a column": 12,
    "a page of an earlier version": 8,
    "a PDF of another version": 3,
}
HARMLESS = {"a comment": 30, "a docstring": 12, "white space": 20, "the order of keys": 14, "a synonym in prose": 24}
OURS = "Colophon"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--only", action="append", help="a class; may be given again")
    parser.add_argument("--number", type=int, help="so many of each class instead")
    parser.add_argument("--no-peers", dest="peers", action="store_false", help="leave the other tools out")
    arguments = parser.parse_args()
    numbers = {**FAULTS, **HARMLESS}
    if arguments.only:
        numbers = {group: number for group, number in numbers.items() if group in arguments.only}
    if arguments.number:
        numbers = dict.fromkeys(numbers, arguments.number)
    peers = list(plant_into_peers(arguments.seed)) if arguments.peers else []
    found = plant(PROJECT, numbers, arguments.seed, arguments.jobs)
    rows = counted(found, OURS)
    for tool in dict.fromkeys(each["tool"] for each in peers):
        rows += counted([each for each in peers if each["tool"] == tool], tool)
    tell(rows)
    print(json.dumps({"rows": rows}))
    return 0


def plant(project: Path, numbers: dict[str, int], seed: int, jobs: int) -> list[dict]:
    """Plant so many of each class into copies of a project; what became of each."""
    with tempfile.TemporaryDirectory(prefix="colophon-faults-") as scratch, ThreadPoolExecutor(jobs) as threads:
        parts = [Path(scratch, f"copy-{part}") for part in range(jobs)]
        for part in parts:
            copy_project(project, part)
        made = threads.map(lambda part: _work(parts[part], numbers, seed, part, jobs), range(jobs))
        return [each for part in made for each in part]


def _work(copy: Path, numbers: dict[str, int], seed: int, part: int, parts: int) -> list[dict]:
    """One worker in its copy. What it does not catch, or reports in vain, is told as it comes."""
    command = [sys.executable, "-m", "tests.faults.worker", json.dumps(numbers), f"--seed={seed}"]
    kept = {name: text for name, text in os.environ.items() if not name.startswith("COLOPHON_")}
    if documents := os.environ.get("COLOPHON_DOCUMENTS_DIR"):
        kept["COLOPHON_DOCUMENTS_DIR"] = documents
    environment = {**kept, "PYTHONPATH": f"{copy}{os.pathsep}{PROJECT}", "OMP_NUM_THREADS": "1"}
    found = []
    with subprocess.Popen(
        [*command, f"--part={part}", f"--parts={parts}"], cwd=copy, env=environment, stdout=subprocess.PIPE, text=True
    ) as worker:
        for line in worker.stdout or ():
            each = json.loads(line)
            found.append(each)
            if each["caught"] == each["harmless"]:
                word = "reported" if each["harmless"] else "not caught"
                print(f"{word}: {each['group']}: {each['what']} {each.get('said', '')}", file=sys.stderr, flush=True)
    if worker.returncode:
        raise SystemExit(f"the worker in {copy} ended with {worker.returncode}")
    return found


def tell(rows: list[dict]) -> None:
    """Print the rows, and their sums for each tool."""
    for row in rows:
        print(f"{row['tool']:17} {row['sort']:9} {row['class']:46} {row['caught']:4} of {row['planted']:4}")
    for tool in dict.fromkeys(row["tool"] for row in rows):
        for sort, word in (("fault", "caught"), ("harmless", "reported")):
            own = [row for row in rows if row["tool"] == tool and row["sort"] == sort]
            print(f"{tool}: {sum(r['caught'] for r in own)} of {sum(r['planted'] for r in own)} {sort} {word}")


def counted(found: list[dict], tool: str) -> list[dict]:
    """The rows of the table: how many of each class were planted, and how many noticed."""
    planted = Counter((each["harmless"], each["group"]) for each in found)
    caught = Counter((each["harmless"], each["group"]) for each in found if each["caught"])
    return [
        {
            "tool": tool,
            "sort": "harmless" if is_harmless else "fault",
            "class": group,
            "planted": number,
            "caught": caught[is_harmless, group],
        }
        for (is_harmless, group), number in sorted(planted.items())
    ]


if __name__ == "__main__":
    sys.exit(main())
