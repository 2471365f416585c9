"""The models that studies can name: where each lies (`registry/`) and what shape its source publishes (`configs/`)."""

from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from experiments.hub.place import HubPlace
from experiments.tables.closed import Closed
from experiments.tables.errors import UserError, printable
from experiments.tables.sidecar import Sha256

REGISTRY = Path(__file__).parent / "registry"
CONFIGS = Path(__file__).parent / "configs"  # a model of a recipe has its own in its registry file
VOCABULARY = Path(__file__).parent / "vocabulary.txt"  # of the models of a recipe
ENCODERS = ("bert",)


class Package(Closed):
    """A package that carries the files of a model."""

    name: str = Field(description="the name by which it is imported")
    folder: str = Field(description="the folder of the model inside it")
    install: str = Field(description="the name by which it is installed")


class Recipe(Closed):
    """A model of our own: the config filled with random weights from this seed, and our own tokenizer."""

    seed: int


class Entry(Closed):
    """One model. `config` is the shape that the source publishes; a checkpoint brings its own."""

    name: str
    title: str
    source: str = Field(description="where the config was published")
    note: str | None = None
    to_confirm: dict[str, str] = Field(default_factory=dict)
    config: dict[str, object]
    folder: str | None = Field(None, description="its folder below a model folder, where that is not its name")
    hub: HubPlace | None = None
    package: Package | None = None
    recipe: Recipe | None = None
    sha256: dict[str, Sha256] = Field({}, description="published digests of weight files")
    retired_token: str | None = Field(None, description="an entry of a full vocabulary that becomes the pad token")

    @model_validator(mode="after")
    def _typed(self) -> Self:
        if not isinstance(self.config.get("model_type"), str):
            raise ValueError("config has no model_type")
        return self

    @property
    def family(self) -> Literal["decoder", "encoder"]:
        return "encoder" if self.config["model_type"] in ENCODERS else "decoder"

    @property
    def folders(self) -> tuple[str, ...]:
        """The names under which its folder is looked for below a model folder, in this order."""
        names = [self.folder, self.name]
        if self.hub is not None:
            names += [self.hub.repo, self.hub.repo.partition("/")[2]]
        return tuple(dict.fromkeys(name for name in names if name))


def model_names() -> list[str]:
    """The names of all models, sorted."""
    return sorted(path.stem for path in REGISTRY.glob("*.yaml"))


@cache
def model_entry(name: str) -> Entry:
    """The model called `name`. Raises UserError with the known names, or with what is wrong in its file."""
    if name not in model_names():
        close = get_close_matches(name.lower(), model_names(), n=1, cutoff=0.6)
        guess = f" (did you mean {close[0]}?)" if close else ""
        raise UserError(f"unknown model {printable(name)}{guess}; there are {', '.join(model_names())}")
    paths = [folder / f"{name}.yaml" for folder in (CONFIGS, REGISTRY)]
    try:
        files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths if path.is_file()]
        return Entry(name=name, **{key: value for file in files for key, value in file.items()})
    except (yaml.YAMLError, ValidationError, TypeError, AttributeError) as error:
        raise UserError(f"experiments/models/registry/{name}.yaml: {printable(str(error), 300)}") from None
