"""What every study says, whatever its system."""

from typing import ClassVar, Self

from pydantic import Field

from experiments.tables.closed import Closed
from experiments.tables.digest import sha256_json
from experiments.tables.presentation import Presentation
from experiments.tables.relations import Relation
from experiments.tables.sidecar import Name, Profile


class StudyBase(Closed):
    """What every study says. A system adds its own settings in a subclass."""

    in_parts: ClassVar[bool] = False
    """Whether its system has a function `parts`, which lists what a run of it falls into."""

    study: Name = Field(description="the name of the study, and of its file")
    title: str = Field(min_length=1, description="one line, as a heading would say it")
    system: Name = Field(description="the system that runs the study")
    report: Presentation = Field(
        Presentation(), exclude=True, description="how the chapters present it; no result depends on it"
    )

    relations: tuple[Relation, ...] = Field(
        (), exclude=True, description="what must hold in its tables, row by row; `experiments verify` sees to it"
    )

    @property
    def profile_names(self) -> tuple[Profile, ...]:
        """The profiles in which the study can run; none where it is the same on every machine."""
        return ()

    @property
    def default_profile(self) -> Profile | None:
        """The profile that is meant where nobody names one."""
        return "cpu" if "cpu" in self.profile_names else next(iter(self.profile_names), None)

    def at(self, profile: Profile | None) -> Self:
        """The study with what it says about this profile alone, so that the others do not count in its digest."""
        return self

    def digest(self, seeds: tuple[int, ...] = ()) -> str:
        """Digest of the resolved study, defaults filled in: comments and the order of keys do not count.

        `seeds` are those that somebody asked for in place of the study's own.
        """
        content = self.model_dump(mode="json")
        return sha256_json({"study": content, "seeds": list(seeds)} if seeds else content)
