"""What was worked out before, kept on this machine by the digest of what it was worked out from.

It saves time and nothing else: a memory that is missing, damaged or cannot be written is no error, and it may be
deleted at any time. What is known of a project lies below its `runs/.cache`, which git ignores; what holds in any
project lies in the cache of the user.
"""

import atexit
import json
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from experiments.tables.files import replace_file
from experiments.tables.locations import cache_root, runs_root

MOST = 20_000
MOST_OF_A_USER = 2_000


class Memo:
    """JSON values by a digest. Written when the process ends, or by `save`."""

    def __init__(self, path: Path, most: int = MOST) -> None:
        self._path, self._most = path, most
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
            kept = self._known if len(self._known) <= self._most else self._used
            with suppress(OSError):
                replace_file(self._path, json.dumps(kept, separators=(",", ":")).encode())
        self._changed = False


def memo(name: str) -> Memo:
    """The memory called `name` of the project in which the process works now."""
    return _at(runs_root().resolve() / ".cache" / f"{name}.json")


def user_memo(name: str) -> Memo:
    """The memory called `name` for all projects of this user; that of the project where the user has no home."""
    try:
        folder = cache_root().resolve()
    except RuntimeError:
        return memo(name)
    return _at(folder / f"{name}.json", MOST_OF_A_USER)


@lru_cache(maxsize=64)
def _at(path: Path, most: int = MOST) -> Memo:
    return Memo(path, most)


def _read(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
