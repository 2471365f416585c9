"""What the names on the command line of a comparison stand for.

It is a revision, a rendered site, a published version, an archive, or the project as it is now. Pages, tables and
sources of each lie in folders while they are compared.
"""

import os
import subprocess
import sys
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from lzma import LZMAError
from pathlib import Path
from shutil import copyfileobj
from typing import Literal
from zipfile import BadZipFile, ZipFile

from experiments.tables.errors import TableError, UserError, printable
from experiments.tables.git import ask_git, commit_of, run_git
from experiments.tables.locations import data_folder, frozen_root, shown_path
from experiments.tables.read import read_sidecar
from report.diffing.model import Compared
from report.diffing.surroundings import is_source
from report.ledger.model import VersionFile
from report.ledger.revisions import take_out, unpack_tree
from report.ledger.site_facts import NAME, VERSION
from report.rendering import stamp
from report.rendering.project import load_project

FROZEN = "experiments/frozen"
_PUBLISHED = "frozen"
"""The folder of a published version's tables."""
_LIST = "versions.json"
Part = Literal["pages", "tables", "sources"]
_LARGEST = 2**32
"""Bytes that an archive may unpack to."""
_LONGEST = 3600
"""Seconds that a revision may take to be rendered."""


class DiffError(UserError):
    """What cannot be compared."""


@dataclass(frozen=True)
class Side:
    """One of the two states: where of a report what lies, None for what is not at hand."""

    name: str
    what: str
    site: Path | None = None
    frozen: Path | None = None
    sources: Path | None = None
    version: VersionFile | None = None
    commit: str | None = None
    partial: bool = False
    """Whether the tables are only those that the pages show."""
    lacks: Mapping[Part, str] = field(default_factory=dict)
    """Why what is not at hand is not, and how to have it."""

    @property
    def described(self) -> Compared:
        """The state, as the result names it."""
        parts: dict[Part, Path | None] = {"pages": self.site, "tables": self.frozen, "sources": self.sources}
        return Compared(
            name=printable(self.name, 500),
            what=self.what,
            version=self.version.build.shown if self.version else None,
            commit=self.commit,
            holds=tuple(name for name, place in parts.items() if place is not None),
        )


