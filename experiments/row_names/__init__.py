"""Which names a function of rows writes down, read off its source without running it: cells, and tables that it reads.

What was found is remembered by the contents of the files: to parse them takes a tenth of a second for all systems.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import FunctionType

from experiments.row_names.following import cells_of, tables_of
from experiments.row_names.functions import parameters_of, scope_of
from experiments.tables.digest import sha256_file
from experiments.tables.memo import user_memo
from experiments.tables.stamps import Seen, seen

__all__ = ["Written", "written_names"]


@dataclass(frozen=True)
class Written:
    """The names that a function of rows writes down; `tables` are those that its last parameter is called with."""

    cells: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()


def written_names(function: FunctionType) -> Written:
    """What a function writes down, itself or through others that it calls; nothing where there is no source."""
    memory, key = user_memo("row-names"), f"{function.__code__.co_filename}:{function.__qualname__}"
    try:
        files, cells, tables = memory[key]
        if all(_digest(file, seen(Path(file))) == digest for file, digest in files.items()):
            return Written(frozenset(cells), frozenset(tables))
    except (TypeError, ValueError, AttributeError, OSError):
        pass  # not known, or the memory is damaged
    if (scope := scope_of(function, set())) is None:
        return Written()
    parameters = parameters_of(scope.node)
    found = Written(
        frozenset(cells_of(scope)),
        frozenset(tables_of(scope, parameters[-1]) if parameters else ()),
    )
    files = {str(file): _digest(str(file), seen(file)) for file in scope.files}
    memory[key] = [files, sorted(found.cells), sorted(found.tables)]
    return found


@lru_cache(maxsize=256)
def _digest(file: str, as_seen: Seen) -> str:
    return sha256_file(Path(file))
