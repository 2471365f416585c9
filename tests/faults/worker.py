"""Plant one change after the other into the copy in which this process works, and write down which were noticed.

Started by `tests.faults.run`, in a process of its own whose modules are those of the copy.
"""

import argparse
import contextlib
import json
import random
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from report.checking.columns import FILE
from tests.fact_logs import read_fact_logs
from tests.faults import harmless, in_chapters, in_pages, in_studies, in_tables, sample
from tests.faults.copies import Copy, commit, git
from tests.faults.gates import Gates, main_of, run
from tests.faults.plant import AGAINST, CHECK, STATUS, VERIFY, Plant

FAULTS = (in_tables, in_studies, in_chapters, in_pages)
_ENOUGH = 2000
"""Candidates of one class to look at, at most."""


class Worker:
    """Its copy, and the part of all changes that it plants."""

    def __init__(self, root: Path, seed: int, part: int, parts: int) -> None:
        self._root, self._seed, self._part, self._parts = root, seed, part, parts
        self._gates = Gates()

    def prepare(self, earlier: bool) -> None:
        """Freeze what is not frozen, render an earlier version and this one, and ask the gates what they say now."""
        if not (self._root / "experiments" / "frozen").is_dir() and run(("experiments", "run", *sample.STUDIES)).code:
            raise SystemExit("the studies do not run")
        git(self._root, "init", "--quiet")
        if not (self._root / FILE).is_file():
            self._accept_columns()
        if earlier:
            self._render_earlier()
        commit(self._root)
        # In this process, so that every fork has the pages in its memory, as a preview has.
        with contextlib.redirect_stdout(sys.stderr):
            if main_of("report", ["render", "--engine", "press"]):
                raise SystemExit("the report does not render, so nothing can be planted into it")
        self._gates.know([VERIFY, AGAINST, STATUS, CHECK])
        self._copy = Copy(self._root, self._root.with_name(f"{self._root.name}-kept"))

    def _accept_columns(self) -> None:
        """Record which columns a project shows that has no such record yet."""
        for command in (("report", "render", "--engine", "press"), ("report", "accept")):
            if (answer := run(command)).code:
                raise SystemExit(f"{' '.join(command)} fails: {answer.lines[-1:]}")

    def _render_earlier(self) -> None:
        """Render another version of the report, and keep its pages and its PDF."""
        pages = list(self._root.glob("report/*.qmd"))
        texts = {path: path.read_bytes() for path in pages}
        for path, text in texts.items():
            path.write_bytes(text + b"\nThis text is of another version.\n")
        if run(("report", "render", "--engine", "press")).code:
            raise SystemExit("the report does not render, so nothing can be planted into it")
        shutil.copytree(self._root / "_site", self._root / in_pages.EARLIER)
        for path, text in texts.items():
            path.write_bytes(text)

    def plant(self, numbers: dict[str, int]) -> Iterator[dict[str, object]]:
        """Plant so many changes of each class, and say of each whether it was noticed."""
        for module in (*FAULTS, harmless):
            for group, candidates in module.plants(self._root, self._chance(module.__name__)):
                yield from self._class(group, candidates, numbers.get(group, 0), module is harmless)

    def _chance(self, what: str) -> random.Random:
        return random.Random(f"{self._seed} {self._part} {what}")

    def _class(
        self, group: str, candidates: Iterator[Plant | None], number: int, is_harmless: bool
    ) -> Iterator[dict[str, object]]:
        mine = number // self._parts + (self._part < number % self._parts)
        seen: set[object] = set()
        for _, plant in zip(range(_ENOUGH), candidates, strict=False):
            if not mine:
                return
            if plant is None or (same := tuple(plant.files.items())) in seen:
                continue
            seen.add(same)
            if sum(plant.what.encode()) % self._parts != self._part:  # the others are those of another worker
                continue
            start = time.perf_counter()
            noticed = self._noticed(plant, is_harmless)
            if noticed is not None:
                mine -= 1
                seconds = round(time.perf_counter() - start, 2)
                yield {"group": group, "harmless": is_harmless, "what": plant.what, "seconds": seconds, **noticed}

    def _noticed(self, plant: Plant, is_harmless: bool) -> dict[str, object] | None:
        """Whether it was noticed; None for a fault that changed nothing that a reader sees."""
        before = self._shown(plant.page)
        self._copy.plant(plant.files)
        try:
            if is_harmless:
                reported = self._gates.reports(plant)
                return {"caught": bool(reported), "said": reported[:3]}
            if self._gates.catches(plant):
                return {"caught": True}
            if plant.page and not self._gates.failed and self._shown(plant.page) == before:
                return None
            return {"caught": False, "said": self._gates.said[-3:]}
        finally:
            self._copy.restore()
            read_fact_logs(self._root, "press")  # which every fork remembers, like all that is read here

    def _shown(self, page: str) -> str:
        """A page without the name of the version, which every change changes."""
        path, version = self._root / "_site" / page, self._root / "_ledger" / "version.yml"
        if not page or not path.is_file():
            return ""
        name = json.loads(version.read_text()).get("version", "") if version.is_file() else ""
        return path.read_text().replace(name, "") if name else path.read_text()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("numbers", help="how many of each class, as JSON")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--part", type=int, default=0)
    parser.add_argument("--parts", type=int, default=1)
    arguments = parser.parse_args()
    output = sys.stdout
    worker = Worker(Path.cwd(), arguments.seed, arguments.part, arguments.parts)
    numbers = json.loads(arguments.numbers)
    worker.prepare(earlier=any(numbers.get(group) for group in in_pages.GROUPS))
    for found in worker.plant(numbers):
        print(json.dumps(found), file=output, flush=True)


if __name__ == "__main__":
    main()
