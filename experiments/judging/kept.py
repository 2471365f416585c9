"""Keeps the verdicts of one judge in a file that is only ever appended to, so that a run that is broken off keeps them.

One JSON object a line, of three kinds: a verdict with the digest of its prompt; what was spent without one; and that
the run went on after an interruption. A line that a kill cut short is left out, as if it had not been written.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from experiments.judging.verdicts import Spent, Verdict
from experiments.tables.appended import Appended
from experiments.tables.errors import UserError
from experiments.tables.locations import shown_path


class Kept:
    """The file of a judge. `verdicts` are by the digest of their question; `lost` is what was spent in vain.

    Raises UserError for a whole line that is not one of ours.
    """

    def __init__(self, path: Path) -> None:
        self._file = Appended(path)
        self.verdicts: dict[str, Verdict] = {}
        self.models: dict[str, str] = {}
        self.lost: list[tuple[Spent, float]] = []
        self.interruptions = 0
        for number, line in enumerate(self._file.lines(), start=1):
            try:
                self._take(json.loads(line))
            except (ValueError, TypeError, KeyError, RecursionError):
                raise UserError(
                    f"{shown_path(path)}:{number}: the line is damaged; remove it, and what it held is asked again"
                ) from None

    def add(self, digests: Iterable[str], verdicts: Iterable[Verdict], models: Mapping[str, str]) -> None:
        """Keep some verdicts, and on what they were computed; they are on the disk when this returns."""
        pairs = zip(digests, verdicts, strict=True)
        self._append(
            [
                *({"models": dict(models)},) * bool(models and dict(models) != self.models),
                *({"question": digest, "verdict": asdict(verdict)} for digest, verdict in pairs),
            ]
        )

    def lose(self, spent: Spent, seconds: float) -> None:
        """Keep what was spent without coming to a verdict."""
        self._append([{"lost": asdict(spent), "seconds": seconds}])

    def go_on(self) -> None:
        """Count an interruption."""
        self._append([{"interrupted": True}])

    def _take(self, said: dict) -> None:
        match said:
            case {"question": digest, "verdict": cells}:
                self.verdicts[digest] = Verdict(**{**cells, "spent": Spent(**cells["spent"])})
            case {"models": models}:
                self.models = models
            case {"lost": spent, "seconds": seconds}:
                self.lost.append((Spent(**spent), seconds))
            case {"interrupted": _}:
                self.interruptions += 1
            case _:
                raise ValueError("none of the kinds of lines")

    def _append(self, lines: list[dict]) -> None:
        self._file.append(lines)
        for line in lines:
            self._take(line)