@dataclass(frozen=True)
class Finder:
    """Finds what names stand for. `root` is the project, None outside of any; what is unpacked goes into `scratch`."""

    root: Path | None
    scratch: Path
    engine: str | None = None
    """The engine by which revisions are rendered; None where they are not."""

    def find(self, name: str) -> Side:
        """What `name` stands for. Raises UserError where that is nothing which can be compared."""
        if not name:
            raise DiffError("a state has an empty name; give a revision, a rendered site, a project or an archive")
        try:
            path = Path(name).expanduser()
            is_folder, is_file = path.is_dir(), path.is_file()
        except (OSError, RuntimeError):  # a name too long for a file, a user that there is not
            path, is_folder, is_file = Path(name), False, False
        if is_folder and (found := self._folder(name, path.resolve())):
            return found
        if is_file:
            return self._archive(name, path)
        here = self.root or Path.cwd()
        if not _in_repository(here):
            raise DiffError(f"{printable(name)} is no rendered site, project or archive, and no git repository is here")
        revision, colon, folder = name.partition(":")
        if colon:
            return self._tree(name, here, f"{revision}:{folder.strip('/')}")
        try:
            commit = commit_of(here, name)
        except UserError as error:
            raise DiffError(self._unknown(name, here, is_folder, error)) from None
        return self._revision(name, here, commit)

    def present(self) -> Side:
        """The project as it is now."""
        if self.root is None:
            raise DiffError("name two states, or run inside a report's project")
        return self._project("now", self.root)

    def _unknown(self, name: str, here: Path, is_folder: bool, error: UserError) -> str:
        version = name.removeprefix("v/")
        for branch in ("gh-pages", "origin/gh-pages"):
            if _knows(here, f"{branch}:v/{version}"):
                return f"{printable(name)} is a published version: name it {branch}:v/{version}"
        what = "a folder, but no rendered site or project, and" if is_folder else "neither a file nor a folder, and"
        return f"{printable(name)} is {what} {error}"

    # --- folders -----------------------------------------------------------------------------------------------------

    def _folder(self, name: str, folder: Path) -> Side | None:
        if (folder / VERSION).is_file() or (folder / NAME).is_file():
            return self.site(name, folder)
        if (folder / _LIST).is_file() and (folder / "latest" / VERSION).is_file():
            return replace(self.site(name, folder / "latest"), name=name)
        if (folder / "_quarto.yml").is_file():
            return self._project(name, folder)
        if (folder / "index.html").is_file():
            wanted = "; `report render` writes it"
            raise DiffError(f"{printable(name)} holds pages, but no {VERSION}: another tool made them{wanted}")
        return None

    def site(self, name: str, folder: Path) -> Side:
        """A rendered site, or a published version. Sources and tables are those of its commit, where that is known."""
        version = read_version(folder)
        frozen = folder / _PUBLISHED if (folder / _PUBLISHED).is_dir() else None
        what = f"{'published version' if frozen else 'rendered site'} {version.build.shown}, by {version.engine}"
        side = Side(name, what, folder, frozen, None, version, version.build.commit, partial=True)
        here, commit = self.root or Path.cwd(), version.build.commit
        if commit is None or version.build.modified or not _knows(here, f"{commit}^{{commit}}"):
            why = "no commit" if commit is None else f"commit {commit}, which is not in this repository"
            why = f"{printable(name)} was rendered from {'local changes' if version.build.modified else why}"
            return replace(side, lacks={"sources": why, **({} if frozen else {"tables": why})})
        taken = self._taken_out(here, commit_of(here, commit))
        if frozen is None and _are_shown(taken / FROZEN, version):
            side = replace(side, frozen=taken / FROZEN, partial=False)
        elif frozen is None:
            side = replace(side, lacks={"tables": f"{printable(name)} shows other tables than its commit {commit} has"})
        return replace(side, sources=taken)

    def _project(self, name: str, root: Path) -> Side:
        tables = frozen_root() if root == self.root else root / FROZEN
        side = Side(name, "the project as it is now", frozen=tables, sources=root)
        side = replace(side, commit=_head(root), what="the project as it is now" if name == "now" else "a project")
        try:
            site = load_project(root).output_dir
            version = read_version(site)
        except UserError:
            return replace(side, lacks={"pages": "nothing is rendered here: `report render`, then compare again"})
        if not stamp.inputs_are_current(root):
            why = f"{shown_path(site)} was rendered before the last changes: `report render`, then compare again"
            return replace(side, lacks={"pages": why})
        return replace(side, site=site, version=version)

    # --- archives ----------------------------------------------------------------------------------------------------

    def _archive(self, name: str, file: Path) -> Side:
        target = self._new_folder()
        try:
            with ZipFile(file) as packed:
                entries = [entry for entry in packed.infolist() if not entry.is_dir() and _stays_inside(entry.filename)]
                if sum(entry.file_size for entry in entries) > _LARGEST:
                    raise DiffError(f"{printable(name)} unpacks to more than {_LARGEST >> 30} GiB")
                for entry in entries:
                    path = target.joinpath(*entry.filename.split("/")[1:])
                    path.parent.mkdir(parents=True, exist_ok=True)
                    with packed.open(entry) as content, path.open("wb") as file_out:
                        copyfileobj(content, file_out)
        except (BadZipFile, NotImplementedError, RuntimeError, EOFError, LZMAError, zlib.error, OSError) as error:
            why = error.strerror or "its files cannot be unpacked" if isinstance(error, OSError) else str(error)
            raise DiffError(f"{printable(name)} cannot be read as an archive: {printable(why)}") from None
        sites = [path.parent for path in target.glob(f"*/{VERSION}")]
        if not (target / "_quarto.yml").is_file() or len(sites) != 1:
            raise DiffError(f"{printable(name)} is no archive that `report archive` wrote")
        version = read_version(sites[0], f"{printable(name)}: {VERSION}")
        what = f"archive of {version.build.shown}, by {version.engine}"
        return Side(name, what, sites[0], target / FROZEN, target, version, version.build.commit)

    # --- git ---------------------------------------------------------------------------------------------------------

    def _tree(self, name: str, here: Path, tree: str) -> Side:
        """A rendered site that is in a commit, such as a published version on a branch."""
        target = self._new_folder()
        try:
            unpack_tree(_top(here), tree, target)
        except UserError as error:
            raise DiffError(f"{printable(name)} is no folder of this repository ({error})") from None
        found = self._folder(name, target)
        if found is None or found.site is None:
            raise DiffError(f"{printable(name)} holds no rendered site, such as a published version (gh-pages:v/1.0.0)")
        return found

    def _revision(self, name: str, here: Path, commit: str) -> Side:
        short = commit[:12]
        if self.engine is not None:
            return self._rendered(name, here, commit)
        taken = self._taken_out(here, commit)
        return Side(
            name,
            f"revision {short}",
            frozen=taken / FROZEN,
            sources=taken,
            commit=short,
            lacks={"pages": "a revision holds no pages: `--render` renders it, or name a rendered site of it"},
        )

    def _taken_out(self, here: Path, commit: str) -> Path:
        target = self._new_folder()
        take_out(here, commit, target, lambda path: path.startswith(f"{FROZEN}/") or is_source(path))
        return target

    def _rendered(self, name: str, here: Path, commit: str) -> Side:
        """Render a revision in a clone of its own: the work tree, and what git knows of it, stay as they are."""
        clone = self._new_folder()
        below = ask_git(here, "rev-parse", "--show-prefix") or ""
        run_git(here, "clone", "--quiet", "--shared", "--no-checkout", str(_top(here)), str(clone))
        run_git(clone, "checkout", "--quiet", "--detach", commit)
        root = clone / below
        if not (root / "_quarto.yml").is_file():
            raise DiffError(f"revision {printable(name)} has no report here (no _quarto.yml)")
        _render(name, root, self.engine or "auto", data_folder(here))
        site = load_project(root).output_dir
        version = read_version(site)
        return Side(
            name,
            f"revision {commit[:12]}, rendered by {version.engine}",
            site,
            root / FROZEN,
            root,
            version,
            commit[:12],
        )

    def _new_folder(self) -> Path:
        return self.scratch / str(sum(1 for _ in self.scratch.iterdir()))


