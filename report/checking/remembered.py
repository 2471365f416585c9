"""What was found in a render, kept as long as nothing changed: the problems of its sources, and of its pages."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from experiments.tables.digest import sha256_file
from experiments.tables.files import replace_file
from experiments.tables.locations import frozen_root
from report.checking.findings import Results
from report.rendering import stamp

KEPT = Path(".press") / "checks.json"


class Remembered:
    """What was found in the present render of the project at `root`.

    Make it only while the render is current (`stamp.is_current`): its stamp stands for all that was looked at.
    """

    def __init__(self, root: Path) -> None:
        self._path, self._render = root / KEPT, f"{sha256_file(root / stamp.STAMP)} {frozen_root()}"
        self._found: dict[str, Any] = {}
        with suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(self._path.read_bytes())
            self._found = dict(kept["found"]) if kept["render"] == self._render else {}

    def results(self, check: Callable[[], Results]) -> Results:
        """What the last check found in its pages and PDF, or what `check` finds, which is kept."""
        with suppress(ValueError, KeyError):
            return Results.model_validate(self._found["results"])
        results = check()
        self._keep("results", results.model_dump(mode="json"))
        return results

    def problems(self, look: Callable[[], list[str]]) -> list[str]:
        """The problems of its chapters and tables, a line each, as they were found last, or as `look` finds them."""
        kept = self._found.get("problems")
        if not isinstance(kept, list) or not all(isinstance(line, str) for line in kept):
            kept = look()
            self._keep("problems", kept)
        return kept

    def _keep(self, what: str, found: Any) -> None:
        self._found[what] = found
        with suppress(OSError):
            replace_file(self._path, json.dumps({"render": self._render, "found": self._found}).encode())
