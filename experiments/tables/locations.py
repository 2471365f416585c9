"""Where the project and its frozen tables lie."""

import os
import re
from functools import lru_cache
from pathlib import Path

from experiments.tables.errors import UserError, printable
from experiments.tables.secrets import hide_login, is_secret

PACKAGE_ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SETTINGS = "_quarto.yml"
JOURNAL = ".journal.json"  # lists the tables that a writer is just putting in place; see experiments.freezing
UNDO = ".undo.json"  # lists files that are put back unless the tables made from them are frozen
NEW = ".new"  # ends the name of a file that will take the place of another
OLD = ".old"  # ends the name of a copy of what a file was
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):/(?P<whole>/)?", re.IGNORECASE)  # longer than the letter of a drive


def find_project() -> Path | None:
    """The nearest folder at or above the current one that has a `_quarto.yml`, else the clone this package lies in.

    None outside of any project, with an installed package.
    """
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents, PACKAGE_ROOT) if (folder / SETTINGS).is_file()), None)


def project_root() -> Path:
    """The project, and the current folder where there is none."""
    return find_project() or Path.cwd()


def frozen_root() -> Path:
    """The folder of the frozen tables: the environment variable COLOPHON_FROZEN, else `experiments/frozen`."""
    return _chosen("COLOPHON_FROZEN") or _project() / "experiments" / "frozen"


def studies_root() -> Path:
    """The folder of the studies: the environment variable COLOPHON_STUDIES, else `experiments/studies`."""
    return _chosen("COLOPHON_STUDIES") or _project() / "experiments" / "studies"


def registry_root() -> Path:
    """The folder in which a project describes models and data sets of its own: `experiments/registry`."""
    return project_root() / "experiments" / "registry"


def cache_root() -> Path:
    """The folder of what may be made again at any time, for all projects of this user.

    It is COLOPHON_CACHE, else `colophon` below XDG_CACHE_HOME or `~/.cache`.
    """
    above = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return _chosen("COLOPHON_CACHE") or Path(above).expanduser() / "colophon"


def runs_root() -> Path:
    """The folder of what runs keep for themselves, checkpoints above all.

    It is COLOPHON_RUNS, else `runs`; also where that is an address, since only whole parts lie there.
    """
    return (None if runs_address() else _chosen("COLOPHON_RUNS")) or _project() / "runs"


def runs_address() -> str | None:
    """The address at which machines share the parts of runs, where COLOPHON_RUNS is one."""
    chosen = os.environ.get("COLOPHON_RUNS", "")
    return whole_address(chosen).rstrip("/") if is_address(chosen) else None


def _project() -> Path:
    """The project. Raises UserError where there is none: tables and studies lie in no other folder."""
    project = find_project()
    if project is None:
        raise UserError(f"no project here: no {SETTINGS} in {Path.cwd()} or above it; `report new DIR` writes one")
    return project


def _chosen(variable: str) -> Path | None:
    """The folder that an environment variable names."""
    value = os.environ.get(variable)
    return folder_here(value, variable) if value else None


def is_address(folder: str | Path) -> bool:
    """Whether it is an address, such as `s3://bucket/data`; one that was taken for a path has lost a slash."""
    return _SCHEME.match(str(folder)) is not None


def whole_address(folder: str | Path) -> str:
    """An address with both slashes. Raises UserError for one with a password, which logs and job files would hold."""
    address, scheme = str(folder), _SCHEME.match(str(folder))
    if scheme is not None and not scheme["whole"]:
        address = f"{scheme[1]}://{'/' if scheme[1] == 'file' else ''}{address[scheme.end() :]}"
    if is_secret("", address):
        raise UserError(
            f"{printable(hide_login(address))}: the address holds a password, which logs would show; leave it out, and "
            "tell it to fsspec in its configuration (~/.config/fsspec)"
        )
    return address


def folder_here(folder: str | Path, said: str) -> Path:
    """The folder that `said`, a variable or an option, names.

    Raises UserError for an address, which would become a folder of that name.
    """
    if is_address(folder):
        raise UserError(
            f"{said}: {printable(whole_address(folder))} is an address; this must be a folder, which several machines "
            "can share as a mounted disk: name its path"
        )
    return Path(folder).expanduser()


def is_interrupted(root: Path) -> bool:
    """Whether a writer of tables below `root` is at work, or left something half done."""
    return any(path for left in (JOURNAL, UNDO, f".*{NEW}", f".*{OLD}") for path in root.glob(f"*/{left}"))


def data_folder(project: Path) -> Path | None:
    """The folder of the data sets whose text a report may join; None where there is none.

    It is what COLOPHON_DATA_DIR names, else `data` in the project or `shared/data` beside it.
    """
    chosen = os.environ.get("COLOPHON_DATA_DIR")
    beside = (project / "data", project.parent / "shared" / "data")
    candidates = [folder_here(chosen, "COLOPHON_DATA_DIR")] if chosen else beside
    return next((folder for folder in candidates if folder.is_dir()), None)


def shown_path(path: Path) -> str:
    """`path` as it is best read in a message: relative to the project where it lies inside it."""
    try:
        lies_where_it_says = path.name not in ("", "..") and not path.is_symlink()
        real = _real(path.parent.absolute()) / path.name if lies_where_it_says else path.resolve()
        return real.relative_to(_real(project_root())).as_posix()
    except (ValueError, OSError, RuntimeError):
        return path.as_posix()


@lru_cache(maxsize=1024)
def _real(folder: Path) -> Path:
    """A folder without links on the way to it; every table of a folder asks for it."""
    return folder.resolve()


def split_id(table_id: str) -> tuple[str, str]:
    """`"study/table"` as its two names; UserError for anything else, so that an id never leaves the folder."""
    study, slash, table = table_id.partition("/")
    if not (slash and NAME.fullmatch(study) and NAME.fullmatch(table)):
        raise UserError(f"{table_id!r} is no table id; ids read study/table, in a-z, 0-9 and single hyphens")
    return study, table
