"""Put several files in place as one: after a crash at any point, all of them are old or, once recovered, all are new.

A redo journal does it. The new files are written beside the old ones and synced; then the journal, which lists them
and the files to remove, is renamed into place, and that rename is the moment of the change; then the files are renamed
or removed one by one, and the journal is removed. `recover` finishes what a journal lists, and throws away new files
that no journal speaks of, together with what `experiments.freezing.undo` has put in place for them.
"""

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from experiments.freezing import undo
from experiments.tables.errors import UserError
from experiments.tables.locations import JOURNAL, NEW, OLD, UNDO, shown_path


def commit(folder: Path, files: Mapping[str, bytes], remove: Iterable[str] = ()) -> None:
    """Replace the named files of `folder`, and remove those in `remove` that are there, all together.

    The caller holds the folder's lock. Raises UserError where it cannot be done.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            _write(_beside(folder, name), data)
        gone = sorted(name for name in remove if (folder / name).exists())
        _write(_beside(folder, JOURNAL), json.dumps({"replace": sorted(files), "remove": gone}).encode())
        os.replace(_beside(folder, JOURNAL), folder / JOURNAL)
        _sync(folder)
    except OSError as error:
        _discard(folder)
        raise UserError(f"{shown_path(folder)}: cannot be written, nothing was changed: {error.strerror}") from None
    recover(folder)


def recover(folder: Path) -> bool:
    """Finish or undo an interrupted `commit`; True where it was finished. The caller holds the folder's lock."""
    journal = folder / JOURNAL
    try:
        listed = json.loads(journal.read_bytes())
        replace, remove = listed["replace"], listed["remove"]
        if strange := [name for name in (*replace, *remove) if Path(name).name != name]:
            raise ValueError(f"{strange[0]!r} lies elsewhere")
    except FileNotFoundError:
        _discard(folder)
        undo.put_back(folder)
        return False
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UserError(f"{shown_path(journal)}: cannot be read ({error}); remove it and freeze again") from None
    try:
        for name in replace:
            with suppress(FileNotFoundError):  # it was renamed before the interruption
                os.replace(_beside(folder, name), folder / name)
        for name in remove:
            (folder / name).unlink(missing_ok=True)
        _sync(folder)
        undo.forget(folder)
        journal.unlink()
        _sync(folder)
    except OSError as error:
        raise UserError(f"{shown_path(folder)}: the new tables could not be put in place: {error.strerror}") from None
    return True


def needs_recovery(folder: Path) -> bool:
    """Whether an interrupted `commit` left anything in `folder`."""
    return any(path for left in (JOURNAL, UNDO, f".*{NEW}", f".*{OLD}") for path in folder.glob(left))


def _beside(folder: Path, name: str) -> Path:
    return folder / f".{name}{NEW}"


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder, and syncs renames with the files
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _discard(folder: Path) -> None:
    for path in folder.glob(f".*{NEW}"):
        with suppress(OSError):
            path.unlink()
