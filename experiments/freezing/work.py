"""Where a running study keeps what it needs to go on after an interruption."""

import json
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from experiments.freezing.provenance import Meter
from experiments.tables.errors import UserError
from experiments.tables.files import replace_json
from experiments.tables.locations import shown_path

MADE_FROM, FINISHED, SPENT = "made-from.txt", "finished.txt", "spent.json"


class Work:
    """The work folder of one study and profile, held by one process at a time.

    It is as an interrupted run left it where that run was of the same fingerprint (study, code, packages, data,
    models), and empty otherwise: also after a run that came to its end, so that running a study means running it.
    `meter` measures the run, with what its interrupted sessions took, so far as they could still write it down.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.meter = folder, Meter()
        self._lock: FileLock | None = None

    def open(self, fingerprint: str) -> Path:
        """The folder. Raises UserError where another process is at work in it."""
        if self._lock is None:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder.with_name(f".{self.folder.name}.lock"))
            try:
                lock.acquire(timeout=0)
            except Timeout:
                raise UserError(f"another process is at work in {shown_path(self.folder)}; wait for it") from None
            self._lock = lock
            if (self.folder / FINISHED).exists() or _read(self.folder / MADE_FROM) != fingerprint:
                shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(exist_ok=True)
            (self.folder / MADE_FROM).write_text(fingerprint, "utf-8")
            with suppress(ValueError, TypeError):  # what is damaged counts for nothing
                self.meter.add(*json.loads(_read(self.folder / SPENT) or "[0, 0]"))
        return self.folder

    def finish(self) -> None:
        """Say that the run came to its end: what it made stays until the next one begins."""
        if self._lock is not None:
            (self.folder / FINISHED).write_text("the tables are frozen\n", "utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._lock is not None:
            try:
                if not (self.folder / FINISHED).exists():
                    cost = self.meter.cost()
                    with suppress(OSError):  # a full disk, which is said already
                        replace_json(self.folder / SPENT, [cost.wall_seconds, cost.cpu_seconds])
            finally:
                self._lock.release()
                self._lock = None


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return None
