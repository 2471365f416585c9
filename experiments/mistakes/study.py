"""The settings of a study of mistakes: those of a fine-tuning study, and the frozen tables that are misread."""

from typing import Literal, Self

from pydantic import Field, model_validator

from experiments.choices import Count, ProfiledStudy, Profiles
from experiments.finetuning.study import Likelihood
from experiments.finetuning.study import Settings as FineTuning
from experiments.tables.closed import Closed
from experiments.tables.errors import UserError
from experiments.tables.locations import split_id

NEW_HEAD = "new-head"
"""The stage of a classifier with a new head, before anything is trained; the number of the head follows."""
WITHOUT_HEAD = "adapter-without-head"
"""The stage of one whose trained adapter was loaded over such a head."""


class Misread(Closed):
    """A frozen table of another study, and whose rows of it count where it has several models."""

    table: str = Field(description="the frozen table: study/table")
    model: str | None = Field(None, description="a model of the table; by default the one that shows the mistake first")

    @model_validator(mode="after")
    def _check_is_id(self) -> Self:
        try:
            split_id(self.table)
        except UserError as error:
            raise ValueError(str(error)) from None
        return self


class Frozen(Closed):
    """The frozen tables of other studies on which mistakes are made anew; each may be left out."""

    answers: Misread | None = Field(None, description="answers to questions, in whose place nothing is answered")
    statistics: Misread | None = Field(None, description="BLEU statistics of answers, with and without the prompt")
    layers: Misread | None = Field(None, description="probes of every layer, of which the first is misread")

    @property
    def tables(self) -> tuple[str, ...]:
        """The ids of those that are named."""
        return tuple(each.table for each in (self.answers, self.statistics, self.layers) if each)


class Settings(FineTuning):
    """What a study does in one profile."""

    heads: Count = Field(4, description="new heads for each seed that stand in for the trained one")
    frozen: Frozen = Frozen()

    @model_validator(mode="after")
    def _check_can_be_mistaken(self) -> Self:
        if not (isinstance(self.zero_shot, Likelihood) and self.zero_shot.generate):
            raise ValueError(
                "labels are misread from generated answers: zero_shot needs kind: likelihood, generate: true"
            )
        if self.training.method != "lora":
            raise ValueError(f"an adapter is saved without its head by the method lora, not {self.training.method}")
        return self


class Study(ProfiledStudy):
    """A study of the system "mistakes"."""

    system: Literal["mistakes"]
    profiles: Profiles[Settings]