def read_version(site: Path, shown: str = "") -> VersionFile:
    """What a rendered site says of its version. Raises DiffError, with the file as it is to be `shown`."""
    try:
        return VersionFile.model_validate_json((site / VERSION).read_bytes())
    except FileNotFoundError:
        raise DiffError(f"{shown_path(site)}: there is no {VERSION}; `report render` writes it") from None
    except (ValueError, OSError):
        raise DiffError(
            f"{shown or shown_path(site / VERSION)} is not what this version of Colophon writes; render the report "
            "again with it"
        ) from None


def _render(name: str, root: Path, engine: str, data: Path | None) -> None:
    """Run `report render` there, by the packages of the revision where it has them itself."""
    own = [str(root)] if (root / "report" / "rendering" / "cli").is_dir() else []
    environment = {
        each: value for each, value in os.environ.items() if each not in ("COLOPHON_FROZEN", "QUARTO_PROFILE")
    }
    environment |= {
        "PYTHONPATH": os.pathsep.join(filter(None, [*own, os.environ.get("PYTHONPATH", "")])),
        **({"COLOPHON_DATA_DIR": str(data.resolve())} if data else {}),
    }
    program = "import sys; from report.rendering.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "render", "--engine", engine]
    try:
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False, timeout=_LONGEST)
    except subprocess.TimeoutExpired:
        raise DiffError(f"revision {printable(name)}: not rendered within {_LONGEST} s") from None
    if done.returncode:
        said = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        why = next((line for line in said if line.startswith("error: ")), said[-1] if said else "the render stopped")
        raise DiffError(f"revision {printable(name)} does not render: {printable(why.removeprefix('error: '), 300)}")


def _are_shown(frozen: Path, version: VersionFile) -> bool:
    """Whether the tables of a folder are those that the pages show."""
    try:
        return all(read_sidecar(table, frozen).digests.table == digest for table, digest in version.shown.items())
    except TableError:
        return False


def _in_repository(folder: Path) -> bool:
    return ask_git(folder, "rev-parse", "--git-dir") is not None


def _knows(folder: Path, name: str) -> bool:
    """Whether the repository around `folder` has an object of this name."""
    return ask_git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", name) is not None


def _top(folder: Path) -> Path:
    return Path(ask_git(folder, "rev-parse", "--show-toplevel") or folder)  # the folder: a bare repository


def _head(folder: Path) -> str | None:
    try:
        return commit_of(folder, "HEAD")[:12]
    except UserError:
        return None


def _stays_inside(name: str) -> bool:
    parts = name.split("/")
    foreign = name.startswith("/") or any(mark in name for mark in "\\:")
    return len(parts) > 1 and not foreign and ".." not in parts
