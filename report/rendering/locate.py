"""Find the project and Quarto without importing or running anything: what a render with nothing to do has to know."""

import os
import shutil
import sys
from pathlib import Path

from experiments.tables.errors import UserError

ENVIRONMENT = os.path.dirname(sys.executable)
"""Where an environment keeps its programs: `pip install quarto-cli` puts Quarto there."""


class ProjectError(UserError):
    """`_quarto.yml` or `_variables.yml` is missing, malformed, or names what is not there."""


def find_root() -> Path:
    """The nearest folder at or above this one that holds `_quarto.yml`. Raises ProjectError."""
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        if (folder / "_quarto.yml").is_file():
            return folder
    raise ProjectError(f"no _quarto.yml in {here} or above it; run inside the report's project")


def find_quarto(on_path: str | None) -> Path | None:
    """The Quarto program: `on_path`, which QUARTO_PATH or the PATH gives, else the environment's own."""
    found = on_path or shutil.which("quarto", path=ENVIRONMENT)
    return Path(found) if found and os.path.exists(found) else None


def quarto_in_reach() -> str:
    """The Quarto program that would be run, with its modification time; empty without one.

    It goes by the rule of the wrapper package `quarto`, which takes too long to import for a render with nothing to do.
    """
    program = find_quarto(os.environ.get("QUARTO_PATH") or shutil.which("quarto"))
    return f"{program} {program.stat().st_mtime_ns}" if program else ""
