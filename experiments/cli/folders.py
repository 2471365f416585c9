"""The folders with which a command works: of models, data sets and documents, and of tables."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from experiments.tables.locations import is_interrupted


def recover_where_interrupted(root: Path) -> None:
    """Finish what an interrupted writer left half done below `root`. Imports what does that only where it is due."""
    if is_interrupted(root):
        from experiments.freezing import recover_all

        recover_all(root)


@contextmanager
def look_first_in(
    models_dir: Path | None = None, data_dir: Path | None = None, documents_dir: Path | None = None
) -> Iterator[None]:
    """Look below these folders first, as the environment variables would have it; also in what the command starts."""
    given = {
        "COLOPHON_MODELS_DIR": models_dir,
        "COLOPHON_DATA_DIR": data_dir,
        "COLOPHON_DOCUMENTS_DIR": documents_dir,
    }
    before = {name: os.environ.get(name) for name in given}
    os.environ.update({name: str(folder) for name, folder in given.items() if folder is not None})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is not None:
                os.environ[name] = value
            else:
                os.environ.pop(name, None)
