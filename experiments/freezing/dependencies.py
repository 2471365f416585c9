"""The digests of everything that a table is made from, as it is now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from experiments.study import StudyBase
from experiments.system import TableSpec
from experiments.tables.digest import Sources, code_closure, code_digest, lock_digest, sha256_file, sha256_json
from experiments.tables.errors import UserError
from experiments.tables.locations import PACKAGE_ROOT, project_root
from experiments.tables.memo import memo
from experiments.tables.pieces import Pieces, files_of
from experiments.tables.sidecar import Sidecar
from experiments.tables.stamps import LARGE, stamp

# Code that never makes a table stale. The frame decides how rows are stored and checked, not what is in them; what is
# shown or said while a run is under way is not in the rows either.
NEVER_COUNTS = (
    "experiments.cli",
    "experiments.freezing",
    "experiments.status",
    "experiments.study",
    "experiments.study_files",
    "experiments.system",
    "experiments.tables",
    "experiments.quiet",
)
COUNTS = ("experiments.tables.printed", "experiments.tables.terms")  # what makes the cells of rows


@dataclass(frozen=True)
class Dependencies:
    """SHA-256 by what it is of. A data file, model or input that is not on this machine has no entry."""

    study: str
    code: str
    lockfile: str
    data: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)


def dependencies(
    study: StudyBase,
    spec: TableSpec,
    input_digest: Callable[[str], str | None],
    seeds: tuple[int, ...] = (),
    now: "Snapshot | None" = None,
) -> Dependencies:
    """What `spec` depends on now. `input_digest` gives the digest of another table, None where it is missing.

    `study` is the study at the profile in which it runs; `seeds` are those that stand in for its own. `now` is the look
    at code and files that tables share which are asked about together.
    """
    now = now or Snapshot()
    now.looked_at.update(
        path for file in (*spec.data.values(), *spec.models.values()) if file for path in files_of(file)
    )
    inputs = {table: input_digest(table) for table in spec.inputs}
    return Dependencies(
        study=study.digest(seeds),
        code=now.code(spec.code),
        lockfile=now.lockfile(spec.lockfile),
        data={name: now.digest(path) for name, path in spec.data.items() if path and path.exists()},
        models={name: now.digest(path) for name, path in spec.models.items() if path and path.exists()},
        inputs={table: digest for table, digest in inputs.items() if digest is not None},
    )


def description_digest(of: TableSpec | Sidecar) -> str:
    """Digest of what is said about a table: kind, how it is made and stored, title, key, columns, sources."""
    return sha256_json(
        {
            "kind": of.kind,
            "made": of.made,
            "format": of.format,
            "title": of.title,
            "key": list(of.key),
            "columns": [column.model_dump(mode="json", exclude={"volatile"}) for column in of.columns],
            "sources": [source.model_dump(mode="json") for source in of.sources],
        }
    )


class Snapshot:
    """One look at code, lock files, data and models: each file is read once, however many tables are made from it."""

    def __init__(self) -> None:
        self.sources = Sources()
        self.looked_at: set[Path] = set()
        """Files and folders of data and models that tables are made from, also where there are none, and code from
        outside `experiments`."""
        self._code: dict[tuple[str, ...], str] = {}
        self._lockfiles: dict[Path, str] = {}
        self._digests: dict[Path | Pieces, str] = {}

    def code(self, modules: tuple[str, ...]) -> str:
        """Digest of what the modules and all that they import do."""
        if modules not in self._code:
            closure: dict[str, Path] = {}
            for module in modules:
                top = module.partition(".")[0]
                within, root = (top, "experiments"), self._root_of(module)
                closure |= code_closure(module, root, within, NEVER_COUNTS, COUNTS, self.sources)
            self._code[modules] = code_digest(closure, self.sources)
            self.looked_at.update(path for name, path in closure.items() if name.partition(".")[0] != "experiments")
        return self._code[modules]

    def _root_of(self, module: str) -> Path:
        """The folder to look for a module from: of our packages, the project, or where its package is installed."""
        for root in (PACKAGE_ROOT, project_root()):
            if self.sources.path(module, root):
                return root
        package = module.partition(".")[0]
        found = find_spec(package)
        if found is None or not found.submodule_search_locations:
            raise UserError(f"there is no package {package} to make a table with")
        return Path(found.submodule_search_locations[0]).parent

    def lockfile(self, name: str) -> str:
        """Digest of the pins in a lock file of the project."""
        path = project_root() / "lockfiles" / f"{name}.txt"
        if path not in self._lockfiles:
            self._lockfiles[path] = lock_digest(path)
        return self._lockfiles[path]

    def digest(self, path: Path | Pieces) -> str:
        """Digest of a file, or of the names and contents of all files of a folder."""
        if isinstance(path, Path) and path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.is_file())
            return sha256_json([[file.relative_to(path).as_posix(), self.digest(file)] for file in files])
        if path not in self._digests:
            self._digests[path] = _file_digest(path)
        return self._digests[path]


def _file_digest(path: Path | Pieces) -> str:
    """The digest of a file; large ones, such as weights, are hashed again only where their stamp is not known."""
    seen = [(file.resolve(), stamp(file)) for file in files_of(path)]
    small = sum(file.stat().st_size for file, _ in seen) < LARGE
    if small or any(known is None for _, known in seen):
        return sha256_file(path)
    known, key = memo("files"), " ".join(f"{file} {known}" for file, known in seen)
    digest = known[key]
    if not isinstance(digest, str):
        known[key] = digest = sha256_file(path)
    return digest
