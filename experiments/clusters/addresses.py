"""Folders of models and data at an address that fsspec knows, such as `s3://bucket/data`: fetched once a machine."""

import os
import re
import shutil
from pathlib import Path

from filelock import FileLock

from experiments.tables.digest import sha256_json
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import cache_root

FOLDERS = ("COLOPHON_DATA_DIR", "COLOPHON_MODELS_DIR")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):/(?P<whole>/)?", re.IGNORECASE)  # longer than the letter of a drive
_fetched: dict[str, str] = {}


def is_address(folder: str | Path) -> bool:
    """Whether it is an address; one that was taken for a path has lost a slash."""
    return _SCHEME.match(str(folder)) is not None


def fetched(folder: str | Path) -> Path:
    """The copy on this machine of what lies at an address; it is fetched again once that has changed.

    Raises UserError where nothing is found there, or fsspec lacks a package for such addresses.
    """
    address, scheme = str(folder), _SCHEME.match(str(folder))
    if scheme is not None and not scheme["whole"]:
        after = "/" if scheme[1] == "file" else ""
        address = f"{scheme[1]}://{after}{address[scheme.end() :]}"
    try:
        import fsspec

        files, root = fsspec.core.url_to_fs(address)
        found = {path: files.ukey(path) for path in files.find(root)}
    except (ImportError, ValueError, OSError) as error:
        raise UserError(f"{printable(address)}: cannot be read: {printable(str(error), 200)}") from None
    if not found:
        raise UserError(f"{printable(address)}: there is nothing")
    copy = cache_root() / "fetched" / sha256_json([address, found])[:16]
    copy.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(copy.with_suffix(".lock")):
        if not copy.is_dir():
            beside = copy.with_suffix(".new")
            shutil.rmtree(beside, ignore_errors=True)
            try:
                for path in found:
                    target = beside / os.path.relpath(path, root)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    files.get_file(path, str(target))
                os.replace(beside, copy)
            except OSError as error:
                raise UserError(f"{printable(address)}: cannot be fetched: {printable(str(error), 200)}") from None
    _fetched[str(copy)] = address
    return copy


def fetch_named() -> None:
    """Put copies in the place of all addresses that the environment names."""
    for name in FOLDERS:
        if is_address(os.environ.get(name, "")):
            os.environ[name] = str(fetched(os.environ[name]))


def address_of(folder: str) -> str:
    """The address that a copy is from; any other folder as it is found from any other."""
    return _fetched.get(folder) or str(Path(folder).expanduser().absolute())
