"""The data sets that studies can name: one file each under `registry/`."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import Field, ValidationError

from experiments.data.parse import Kind
from experiments.hub.place import HubPlace
from experiments.tables.closed import Closed
from experiments.tables.errors import UserError, printable
from experiments.tables.sidecar import Source

REGISTRY = Path(__file__).parent / "registry"
SMOKE = Path(__file__).parent / "smoke"


class SplitFiles(Closed):
    """Where one split lies: below a data folder, and in the repository of the hub."""

    file: str
    hub: str | None = None


class Entry(Closed):
    """One data set. `labels` are in the order of a head's outputs; `codes` what files write for them."""

    name: str
    title: str
    source: str
    licence: str
    note: str | None = None
    kind: Kind
    labels: tuple[str, ...] = ()
    codes: dict[str, str | None] = Field(default_factory=dict)
    shipped: bool = Field(False, description="whether its files lie in this package")
    hub: HubPlace | None = None
    splits: dict[str, SplitFiles]

    def split(self, name: str) -> SplitFiles:
        """The files of a split. Raises UserError with the known ones."""
        if name not in self.splits:
            raise UserError(f"{self.name} has no split {printable(name)}; it has {', '.join(self.splits)}")
        return self.splits[name]

    def cited(self, split: str, sha256: str | None = None) -> Source:
        """The source for a sidecar."""
        return Source(title=self.title, place=f"split {split}", url=self.source, sha256=sha256)


def dataset_names() -> list[str]:
    """The names of all data sets, sorted."""
    return sorted(path.stem for path in REGISTRY.glob("*.yaml"))


@cache
def dataset_entry(name: str) -> Entry:
    """The data set called `name`. Raises UserError with the known names, or with what is wrong in its file."""
    if name not in dataset_names():
        raise UserError(f"unknown data set {printable(name)}; there are {', '.join(dataset_names())}")
    try:
        content = yaml.safe_load((REGISTRY / f"{name}.yaml").read_text(encoding="utf-8"))
        return Entry(name=name, **content)
    except (yaml.YAMLError, ValidationError, TypeError) as error:
        raise UserError(f"experiments/data/registry/{name}.yaml: {printable(str(error), 300)}") from None
