"""Files of a study that change together with its tables, such as adopted predictions: both are new, or neither is.

They have to be in place before the tables are made from them. So what they were is kept beside the tables until these
are committed; `put_back` undoes the change where that never came, because the run failed or was killed.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from experiments.tables.errors import UserError
from experiments.tables.files import replace_file
from experiments.tables.locations import OLD, UNDO, shown_path, studies_root


def replace_until_committed(folder: Path, files: Mapping[str, bytes]) -> None:
    """Replace files below the folder of the studies, until the tables in `folder` are committed.

    Files are named by their place in that folder. `put_back` undoes it before. The caller holds the lock of `folder`.
    Raises UserError where it cannot be done.
    """
    studies = studies_root()
    try:
        kept: dict[str, str | None] = {}
        for number, name in enumerate(files):
            path = studies / name
            kept[name] = f".{number}{OLD}" if path.exists() else None
            if path.exists():
                replace_file(folder / f".{number}{OLD}", path.read_bytes())
        content = {"studies": os.path.relpath(studies, folder), "kept": kept}
        replace_file(folder / UNDO, json.dumps(content).encode())
        for name, data in files.items():
            replace_file(studies / name, data)
    except OSError as error:
        put_back(folder)
        name = Path(error.filename2 or error.filename or studies)
        raise UserError(f"{shown_path(name)}: cannot be written, nothing was changed: {error.strerror}") from None


def put_back(folder: Path) -> None:
    """Put the files back as they were, where the tables of `folder` were not committed with them."""
    try:
        content = json.loads((folder / UNDO).read_bytes())
        studies = studies_root()
        if content["studies"] != os.path.relpath(studies, folder):
            return  # they are those of another folder, which COLOPHON_STUDIES named
        for name, kept in content["kept"].items():
            path = studies / name
            if not path.resolve().is_relative_to(studies.resolve()) or (kept and Path(kept).name != kept):
                raise ValueError(f"{name!r} is no file of a study")
            if kept is None:
                path.unlink(missing_ok=True)
                _remove_empty(path.parent, studies)
            else:
                replace_file(path, (folder / kept).read_bytes())
    except FileNotFoundError:
        pass  # there is nothing to undo
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        where = shown_path(folder / UNDO)
        raise UserError(f"{where}: what was interrupted cannot be undone ({error}); adopt the file again") from None
    forget(folder)


def forget(folder: Path) -> None:
    """Leave the files as they are from now on."""
    (folder / UNDO).unlink(missing_ok=True)
    for path in folder.glob(f".*{OLD}"):
        path.unlink(missing_ok=True)


def _remove_empty(folder: Path, top: Path) -> None:
    with suppress(OSError):
        while folder.is_relative_to(top):
            folder.rmdir()
            folder = folder.parent
