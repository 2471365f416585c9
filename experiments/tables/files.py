"""Write a file so that a reader, or a crash, finds the old one or the new one, and never half of either."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def open_replacement(path: Path) -> Iterator[BinaryIO]:
    """A file to write into, which takes the place of `path` at the end of the block, synced to the disk.

    After an exception `path` is as it was. Missing folders are made. Two processes may replace the same file at once:
    one of the two remains. Raises OSError where the disk refuses.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with beside.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` in the place of `path`, wholly or not at all. Raises OSError where the disk refuses."""
    with open_replacement(path) as file:
        file.write(content)


def replace_json(path: Path, content: object) -> None:
    """Put a JSON file in the place of `path`, wholly or not at all."""
    replace_file(path, json.dumps(content).encode())
