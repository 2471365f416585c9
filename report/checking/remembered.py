"""What was found in a render, kept as long as nothing changed: the problems of its chapters, and of its pages."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from experiments.tables.digest import sha256_file, sha256_json
from experiments.tables.files import replace_file
from experiments.tables.locations import frozen_root, registry_root, studies_root
from experiments.tables.stamps import seen
from experiments.tables.stamps import stamp as stamp_of
from report.checking.findings import Results
from report.rendering import stamp

KEPT = Path(".press") / "checks.json"


class Remembered:
    """What was found in the present render of the project at `root`.

    Make it only while the render is current (`stamp.is_current`): its stamp stands for what the pages are made of.
    Names are looked up in studies and registry too.
    """

    def __init__(self, root: Path) -> None:
        self._path, self._render = root / KEPT, sha256_json([sha256_file(root / stamp.STAMP), *_names()])
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
        """The problems of its chapters, a line each, as they were found last, or as `look` finds them."""
        kept = self._found.get("problems")
        if not isinstance(kept, list) or not all(isinstance(line, str) for line in kept):
            kept = look()
            self._keep("problems", kept)
        return kept

    def tables(self, verify: Callable[[], list[str]]) -> list[str]:
        """The problems of the frozen tables, as `verify` finds them; none where it found none in the same files."""
        key = _files_of_tables()
        if key is not None and self._found.get("tables") == key:
            return []
        if not (found := verify()) and key is not None:
            self._keep("tables", key)
        return found

    def _keep(self, what: str, found: Any) -> None:
        self._found[what] = found
        with suppress(OSError):
            replace_file(self._path, json.dumps({"render": self._render, "found": self._found}).encode())


def _files_of_tables() -> str | None:
    """What tells the files of frozen tables from changed ones; None where one was written just now."""
    found = []
    for folder, _, names in os.walk(frozen_root(), followlinks=True):
        for name in names:
            try:
                if (known := stamp_of(Path(folder, name))) is None:
                    return None
            except OSError:
                return None
            found.append([ascii(folder), ascii(name), *known])
    return sha256_json(sorted(found))


def _names() -> Iterator[Any]:
    """What tells the files of studies and models from changed ones, of which the check reads names."""
    yield ascii(str(frozen_root()))  # the name of a folder need be no text
    for folder in (studies_root(), registry_root()):
        for path in sorted(folder.rglob("*.y*ml")):
            yield [ascii(str(path)), *seen(path)]
