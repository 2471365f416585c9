"""Plant faults one at a time, and harmless changes, into copies of this project, and count which are noticed.

    python -m tests.faults.run

The last line of the output is a JSON object with every change, for the study `planted-faults`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain, islice
from pathlib import Path
from queue import SimpleQueue

from experiments.cli.progress import show_progress
from tests.faults.copies import PROJECT, copy_project
from tests.faults.peers.plant import plant_into_peers
from tests.faults.sample import write_sample

FAULTS = {
    "a digit of a CSV": 20,
    "a digit of a Parquet file": 10,
    "a value of a sidecar": 18,
    "rows swapped": 12,
    "a row dropped": 12,
    "a row added": 12,
    "a cell, its sidecar sealed again": 12,
    "a file removed": 6,
    "a study's setting": 20,
    "a transcribed figure": 12,
    "a transcribed figure, frozen again": 14,
    "a claim's test, side or source": 12,
    "a claim's test, side or source, frozen again": 14,
    "a number in prose": 15,
    "a digit in prose": 10,
    "a comparative in prose": 15,
    "a number or a comparative in a title": 10,
    "a literal in place of an expression": 12,
    "a comparative in a sentence": 13,
    "a sign or a unit beside a value": 12,
    "a number in a caption": 8,
    "a comparative in a caption": 8,
    "an alternative text": 8,
    "a word or a number in disguise": 12,
    "a test in a caption": 6,
    "a column": 12,
    "the largest in place of a mean": 2,
    "rows exchanged in a figure": 3,
    "headings of two studies exchanged": 4,
    "a comparative in the name of a cell": 8,
    "a no or not in prose": 10,
    "a page of an earlier version": 8,
    "a PDF of another version": 3,
}
HARMLESS = {"a comment": 30, "a docstring": 12, "white space": 20, "the order of keys": 14, "a synonym in prose": 24}
WITH_DOCUMENT = ("a transcribed figure, frozen again",)
"""Classes that need the document of a published study; where it is not at hand, a small project has one of its own."""
OURS = "Colophon"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=min(4, os.cpu_count() or 1))
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
    in_sample = {}
    if not os.environ.get("COLOPHON_DOCUMENTS_DIR"):  # then the report's own sources have no document here
        in_sample = {group: numbers.pop(group) for group in WITH_DOCUMENT if group in numbers}
    found = plant(partial(copy_project, PROJECT), numbers, arguments.seed, arguments.jobs)
    found += plant(write_sample, in_sample, arguments.seed, jobs=1) if in_sample else []
    changes = [
        {
            "tool": each.get("tool", OURS),
            "sort": "harmless" if each["harmless"] else "fault",
            "class": each["group"],
            "change": each["what"],
            "caught": each["caught"],
        }
        for each in (*found, *peers)
    ]
    changes.sort(key=lambda each: (each["tool"] != OURS, each["tool"], each["sort"], each["class"]))
    tell(changes)
    print(json.dumps({"changes": changes}))
    return 0


def plant(write: Callable[[Path], None], numbers: dict[str, int], seed: int, jobs: int) -> list[dict]:
    """Plant so many of each class into copies of the project that `write` writes; what became of each."""
    planted: SimpleQueue[tuple[int, dict] | None] = SimpleQueue()

    def work(part: int, copy: Path) -> None:
        try:
            for each in _work(copy, numbers, seed, part, jobs):
                planted.put((part, each))
        finally:
            planted.put(None)

    with tempfile.TemporaryDirectory(prefix="colophon-faults-") as scratch, ThreadPoolExecutor(jobs) as threads:
        parts = [Path(scratch, f"copy-{part}") for part in range(jobs)]
        print(
            f"copies of the project: {jobs}, each rendered before the first change is planted",
            file=sys.stderr,
            flush=True,
        )
        for part in parts:
            part.mkdir()
            write(part)
        works = [threads.submit(work, part, copy) for part, copy in enumerate(parts)]
        arriving = _arriving(planted, jobs)
        first = list(islice(arriving, 1))  # the time left is told from here on: rendering comes before
        found = list(show_progress(chain(first, arriving), "changes planted", sum(numbers.values())))
        for each in works:
            each.result()  # raises what stopped it
    return [each for _, each in sorted(found, key=lambda pair: pair[0])]


def _arriving(planted: "SimpleQueue[tuple[int, dict] | None]", workers: int) -> Iterator[tuple[int, dict]]:
    """What the workers plant, as it comes, each with the number of its worker."""
    while workers:
        if (each := planted.get()) is None:
            workers -= 1
        else:
            yield each


def _work(copy: Path, numbers: dict[str, int], seed: int, part: int, parts: int) -> Iterator[dict]:
    """One worker in its copy. What it does not catch, or reports in vain, is told as it comes."""
    command = [sys.executable, "-m", "tests.faults.worker", json.dumps(numbers), f"--seed={seed}"]
    kept = {name: text for name, text in os.environ.items() if not name.startswith("COLOPHON_")}
    if documents := os.environ.get("COLOPHON_DOCUMENTS_DIR"):
        kept["COLOPHON_DOCUMENTS_DIR"] = documents
    environment = {**kept, "PYTHONPATH": f"{copy}{os.pathsep}{PROJECT}", "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        [*command, f"--part={part}", f"--parts={parts}"], cwd=copy, env=environment, stdout=subprocess.PIPE, text=True
    ) as worker:
        for line in worker.stdout or ():
            each = json.loads(line)
            yield each
            if each["caught"] == each["harmless"]:
                word = "reported" if each["harmless"] else "not caught"
                print(f"{word}: {each['group']}: {each['what']} {each.get('said', '')}", file=sys.stderr, flush=True)
    if worker.returncode:
        raise SystemExit(f"the worker in {copy} ended with {worker.returncode}")


def tell(changes: list[dict]) -> None:
    """Print how many of each class were caught, and the sums for each tool."""
    planted = Counter((each["tool"], each["sort"], each["class"]) for each in changes)
    caught = Counter((each["tool"], each["sort"], each["class"]) for each in changes if each["caught"])
    for (tool, sort, group), number in planted.items():
        print(f"{tool:17} {sort:9} {group:46} {caught[tool, sort, group]:4} of {number:4}")
    for tool, sort in dict.fromkeys((tool, sort) for tool, sort, _ in planted):
        own = [each["caught"] for each in changes if (each["tool"], each["sort"]) == (tool, sort)]
        print(f"{tool}: {sum(own)} of {len(own)} {'faults caught' if sort == 'fault' else 'harmless changes reported'}")


if __name__ == "__main__":
    sys.exit(main())
