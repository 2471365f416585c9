"""Write a file so that a reader, or a crash, finds the old one or the new one, and never half of either."""

import glob
import json
import os
import platform
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from experiments.tables.locations import NEW


def beside(path: Path) -> Path:
    """Where this process may write what is to take the place of `path`.

    What processes that were killed have left there for the same `path` is removed.
    """
    own = f".{path.name}.{platform.node()}."
    for left in path.parent.glob(f"{glob.escape(own)}*{NEW}"):
        if not _is_alive(left.name[len(own) : -len(NEW)]):
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
            else:
                with suppress(OSError):
                    left.unlink()
    return path.with_name(f"{own}{os.getpid()}{NEW}")


def _is_alive(process: str) -> bool:
    """Whether there is a process of that number on this machine; also for what is no number."""
    if os.name == "nt" or not process.isdecimal():  # where os.kill would end the process
        return True
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        pass
    return True


@contextmanager
def open_replacement(path: Path, synced: bool = True) -> Iterator[BinaryIO]:
    """A file to write into, which takes the place of `path` at the end of the block, `synced` to the disk.

    Syncing takes milliseconds, which what can be made again at once does without. After an exception `path` is as it
    was. Missing folders are made. Two processes may replace the same file at once: one of the two remains. Raises
    OSError where the disk refuses.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new = beside(path)
    try:
        with new.open("wb") as file:
            yield file
            file.flush()
            if synced:
                os.fsync(file.fileno())
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def replace_file(path: Path, content: bytes, synced: bool = True) -> None:
    """Put `content` in the place of `path`, wholly or not at all. Raises OSError where the disk refuses."""
    with open_replacement(path, synced) as file:
        file.write(content)


def replace_json(path: Path, content: object) -> None:
    """Put a JSON file in the place of `path`, wholly or not at all."""
    replace_file(path, json.dumps(content).encode())
