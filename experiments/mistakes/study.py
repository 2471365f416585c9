"""The settings of a study of mistakes: those of a fine-tuning study, and the frozen tables that are misread."""

from typing import Literal, Self, get_args

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

Mistake = Literal[
    "wrong-labels",
    "random-head",
    "adapter-without-head",
    "packed-weights",
    "head-counted-twice",
    "packed-weights-and-head",
]
"""A mistake that is made on the classifier of the study itself."""
ALL_MISTAKES: tuple[Mistake, ...] = get_args(Mistake)


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

    mistakes: tuple[Mistake, ...] = Field(
        ALL_MISTAKES,
        description="the mistakes made on the classifier of this study; by default all. One that is not listed is not "
        "made. Mistakes made on tables of other studies are made where `frozen` names the table",
        exclude_if=lambda mistakes: set(mistakes) == set(ALL_MISTAKES),
    )
    heads: Count = Field(4, description="new heads for each seed that stand in for the trained one")
    frozen: Frozen = Frozen()

    @model_validator(mode="after")
    def _check_can_be_mistaken(self) -> Self:
        if len(set(self.mistakes)) < len(self.mistakes):
            raise ValueError("a mistake stands twice")
        if not (self.mistakes or self.frozen.tables):
            raise ValueError("no mistake is made: list one under mistakes, or name a table under frozen")
        if not isinstance(self.zero_shot, Likelihood):
            raise ValueError("a study of mistakes needs zero_shot with kind: likelihood")
        if self.makes("wrong-labels") and not self.zero_shot.generate:
            raise ValueError(
                "labels are misread from generated answers: zero_shot needs kind: likelihood, generate: true"
            )
        needs_lora = [mistake for mistake in self.mistakes if mistake not in ("wrong-labels", "random-head")]
        if needs_lora and self.training.method != "lora":
            raise ValueError(
                "an adapter is saved without its head by the method lora, and counted with it: "
                f"{needs_lora[0]} cannot be made with the method {self.training.method}"
            )
        return self

    def makes(self, *mistakes: Mistake) -> bool:
        """Whether one of these is made."""
        return not set(mistakes).isdisjoint(self.mistakes)


class Study(ProfiledStudy):
    """A study of the system "mistakes"."""

    system: Literal["mistakes"]
    profiles: Profiles[Settings]
