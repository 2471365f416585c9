"""The digests of everything that a table is made from, as it is now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from experiments.study import StudyBase
from experiments.system import TableSpec
from experiments.tables.digest import code_closure, code_digest, lock_digest, sha256_file, sha256_json
from experiments.tables.errors import UserError
from experiments.tables.locations import PACKAGE_ROOT, project_root
from experiments.tables.sidecar import Sidecar

# The frame decides how rows are stored and checked, not what is in them.
FRAME = (
    "experiments.cli",
    "experiments.freezing",
    "experiments.status",
    "experiments.study",
    "experiments.study_files",
    "experiments.system",
    "experiments.tables",
)


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
    study: StudyBase, spec: TableSpec, input_digest: Callable[[str], str | None], seeds: tuple[int, ...] = ()
) -> Dependencies:
    """What `spec` depends on now. `input_digest` gives the digest of another table, None where it is missing.

    `study` is the study at the profile in which it runs; `seeds` are those that stand in for its own.
    """
    inputs = {table: input_digest(table) for table in spec.inputs}
    return Dependencies(
        study=study.digest(seeds),
        code=_code(spec.code),
        lockfile=lock_digest(project_root() / "lockfiles" / f"{spec.lockfile}.txt"),
        data={name: path_digest(path) for name, path in spec.data.items() if path and path.exists()},
        models={name: path_digest(path) for name, path in spec.models.items() if path and path.exists()},
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
            "columns": [column.model_dump(mode="json") for column in of.columns],
            "sources": [source.model_dump(mode="json") for source in of.sources],
        }
    )


def path_digest(path: Path) -> str:
    """Digest of a file, or of the names and contents of all files of a folder."""
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file())
        return sha256_json([[file.relative_to(path).as_posix(), _file_digest(file, _stamp(file))] for file in files])
    return _file_digest(path, _stamp(path))


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=512)
def _file_digest(path: Path, stamp: tuple[int, int]) -> str:
    """The digest of a file; many tables are made from the same weights, which `stamp` says are still the same."""
    return sha256_file(path)


def _code(modules: tuple[str, ...]) -> str:
    closure: dict[str, Path] = {}
    for module in modules:
        top = module.partition(".")[0]
        closure |= code_closure(module, _code_root(top), within=(top, "experiments"), leave_out=FRAME)
    return code_digest(closure)


def _code_root(package: str) -> Path:
    if (PACKAGE_ROOT / package).is_dir():
        return PACKAGE_ROOT
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise UserError(f"there is no package {package} to make a table with")
    return Path(found.submodule_search_locations[0]).parent
