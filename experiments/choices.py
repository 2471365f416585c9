"""What studies choose from the registries, and studies that have settings for each profile."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import Field, model_validator

from experiments.data.mapping import DataMapping
from experiments.data.mapping import Entry as DataEntry
from experiments.data.registry import dataset_entry
from experiments.hub.place import Revision
from experiments.models.locate import local_paths
from experiments.models.registry import model_entry
from experiments.study import StudyBase
from experiments.tables.closed import Closed
from experiments.tables.errors import UserError
from experiments.tables.sidecar import Profile

T = TypeVar("T")
Settings = TypeVar("Settings", bound=Closed)

Text = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]


class ModelChoice(Closed):
    """A model by its registry name; a revision where the registry pins none."""

    name: str
    revision: Revision | None = None

    @model_validator(mode="after")
    def _known(self) -> Self:
        return _known_or_value_error(self, lambda: model_entry(self.name))


class DataChoice(DataMapping):
    """A data set: by its name in a registry, or described here by `kind`, `fields`, `splits` and what they need."""

    name: str = Field(pattern=r"^[\w.-]+$")
    revision: Revision | None = Field(None, description="the commit on the hub, where the registry pins none")

    @model_validator(mode="after")
    def _known(self) -> Self:
        described = self.model_fields_set - {"name", "revision"}
        if self.kind is None and described:
            raise ValueError(f"{min(described)} describes a data set of your own; say of which kind it is")
        return _known_or_value_error(self, lambda: self.entry)

    @property
    def entry(self) -> DataEntry:
        """The data set as a registry or this study describes it, at this revision."""
        if self.kind is not None:
            own = {key: value for key, value in self if key in self.model_fields_set and key != "revision"}
            entry = DataEntry(**own, origin="study")
        else:
            entry = dataset_entry(self.name)
        if self.revision is None or entry.hub is None:
            return entry
        return entry.model_copy(update={"hub": entry.hub.model_copy(update={"revision": self.revision})})


class Profiles(Closed, Generic[Settings]):
    """What a study does in each profile that it has, in the settings of its system."""

    smoke: Settings | None = None
    cpu: Settings | None = None
    full: Settings | None = None


class ProfiledStudy(StudyBase):
    """A study that says in `profiles`, a model with one field for each profile, what it does in them."""

    profiles: Any

    @property
    def profile_names(self) -> tuple[Profile, ...]:
        fields = type(self.profiles).model_fields
        return tuple(name for name in fields if getattr(self.profiles, name) is not None)

    @model_validator(mode="after")
    def _has_a_profile(self) -> Self:
        if not self.profile_names:
            raise ValueError("a study needs at least one profile")
        return self

    def at(self, profile: Profile | None) -> Self:
        """The study with what it says about this profile alone, so that the others do not count in its digest."""
        chosen = getattr(self.profiles, profile) if profile else None
        return self.model_copy(update={"profiles": type(self.profiles)(**{profile: chosen})}) if chosen else self

    @property
    def chosen(self) -> Any:
        """The settings of a study that `at` has narrowed to one profile."""
        [name] = self.profile_names
        return getattr(self.profiles, name)


def model_paths(models: Iterable[ModelChoice]) -> dict[str, Path | None]:
    """The files of every model on this machine, None for a model that is not here: for `TableSpec.models`."""
    found: dict[str, Path | None] = {}
    for model in models:
        found |= local_paths(model.name, revision=model.revision) or {model.name: None}
    return found


def each_once(what: str, names: Sequence[object]) -> None:
    """Raise ValueError where one of `names` stands twice; `what` says of which kind they are, such as "the model"."""
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"{what} {twice[0]} stands twice")


def fields(template: str) -> list[str] | None:
    """What stands in braces, sorted; None where a brace has no other."""
    try:
        return sorted(field for _, field, _, _ in Formatter().parse(template) if field is not None)
    except ValueError:
        return None


def _known_or_value_error(value: T, look_up: Callable[[], object]) -> T:
    try:
        look_up()
    except UserError as error:
        raise ValueError(str(error)) from None
    return value
