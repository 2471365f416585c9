"""The data sets that studies can name: one file each under `registry/` here, or in the project's own registry."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from experiments.data.mapping import Entry
from experiments.study_files import complaints, read_yaml
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import registry_root, shown_path

REGISTRY = Path(__file__).parent / "registry"
SMOKE = Path(__file__).parent / "smoke"


def dataset_names() -> list[str]:
    """The names of all data sets, sorted: those of the package and those of the project."""
    return sorted(path.stem for folder in (REGISTRY, own_registry()) for path in folder.glob("*.yaml"))


def own_registry() -> Path:
    """The folder of the project's own data sets, which need not be there."""
    return registry_root() / "data"


def registry_file(name: str) -> Path | None:
    """The project's own file that describes a data set; None for one of the package."""
    path = own_registry() / f"{name}.yaml"
    return path if path.is_file() else None


def dataset_entry(name: str) -> Entry:
    """The data set called `name`. Raises UserError with the known names, or with file and line of what is wrong."""
    ours = REGISTRY / f"{name}.yaml"
    if name not in dataset_names():
        raise UserError(
            f"unknown data set {printable(name)}; there are {', '.join(dataset_names())}; describe one of your own "
            f"under data (kind, fields, splits) or in {shown_path(own_registry())}/{printable(name)}.yaml"
        )
    own = registry_file(name)
    if own and ours.is_file():
        raise UserError(f"{shown_path(own)}: there is a data set of this name in the package; name the file otherwise")
    return _read(own, "project") if own else _shipped(name)


@cache
def _shipped(name: str) -> Entry:
    return _read(REGISTRY / f"{name}.yaml", "package")


def _read(path: Path, origin: Literal["package", "project"]) -> Entry:
    content, lines = read_yaml(path)
    try:
        return Entry.model_validate({**content, "name": path.stem, "origin": origin})
    except ValidationError as error:
        raise UserError("\n".join(complaints(error, path, lines, Entry))) from None
