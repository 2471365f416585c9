"""Find the project and Quarto without importing or running anything: what a render with nothing to do has to know."""

import os
import shutil
from pathlib import Path

from experiments.tables.errors import UserError


class ProjectError(UserError):
    """`_quarto.yml` or `_variables.yml` is missing, malformed, or asks for something the press does not do."""


def find_root(start: Path | None = None) -> Path:
    """The nearest folder at or above `start` (default: here) that holds `_quarto.yml`. Raises ProjectError."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "_quarto.yml").is_file():
            return folder
    raise ProjectError(f"no _quarto.yml in {here} or above it; run inside the report's project")


def quarto_on_path() -> str:
    """The Quarto program that would be run, with its modification time; empty without one."""
    found = os.environ.get("QUARTO_PATH") or shutil.which("quarto")
    return f"{found} {os.stat(found).st_mtime_ns}" if found and os.path.exists(found) else ""
