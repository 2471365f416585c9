"""Plant one change after the other into the copy in which this process works, and write down which were noticed.

Started by `tests.faults.run`, in a process of its own whose modules are those of the copy.
"""

import argparse
import contextlib
import json
import os
import random
import shutil
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
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
_TOGETHER = 6
"""Harmless changes that are planted at once, at most. Where one is reported, each is planted alone."""


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
                plants, number = self._mine(candidates), self._share(numbers.get(group, 0))
                found = (
                    self._harmless(list(islice(plants, number))) if module is harmless else self._faults(plants, number)
                )
                yield from ({"group": group, "harmless": module is harmless, **each} for each in found)

    def _chance(self, what: str) -> random.Random:
        return random.Random(f"{self._seed} {self._part} {what}")

    def _share(self, number: int) -> int:
        """How many of so many changes this worker plants."""
        return number // self._parts + (self._part < number % self._parts)

    def _mine(self, candidates: Iterator[Plant | None]) -> Iterator[Plant]:
        """The candidates of this worker, no two with the same contents."""
        seen: set[object] = set()
        for _, plant in zip(range(_ENOUGH), candidates, strict=False):
            if plant is None or (same := tuple(plant.files.items())) in seen:
                continue
            seen.add(same)
            if sum(plant.what.encode()) % self._parts == self._part:  # the others are those of another worker
                yield plant

    def _faults(self, plants: Iterator[Plant], number: int) -> Iterator[dict[str, object]]:
        """Plant so many faults, one at a time."""
        while number and (plant := next(plants, None)) is not None:
            start, before = _cpu_seconds(), self._shown(plant.page)
            with self._planted([plant]):
                noticed = self._noticed(plant, before)
            if noticed is not None:
                number -= 1
                yield {"what": plant.what, "seconds": round(_cpu_seconds() - start, 2), **noticed}

    def _harmless(self, plants: list[Plant]) -> Iterator[dict[str, object]]:
        """Plant changes that nothing may report: those of other files together, and alone where something is said."""
        while plants:
            start, batch = _cpu_seconds(), [plants.pop(0)]
            for plant in list(plants):
                apart = all(plant.files.keys().isdisjoint(each.files) for each in batch)
                if apart and plant.gates == batch[0].gates and len(batch) < _TOGETHER:
                    batch.append(plant)
                    plants.remove(plant)
            said = {plant.what: self._reported([plant]) for plant in batch} if self._reported(batch) else {}
            seconds = round((_cpu_seconds() - start) / len(batch), 2)
            for plant in batch:
                reported = said.get(plant.what, [])
                yield {"what": plant.what, "seconds": seconds, "caught": bool(reported), "said": reported[:3]}

    def _reported(self, plants: Sequence[Plant]) -> list[str]:
        """What is said of harmless changes that are planted together."""
        with self._planted(plants):
            return self._gates.reports(plants[0])

    @contextlib.contextmanager
    def _planted(self, plants: Sequence[Plant]) -> Iterator[None]:
        """With these changes in the copy, which is as it was afterwards."""
        self._copy.plant({name: content for plant in plants for name, content in plant.files.items()})
        try:
            yield
        finally:
            self._copy.restore()
            read_fact_logs(self._root, "press")  # which every fork remembers, like all that is read here

    def _noticed(self, plant: Plant, before: str) -> dict[str, object] | None:
        """Whether it was noticed; None for a fault that changed nothing that a reader sees."""
        if self._gates.catches(plant):
            return {"caught": True}
        if plant.page and not self._gates.failed and self._shown(plant.page) == before:
            return None
        return {"caught": False, "said": self._gates.said[-3:]}

    def _shown(self, page: str) -> str:
        """A page without the name of the version, which every change changes."""
        path, version = self._root / "_site" / page, self._root / "_ledger" / "version.yml"
        if not page or not path.is_file():
            return ""
        name = json.loads(version.read_text()).get("version", "") if version.is_file() else ""
        return path.read_text().replace(name, "") if name else path.read_text()


def _cpu_seconds() -> float:
    """What this process and those that it waited for have used so far."""
    return sum(os.times()[:4])


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
