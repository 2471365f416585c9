"""Tables read once a process: a chapter, and a process that is forked for many, share what was read."""

from functools import lru_cache
from pathlib import Path

from experiments.tables.locations import frozen_root
from experiments.tables.read import FrozenTable, read_table, table_paths
from experiments.tables.stamps import Seen, seen


def read_once(table_id: str) -> FrozenTable:
    """The frozen table, verified; read again where one of its files changed. Raises TableError as `read_table` does."""
    root = frozen_root()
    return _read(table_id, root, tuple(map(_stamp, table_paths(table_id, root))))


@lru_cache(maxsize=512)
def _read(table_id: str, root: Path, stamp: tuple[Seen | None, ...]) -> FrozenTable:
    return read_table(table_id, root)


def _stamp(path: Path) -> Seen | None:
    try:
        return seen(path)
    except OSError:  # reading it says what is wrong
        return None
