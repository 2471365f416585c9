"""Folders of models and data at an address that fsspec knows, such as `s3://bucket/data`.

Of what lies there each machine fetches what it needs, once.
"""

import json
import os
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path, PurePosixPath

from filelock import FileLock

from experiments.tables.digest import sha256_json
from experiments.tables.errors import UserError, printable
from experiments.tables.files import open_replacement, replace_json
from experiments.tables.locations import cache_root, whole_address

LISTING = ".json"  # ends the name of the file beside a copy that says what lies at its address


def copy_of(folder: str | Path) -> Path:
    """The folder on this machine for what lies at an address, another one once that has changed; `bring` fills it.

    Raises UserError where nothing is found there, or fsspec lacks a package for such addresses.
    """
    address = whole_address(folder)
    try:
        files, root = _opened(address)
        found = {path: files.ukey(path) for path in files.find(root)}
    except (ImportError, ValueError, OSError) as error:
        raise UserError(f"{printable(address)}: cannot be read: {printable(str(error), 200)}") from None
    if not found:
        raise UserError(f"{printable(address)}: there is nothing")
    copy = cache_root() / "fetched" / sha256_json([address, found])[:16]
    below = {PurePosixPath(os.path.relpath(path, root)).as_posix(): path for path in found}
    for name in below:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
    replace_json(copy.with_suffix(LISTING), {"address": address, "files": below})
    return copy


@cache
def copy_for_now(folder: str) -> Path:
    """The folder that `copy_of` gives, looked up once in this process: one command has one look at an address."""
    return copy_of(folder)


def bring(copy: Path, wanted: Callable[[Sequence[str]], Iterable[str]]) -> None:
    """Fetch what `wanted` picks from the paths below an address, so far as it is not in its copy.

    Another folder stays as it is. Raises UserError where a file cannot be fetched.
    """
    if copy.parent != cache_root() / "fetched":
        return
    listing = json.loads(copy.with_suffix(LISTING).read_bytes())
    for name in wanted(list(listing["files"])):
        if not (copy / name).is_file():
            with FileLock(copy.with_suffix(".lock")):
                _fetch(listing["address"], listing["files"][name], copy / name)


def _fetch(address: str, path: str, target: Path) -> None:
    if target.is_file():  # by another process meanwhile
        return
    try:
        files, _ = _opened(address)
        with open_replacement(target) as file:
            files.get_file(path, file.name)
    except (ImportError, ValueError, OSError) as error:
        raise UserError(f"{printable(path)}: cannot be fetched: {printable(str(error), 200)}") from None


def _opened(address: str) -> tuple:
    """The file system of an address, and the path in it."""
    import fsspec

    return fsspec.core.url_to_fs(address)
