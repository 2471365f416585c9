"""When a file counts as unchanged without being read. Imports next to nothing: a render with nothing to do asks it."""

import time
from pathlib import Path

LARGE = 4 * 2**20  # smaller files are read each time
SETTLED_SECONDS = 2.0  # a younger file may change once more without a new stamp

Seen = tuple[int, int, int, int]


def seen(path: Path) -> Seen:
    """The stamp of a file: its size, times and inode, as git has it.

    It changes with the content, also where size and time of change were kept on purpose (`touch -r`).
    """
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def stamp(path: Path) -> Seen | None:
    """The stamp of a file that nobody has just written; None for one that may change once more without a new stamp."""
    found = seen(path)
    return found if is_settled(found, SETTLED_SECONDS) else None


def is_settled(found: Seen, seconds: float) -> bool:
    """Whether a file with this stamp gets another one when it changes again: it is older than so many seconds."""
    return time.time_ns() - found[2] >= seconds * 1e9
