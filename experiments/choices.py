"""What studies choose from the registries, and studies that have settings for each profile."""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, ClassVar, Generic, Literal, Self, TypeVar

from pydantic import Discriminator, Field, Tag, model_validator

from experiments.data.mapping import DataMapping
from experiments.data.mapping import Entry as DataEntry
from experiments.data.registry import dataset_entry
from experiments.hub.place import HubPlace, Revision, leads_out
from experiments.models.families import Family, blocks_of
from experiments.models.locate import family, known_config, local_paths, locate, pinned
from experiments.models.registry import LABEL, Entry
from experiments.study import StudyBase
from experiments.tables.closed import Closed
from experiments.tables.errors import UserError
from experiments.tables.locations import project_root
from experiments.tables.pieces import Pieces
from experiments.tables.sidecar import Profile

PATH_STARTS = (".", "/", "~")

T = TypeVar("T")
Settings = TypeVar("Settings", bound=Closed)

Text = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]


def _place(description: str, pattern: str | None = None) -> Any:
    """An optional key that says where a model lies; a study that does not give it has the digest of one without it."""
    return Field(None, min_length=1, pattern=pattern, description=description, exclude_if=lambda place: place is None)


class ModelChoice(Closed):
    """A model: one that a registry names, a repository of the hub, a folder or a GGUF file.

    `name` is what tables call it. Alone it may be any of the four: a name of the registry, `owner/name` of the hub
    (with a revision), a folder that begins with `.`, `/` or `~`, or a file that ends in `.gguf`; the latter two are
    then called by their last part. Paths are relative to the model folder or the project.
    """

    name: str = Field("", pattern=LABEL, description="what tables call it; without a place also where it lies")
    revision: Revision | None = None
    hub: str | None = _place("its repository on the hub, owner/name", pattern=r"^[\w.-]+/[\w.-]+$")
    folder: str | None = _place("its folder, relative to the model folder or the project")
    gguf: str | None = _place("its GGUF file, relative to the model folder or the project, or in its repository")

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, given: object) -> object:
        """The name of a place that has none, and the place that a name alone is."""
        if not isinstance(given, dict):
            return {"name": given} if isinstance(given, str) and _is_name(given) else _at(given)
        place = next((given[key] for key in ("folder", "gguf") if isinstance(given.get(key), str)), None)
        name = given.get("name", given.get("hub") if place is None else _last_part(place))
        if place is not None or given.get("hub") is not None:
            return {**given, "name": name}
        if name is None and set(given) <= {"revision"}:
            raise ValueError("a model needs its name, or hub, folder or gguf, which say where it lies")
        return given if not isinstance(name, str) or _is_name(name) else given | _at(name)

    @model_validator(mode="after")
    def _check_known(self) -> Self:
        if self.folder is not None and (self.gguf is not None or self.hub is not None):
            raise ValueError("a model lies in a folder, or in a GGUF file, or on the hub: folder stands alone")
        if self.hub is not None and self.gguf is not None and leads_out(self.gguf):
            raise ValueError("gguf: a file of a repository must lie in it, without `..`")
        return _known_or_value_error(self, lambda: self.entry)

    @property
    def entry(self) -> Entry:
        """What it is and where it lies. Raises UserError for a name that no registry knows."""
        if self.folder is None and self.gguf is None and self.hub is None:
            return pinned(self.name, self.revision)
        hub = None if self.hub is None else HubPlace(repo=self.hub, revision=self.revision)
        return Entry(name=self.name, title=self.name, folder=self.folder, gguf=self.gguf, hub=hub)

    @property
    def said_place(self) -> Path | None:
        """Where in the project it lies by what the study says, be it there or not; None where it says nothing."""
        place = self.folder or (None if self.hub else self.gguf)
        return None if place is None else project_root() / Path(place).expanduser()

    @property
    def family(self) -> Family | None:
        """Whether it is a decoder or an encoder; None where that is not known before it is here."""
        return family(self.entry)

    def check_decoder(self, what: str) -> None:
        """Raise ValueError where the model is known to be no decoder; `what` it is to do, such as "generate"."""
        if self.family not in ("decoder", None):
            kind = "an encoder" if self.family == "encoder" else "no decoder"
            raise ValueError(f"{self.name} is {kind}, which cannot {what}")

    def check_depth(self, layer: int, what: str) -> None:
        """Raise ValueError where the model is known to have no such block; `what` is asked for, such as "exit"."""
        blocks = blocks_of(known_config(self.entry))
        if blocks is not None and layer > blocks:
            raise ValueError(f"{self.name} has {blocks} blocks, so there is no {what} {layer}")


