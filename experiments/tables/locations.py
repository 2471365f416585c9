"""Where the project and its frozen tables lie."""

import os
import re
from pathlib import Path

from experiments.tables.errors import UserError

PACKAGE_ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
JOURNAL = ".journal.json"  # lists the tables that a writer is just putting in place; see experiments.freezing
NEW = ".new"  # ends the name of a file that will take the place of another


def project_root() -> Path:
    """The nearest folder at or above the current one that has a `_quarto.yml`, else the one this package lies in."""
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "_quarto.yml").is_file()), PACKAGE_ROOT)


def frozen_root() -> Path:
    """The folder of the frozen tables: the environment variable COLOPHON_FROZEN, else `experiments/frozen`."""
    chosen = os.environ.get("COLOPHON_FROZEN")
    return Path(chosen).expanduser() if chosen else project_root() / "experiments" / "frozen"


def studies_root() -> Path:
    """The folder of the studies: the environment variable COLOPHON_STUDIES, else `experiments/studies`."""
    chosen = os.environ.get("COLOPHON_STUDIES")
    return Path(chosen).expanduser() if chosen else project_root() / "experiments" / "studies"


def registry_root() -> Path:
    """The folder in which a project describes models and data sets of its own: `experiments/registry`."""
    return project_root() / "experiments" / "registry"


def cache_root() -> Path:
    """The folder of what may be made again at any time, for all projects of this user: COLOPHON_CACHE, else
    `colophon` below XDG_CACHE_HOME or `~/.cache`."""
    chosen = os.environ.get("COLOPHON_CACHE")
    above = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(chosen).expanduser() if chosen else Path(above).expanduser() / "colophon"


def runs_root() -> Path:
    """The folder of what runs keep for themselves, checkpoints above all: COLOPHON_RUNS, else `runs`."""
    chosen = os.environ.get("COLOPHON_RUNS")
    return Path(chosen).expanduser() if chosen else project_root() / "runs"


def is_interrupted(root: Path) -> bool:
    """Whether a writer of tables below `root` is at work, or left something half done."""
    return any(root.glob(f"*/{JOURNAL}")) or any(root.glob(f"*/.*{NEW}"))


def data_folder(project: Path) -> Path | None:
    """The data sets whose text a report may join: what COLOPHON_DATA_DIR names, else `data` in the project or
    `shared/data` beside it; None where there is no such folder."""
    chosen = os.environ.get("COLOPHON_DATA_DIR")
    beside = (project / "data", project.parent / "shared" / "data")
    candidates = [Path(chosen).expanduser()] if chosen else beside
    return next((folder for folder in candidates if folder.is_dir()), None)


def shown_path(path: Path) -> str:
    """`path` as it is best read in a message: relative to the project where it lies inside it."""
    try:
        return path.resolve().relative_to(project_root().resolve()).as_posix()
    except (ValueError, OSError, RuntimeError):
        return path.as_posix()


def split_id(table_id: str) -> tuple[str, str]:
    """`"study/table"` as its two names; UserError for anything else, so that an id never leaves the folder."""
    study, slash, table = table_id.partition("/")
    if not (slash and NAME.fullmatch(study) and NAME.fullmatch(table)):
        raise UserError(f"{table_id!r} is no table id; ids read study/table, in a-z, 0-9 and single hyphens")
    return study, table
