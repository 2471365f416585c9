"""A file of JSON lines that is only ever appended to, so that a kill costs no more than the line being written."""

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path


class Appended:
    """The file at `path`, which need not be there. One process at a time writes into it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._synced = 0.0

    def lines(self) -> Iterator[bytes]:
        """The whole lines; what a kill left of another one is cut off, so that the next begins on its own line."""
        if not self.path.exists():
            return
        with self.path.open("r+b") as file:
            end = 0
            for line in file:
                if not line.endswith(b"\n"):
                    file.truncate(end)
                    return
                end += len(line)
                yield line

    def append(self, lines: Iterable[Mapping[str, object]], every: float = 0.0) -> None:
        """Write lines, which outlive this process from now on.

        They are on the disk when this returns, or else the last time is less than `every` seconds ago.
        """
        with self.path.open("ab") as file:
            file.write(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
            file.flush()
            if time.monotonic() - self._synced >= every:
                os.fsync(file.fileno())
                self._synced = time.monotonic()
