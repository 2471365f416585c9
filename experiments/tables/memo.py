"""What was worked out before, kept on this machine by the digest of what it was worked out from.

It saves time and nothing else: a memory that is missing, damaged or cannot be written is no error. It lies below
`runs/.cache`, which git ignores, and may be deleted at any time.
"""

import atexit
import json
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from experiments.tables.files import replace_file
from experiments.tables.locations import runs_root

MOST = 20_000


class Memo:
    """JSON values by a digest. Written when the process ends, or by `save`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = _read(path)
        self._used: dict[str, object] = {}
        self._changed = False
        atexit.register(self.save)

    def __getitem__(self, key: str) -> object:
        """The value, None where there is none."""
        value = self._known.get(key)
        if value is not None:
            self._used[key] = value
        return value

    def __setitem__(self, key: str, value: object) -> None:
        self._known[key] = self._used[key] = value
        self._changed = True

    def save(self) -> None:
        """Write what is new; of a memory that has grown too long only what was of use to this process."""
        # A project that is gone, such as one of a test, is not made anew.
        if self._changed and self._path.parents[2].is_dir():
            kept = self._known if len(self._known) <= MOST else self._used
            with suppress(OSError):
                replace_file(self._path, json.dumps(kept, separators=(",", ":")).encode())
        self._changed = False


def memo(name: str) -> Memo:
    """The memory called `name` of the project in which the process works now."""
    return _at(runs_root().resolve() / ".cache" / f"{name}.json")


@lru_cache(maxsize=64)
def _at(path: Path) -> Memo:
    return Memo(path)


def _read(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
