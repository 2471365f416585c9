"""Lock the tables of a study while they are written; a second writer is refused, and told who holds them."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from experiments.freezing import transaction
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import NAME

LOCK, HOLDER = ".lock", ".holder.json"


@contextmanager
def writing(root: Path, study: str, doing: str) -> Iterator[Path]:
    """Hold the folder of a study's tables while `doing`, and mend what an interrupted writer left there.

    The folder is removed where it has no table in the end. Raises UserError at once, naming the holder, where another
    process holds it.
    """
    folder = root / study
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK)
        lock.acquire(timeout=0)
    except Timeout:
        message = f"the tables of {study} are being written by {_holder(folder)}; try again when it is done"
        raise UserError(message) from None
    except OSError as error:
        raise UserError(f"the tables of {study} cannot be written: {error.strerror}") from None
    try:
        _announce(folder / HOLDER, doing)
        transaction.recover(folder)
        yield folder
    finally:
        try:
            transaction.recover(folder)  # an interrupt may have come amid the renames
        finally:
            (folder / HOLDER).unlink(missing_ok=True)
            is_empty = {path.name for path in folder.iterdir()} <= {LOCK}
            if is_empty and os.name != "nt":  # Windows cannot remove a file that is open
                (folder / LOCK).unlink(missing_ok=True)
            lock.release()
            if is_empty:
                with suppress(OSError):
                    folder.rmdir()


def recover_all(root: Path) -> None:
    """Mend every study of which a writer was interrupted; leave alone those at which one is at work."""
    for folder in sorted(root.glob("*")):
        if NAME.fullmatch(folder.name) and folder.is_dir() and transaction.needs_recovery(folder):
            try:
                with FileLock(folder / LOCK).acquire(timeout=0):
                    transaction.recover(folder)
            except Timeout:
                continue


def _announce(path: Path, doing: str) -> None:
    holder = {"process": os.getpid(), "doing": doing, "since": datetime.now(UTC).isoformat(timespec="seconds")}
    with suppress(OSError):  # only the message to a second writer is poorer without it
        path.write_text(json.dumps(holder), "utf-8")


def _holder(folder: Path) -> str:
    try:
        holder = json.loads((folder / HOLDER).read_bytes())
        return printable(f"process {holder['process']} (`{holder['doing']}`, since {holder['since']})", 200)
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
