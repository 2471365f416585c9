"""Give a folder the name of another one."""

import ctypes
import errno
import os
import sys
from pathlib import Path

_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2
_HERE = -100  # AT_FDCWD


def exchange(new: Path, path: Path, old: Path) -> None:
    """Give `new` the name of `path`, and what had it another one.

    That is `new` where both change in one step, which Linux can do on most file systems, else `old`. Whoever finds
    `old` and no `path` was left between two steps.
    """
    if not path.exists():
        new.rename(path)
    elif sys.platform != "linux" or not _exchanged_at_once(new, path):
        path.rename(old)
        new.rename(path)


def _exchanged_at_once(one: Path, other: Path) -> bool:
    """Exchange two names; False where the system or the file system cannot."""
    library = ctypes.CDLL(None, use_errno=True)
    try:
        failed = library.renameat2(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE)
    except AttributeError:
        return False
    if not failed:
        return True
    if ctypes.get_errno() in (errno.ENOSYS, errno.EINVAL):
        return False
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
