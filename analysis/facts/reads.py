"""The files of the project that a chapter opens while its cells run, for its fact log.

Python tells an audit hook of every file that is opened, whichever library does it. Tables and data sets are recorded by
the functions that read them; what programs leave in the project (caches, outputs, figures) is no source.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from experiments.tables.digest import code_digest, sha256_file
from experiments.tables.errors import UserError
from experiments.tables.locations import PACKAGE_ROOT, data_folder, frozen_root

OWN = ("analysis", "experiments", "report")
"""The packages of Colophon itself, wherever they are installed."""
_MADE = frozenset({"_site", "_freeze", "_ledger", "__pycache__"})
_FIGURES = ("report", "figures")
_COMPILED = "__pycache__"
_PACKAGES = tuple(f"{PACKAGE_ROOT / name}{os.sep}" for name in OWN)

_opened: dict[str, None] = {}
_written: set[str] = set()
_watching = False
_paused = False
_tell: Callable[[str], None] | None = None


def watch() -> None:
    """Begin to note what is opened; once a process."""
    global _watching
    if not _watching:
        _watching = True
        sys.addaudithook(_heard)


@contextmanager
def paused() -> Iterator[None]:
    """Note nothing meanwhile: what we open ourselves to look at a chapter is not what the chapter reads."""
    global _paused
    before, _paused = _paused, True
    try:
        yield
    finally:
        _paused = before


def record(project: Path, append: Callable[[str, str], None]) -> None:
    """Give `append` path (below the project) and digest of each file read so far, and of each one to come.

    Python's own files are compared as modules are, without comments and docstrings.
    """
    global _tell
    told: set[str] = set()
    inside = f"{project}{os.sep}"

    def tell(name: str) -> None:
        if name in told or not name.startswith(inside) or _is_ours(name):
            return
        path = Path(name)
        if not counts(project, path):
            return
        told.add(name)
        with paused(), suppress(UserError, OSError):  # gone again, or no Python
            append(path.relative_to(project).as_posix(), file_digest(path))

    for name in list(_opened):
        tell(name)
    _tell = tell


def file_digest(path: Path) -> str:
    """The digest by which a file counts as changed. Raises UserError where it cannot be read."""
    return code_digest({path.name: path}) if path.suffix == ".py" else sha256_file(path)


def counts(project: Path, path: Path) -> bool:
    """Whether the file is a source of the project, and not a table, a data set or something that was made."""
    if not path.is_relative_to(project):
        return False
    if any(part in _MADE or part.startswith(".") for part in path.relative_to(project).parts):
        return False
    data = data_folder(project)
    apart = [frozen_root(), *([data] if data else []), project.joinpath(*_FIGURES), Path(sys.prefix)]
    return not any(path.is_relative_to(folder) for folder in apart) and path.is_file()


def _is_ours(name: str) -> bool:
    """Whether it is a module of Colophon, which `analysis.facts.dependencies` tells from the import statements."""
    return name.endswith(".py") and name.startswith(_PACKAGES)


def _heard(event: str, arguments: tuple[object, ...]) -> None:
    if event != "open" or _paused or not isinstance(arguments[0], str | bytes):
        return
    name, mode, flags = arguments
    path = os.path.abspath(os.fsdecode(name))
    if flags & os.O_ACCMODE != os.O_RDONLY if mode is None else set(str(mode)) & set("wxa+"):
        _written.add(path)
        return
    folder, _, file = path.rpartition("/")
    if folder.endswith(_COMPILED):
        path = f"{folder.removesuffix(_COMPILED)}{file.partition('.')[0]}.py"
    if path in _opened or path in _written:
        return
    _opened[path] = None
    if _tell is not None:
        _tell(path)
