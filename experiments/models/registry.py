"""The models that studies can name: where each lies (`registry/`) and what shape its source publishes (`configs/`).

A project describes models of its own in `experiments/registry/models/`, in the same keys. A repository of the hub needs
no entry: its name, `owner/name`, is one.
"""

import os
import re
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Self

from pydantic import Field, PrivateAttr, ValidationError, model_validator

from experiments.hub.place import HubPlace, leads_out
from experiments.study_files import complaints, read_yaml
from experiments.tables.closed import Closed
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import registry_root, shown_path
from experiments.tables.sidecar import Sha256

REGISTRY = Path(__file__).parent / "registry"
CONFIGS = Path(__file__).parent / "configs"  # a model of a recipe has its own in its registry file
VOCABULARY = Path(__file__).parent / "vocabulary.txt"  # of the models of a recipe
LABEL = r"^[A-Za-z0-9][\w.-]*(/[\w.-]+)?$"  # what a model may be called in tables: one word, or owner/name of the hub


class Package(Closed):
    """A package that carries the files of a model, or packages that carry the pieces of its GGUF file."""

    name: str = Field(description="the name by which it is imported")
    folder: str = Field(description="the folder of the model inside it")
    install: str = Field(description="the name by which it is installed")
    pieces: tuple[str, ...] = Field((), description="the pieces of the GGUF file in order, each as PACKAGE/PATH")
    command: str | None = Field(None, description="what installs it, where no lock file of a study's does")


class Recipe(Closed):
    """A model of our own: the config filled with random weights from this seed, and our own tokenizer."""

    seed: int


class Entry(Closed):
    """One model. `config` is the shape that the source publishes; a checkpoint brings its own."""

    name: str = Field(pattern=LABEL)
    title: str = ""
    source: str = Field("", description="where the config was published")
    licence: str = Field("", description="the terms under which its weights are published")
    note: str | None = None
    to_confirm: dict[str, str] = Field(default_factory=dict)
    config: dict[str, object] | None = None
    folder: str | None = Field(None, description="its folder, below a model folder or the project, if not its name")
    gguf: str | None = Field(None, description="the GGUF file that holds it, below one of its folders")
    hub: HubPlace | None = None
    package: Package | None = None
    recipe: Recipe | None = None
    sha256: dict[str, Sha256] = Field({}, description="published digests of weight files")
    retired_token: str | None = Field(None, description="an entry of a full vocabulary that becomes the pad token")
    _file: Path | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _check_types(self) -> Self:
        if self.config is not None and not isinstance(self.config.get("model_type"), str):
            raise ValueError("config has no model_type")
        if self.recipe is not None and self.config is None:
            raise ValueError("a recipe needs a config, which its random weights fill")
        if self.hub is not None and self.gguf is not None and leads_out(self.gguf):
            raise ValueError("gguf: a file of a repository must lie in it, without `..`")
        return self

    @property
    def file(self) -> Path | None:
        """The file that describes it; None for one that a study describes."""
        return self._file

    @property
    def folders(self) -> tuple[str, ...]:
        """The names under which its folder is looked for below a model folder or the project, in this order."""
        if self.folder is not None and self.file is None:
            return (self.folder,)
        names = [self.folder, self.name]
        if self.hub is not None:
            names += [self.hub.repo, self.hub.repo.partition("/")[2]]
        return tuple(dict.fromkeys(name for name in names if name))


def model_names() -> list[str]:
    """The names of all models, sorted: those that ship with the product, and the project's own."""
    return sorted({path.stem for root in (REGISTRY, _own()) for path in root.glob("*.yaml")})


def model_entry(name: str) -> Entry:
    """The model called `name`, or the repository `owner/name` of the hub.

    Raises UserError with the known names, or with what is wrong in its file, and on which line.
    """
    shipped, own = REGISTRY / f"{name}.yaml", _own() / f"{name}.yaml"
    if os.sep not in name and (shipped.is_file() or own.is_file()):
        if shipped.is_file() and own.is_file():
            raise UserError(f"{shown_path(own)}: a model that ships with the product has this name; choose another")
        described = [CONFIGS / f"{name}.yaml", shipped] if shipped.is_file() else [own]
        return _read(name, tuple((path, path.stat().st_mtime_ns) for path in described if path.is_file()))
    if "/" in name and re.fullmatch(LABEL, name):
        return Entry(name=name, title=name, source=f"https://huggingface.co/{name}", hub=HubPlace(repo=name))
    close = get_close_matches(name.lower(), model_names(), n=1, cutoff=0.6)
    guess = f" (did you mean {close[0]}?)" if close else ""
    raise UserError(
        f"unknown model {printable(name)}{guess}; there are {', '.join(model_names())}; or name a repository of the "
        "hub (owner/name), a folder (./…) or a GGUF file"
    )


def _own() -> Path:
    return registry_root() / "models"


@lru_cache(maxsize=256)
def _read(name: str, files: tuple[tuple[Path, int], ...]) -> Entry:
    """Read the entry of a model from its files, the last of which is the registry's.

    Each file comes with the time of its last change.
    """
    content: dict[str, object] = {}
    for path, _ in files:
        found, lines = read_yaml(path)
        content |= found
    try:
        entry = Entry(**{"title": name, **content, "name": name})
    except ValidationError as error:
        raise UserError("\n".join(complaints(error, path, lines, Entry))) from None
    entry._file = path
    return entry