class ChatPrompt(Closed):
    """A prompt that is put to the model as what a user says, by its tokenizer's own chat template."""

    chat: Literal[True]
    text: Text = Field(description="the template of what the user says; answers need no leading space")
    system: Text | None = Field(None, description="what the system says before; by default what the template has")


Prompt = Annotated[
    Annotated[Text, Tag("Text")] | Annotated[ChatPrompt, Tag("ChatPrompt")],
    Discriminator(lambda prompt: "Text" if isinstance(prompt, str) else "ChatPrompt"),
]
"""A template for a prompt, to be gone on with as it stands, or to be put to the model as a turn of a conversation."""


def template_of(prompt: str | ChatPrompt) -> str:
    """The template with its fields in braces."""
    return prompt.text if isinstance(prompt, ChatPrompt) else prompt


class DataChoice(DataMapping):
    """A data set: by its name in a registry, or described here by `kind`, `fields`, `splits` and what they need."""

    name: str = Field(pattern=r"^[\w.-]+$")
    revision: Revision | None = Field(None, description="the commit on the hub, where the registry pins none")

    @model_validator(mode="after")
    def _check_known(self) -> Self:
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

    in_parts: ClassVar[bool] = True

    profiles: Any

    @property
    def profile_names(self) -> tuple[Profile, ...]:
        return tuple(name for name, settings in self.profiles if settings is not None)

    @model_validator(mode="after")
    def _check_profile(self) -> Self:
        if not self.profile_names:
            raise ValueError("a study needs at least one profile")
        return self

    def at(self, profile: Profile | None) -> Self:
        """The study with what it says about this profile alone, so that the others do not count in its digest."""
        chosen = dict(self.profiles)[profile] if profile else None
        return self.model_copy(update={"profiles": type(self.profiles)(**{profile: chosen})}) if chosen else self

    @property
    def chosen(self) -> Any:
        """The settings of a study that `at` has narrowed to one profile."""
        [settings] = (settings for _, settings in self.profiles if settings is not None)
        return settings


def model_paths(models: Iterable[ModelChoice]) -> dict[str, Path | Pieces | None]:
    """The files of every model on this machine, for `TableSpec.models`.

    Of one that is not here it is the place in the project where it would be looked for, or None.
    """
    found: dict[str, Path | Pieces | None] = {}
    for model in models:
        found |= local_paths(model.entry) or {model.name: model.said_place}
    return found


def check_models_are_here(models: Iterable[ModelChoice]) -> None:
    """Raise UserError, before a run begins its work, for the first model that is not found or has to be installed.

    One that is on the hub alone is fetched.
    """
    for model in models:
        if model.entry.recipe is None:
            locate(model.entry)


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


def _is_name(text: str) -> bool:
    return not text.startswith(PATH_STARTS) and not text.endswith(".gguf")


def _at(path: object) -> object:
    """A path that stands alone, with the name that its last part gives."""
    if not isinstance(path, str):
        return path
    return {"name": _last_part(path), "gguf" if path.endswith(".gguf") else "folder": path}


def _last_part(place: str) -> str:
    """What a folder or a file is called in tables."""
    name = Path(place).name.removesuffix(".gguf")
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "model"


def _known_or_value_error(value: T, look_up: Callable[[], object]) -> T:
    try:
        look_up()
    except UserError as error:
        raise ValueError(str(error)) from None
    return value
