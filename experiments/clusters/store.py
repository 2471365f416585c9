"""Parts of one run at an address that fsspec knows, such as `s3://bucket/runs`, for machines that share no folder.

The files of a part are sent first, below the name of the attempt that made them, and its record last: so what has a
record is whole. The first record stays; who comes second is told of it, and compares.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import TypeVar
from urllib.parse import quote, unquote

from experiments.clusters.protocol import Record
from experiments.tables.digest import sha256_file
from experiments.tables.errors import UserError, printable

FINISHED = "finished"
PARTS, SENT = "parts", "sent"
ATTEMPTS = 4  # of reading what is there
FIRST_WAIT_SECONDS = 0.5  # at most, before the second; it doubles

T = TypeVar("T")


class Store:
    """What is kept of the parts of one run below `address`. Raises UserError where the address cannot be used."""

    def __init__(self, address: str) -> None:
        self.address = address
        with self._told():
            import fsspec

            self._files, self._root = fsspec.core.url_to_fs(address)

    def begin(self) -> None:
        """Forget a run that came to its end: what is asked for is a new one."""
        if self.is_finished():
            with self._told():
                self._files.rm(self._root, recursive=True)

    def is_finished(self) -> bool:
        """Whether the tables of the run are frozen."""
        with self._told():
            self._files.invalidate_cache()
            return self._files.exists(f"{self._root}/{FINISHED}")

    def finish(self) -> None:
        """Say that the tables of the run are frozen."""
        self._write(f"{self._root}/{FINISHED}", b"the tables are frozen\n")

    def parts(self) -> set[str]:
        """The names of the parts that are whole."""
        return set(self._listed(PARTS))

    def record(self, part: str) -> Record | None:
        """The record of a part; None where it is not whole."""
        found = self.read(PARTS, part)
        return Record(**found["record"]) if found is not None else None

    def send(self, record: Record, attempt: Path, files: Iterable[Path]) -> bool:
        """Send the files of a part, which lie below the folder of an attempt, and then its record.

        False where there is a record already: then nothing is left of what was sent.
        """
        there = f"{self._root}/{SENT}/{quote(record.part, safe='')}/{attempt.name}"
        names = {file.relative_to(attempt).as_posix(): file for file in files}
        digests = {name: sha256_file(file) for name, file in names.items()}
        content = {"record": asdict(record), "at": there, "sent": digests}
        place = self._place(PARTS, record.part)
        with self._told():
            for name, file in names.items():
                self._files.makedirs(_above(f"{there}/{name}"), exist_ok=True)
                self._files.put_file(str(file), f"{there}/{name}")
            self._files.makedirs(_above(place), exist_ok=True)
            try:
                self._files.pipe_file(place, json.dumps(content).encode(), mode="create")
            except FileExistsError:
                self._files.rm(there, recursive=True)
                if self.record(record.part) is None:
                    raise UserError(f"{record.part}: {printable(place)} is no record; remove it") from None
                return False
        return True

    def bring(self, part: str, folder: Path) -> Record | None:
        """Fetch the files of a part into `folder`, and give its record; None where it is not whole.

        Raises UserError where a file is not what was sent.
        """
        found = self.read(PARTS, part)
        if found is None:
            return None
        record = Record(**found["record"])
        with self._told():
            for name, digest in found["sent"].items():
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                _again(self._files.get_file, f"{found['at']}/{name}", str(target))
                if sha256_file(target) != digest:
                    target.unlink()
                    raise UserError(
                        f"{part}: {name} at {printable(self.address)} is not what {record.node} has sent; remove "
                        f"{printable(self._place(PARTS, part))}, and the part is made again"
                    )
        return record

    def forget(self, part: str) -> None:
        """Have a part made again."""
        self.remove(PARTS, part)

    def write(self, kind: str, part: str, content: Mapping) -> None:
        """Write something small about a part, in place of what was written before."""
        self._write(self._place(kind, part), json.dumps(content).encode())

    def read(self, kind: str, part: str) -> dict | None:
        """What was said of a part; None where nothing was, or it is not (yet) whole."""
        with self._told(), suppress(FileNotFoundError, ValueError):
            return json.loads(_again(self._files.cat_file, self._place(kind, part)))
        return None

    def read_all(self, kind: str) -> Iterator[tuple[str, dict]]:
        """What was said of any part, by its name."""
        for part in self._listed(kind):
            if (content := self.read(kind, part)) is not None:
                yield part, content

    def remove(self, kind: str, part: str) -> None:
        """Take back what was said of a part."""
        with self._told(), suppress(FileNotFoundError):
            self._files.rm_file(self._place(kind, part))

    def _write(self, place: str, content: bytes) -> None:
        with self._told():
            self._files.makedirs(_above(place), exist_ok=True)
            self._files.pipe_file(place, content)

    def _listed(self, kind: str) -> list[str]:
        with self._told(), suppress(FileNotFoundError):
            self._files.invalidate_cache()
            found = _again(self._files.ls, f"{self._root}/{kind}", detail=False)
            return [unquote(PurePosixPath(path).name.removesuffix(".json")) for path in found]
        return []

    def _place(self, kind: str, part: str) -> str:
        return f"{self._root}/{kind}/{quote(part, safe='')}.json"

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what a file system raises into one line with the address."""
        try:
            yield
        except (UserError, FileNotFoundError):
            raise
        except Exception as error:  # each file system has its own, such as that of a missing key
            why = printable(str(error), 200)
            raise UserError(f"COLOPHON_RUNS: {printable(self.address)} cannot be used: {why}") from None


def _again(read: Callable[..., T], *given: object, **more: object) -> T:
    """What `read` gives, asked again where it fails for a moment, as across a network; what is missing is not."""
    from tenacity import Retrying, retry_if_not_exception_type, stop_after_attempt, wait_random_exponential

    missing = (FileNotFoundError, PermissionError, UserError)
    waits = wait_random_exponential(multiplier=FIRST_WAIT_SECONDS)
    retrying = Retrying(
        retry=retry_if_not_exception_type(missing), stop=stop_after_attempt(ATTEMPTS), wait=waits, reraise=True
    )
    return retrying(read, *given, **more)


def _above(place: str) -> str:
    return place.rpartition("/")[0]
