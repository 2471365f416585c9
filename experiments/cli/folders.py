"""The folders in which a command looks for models and data sets."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def looking_in(models_dir: Path | None, data_dir: Path | None) -> Iterator[None]:
    """Look below these folders first, as the environment variables would have it; also in what the command starts."""
    given = {"COLOPHON_MODELS_DIR": models_dir, "COLOPHON_DATA_DIR": data_dir}
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
