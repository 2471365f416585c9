"""When a large file counts as unchanged without being read."""

import time
from pathlib import Path

LARGE = 4 * 2**20  # smaller files are read each time
SETTLED_SECONDS = 2.0  # a younger file may change once more without a new stamp


def stamp(path: Path) -> tuple[int, ...] | None:
    """What changes with a file's content unless somebody takes pains: size, times, inode. None for one just written."""
    status = path.stat()
    if time.time() - status.st_ctime < SETTLED_SECONDS:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
