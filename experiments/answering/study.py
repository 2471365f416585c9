"""The settings of a study of question answering: one set for each profile, each complete in itself."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from experiments.choices import (
    Count,
    DataChoice,
    ModelChoice,
    ProfiledStudy,
    Profiles,
    Prompt,
    Seed,
    Text,
    each_once,
    fields,
    template_of,
)
from experiments.data.test_split import TestSplit
from experiments.tables.closed import Closed
from experiments.tables.sidecar import Name
from experiments.training.settings import Seeds, Training


class Split(Closed):
    """Which questions train, validate and test. No article stands in two of the three.

    Questions about paragraphs of more than `longest` characters are left out first. The articles of the split `train`
    are then parted at random (its paragraphs, where all are of one article or none is named), and so many questions of
    each part drawn; all of them where there is no number.
    """

    train: str = Field(description="the split whose articles are parted into training and validation")
    share: float = Field(gt=0, lt=1, description="share of its questions that may be trained on; the rest validates")
    test: TestSplit
    longest: Count | None = Field(None, description="characters of the longest paragraph that is taken")
    train_n: Count | None = None
    validation_n: Count | None = None
    test_n: Count | None = None
    seed: Seed = 0


class Extractive(Closed):
    """Answers are spans of the paragraph, which a head marks. Longer paragraphs are read in overlapping windows."""

    kind: Literal["extractive"]
    name: Name
    model: ModelChoice
    training: Training = Field(description="its max_tokens are those of a window")
    stride: int = Field(ge=0, description="tokens of the paragraph that neighbouring windows share")
    max_answer_tokens: Count = 30
    best: Count = Field(20, description="how many of the best spans are looked at for the right one")

    @model_validator(mode="after")
    def _check_window_moves_on(self) -> Self:
        if self.stride >= self.training.max_tokens:
            raise ValueError(f"a stride of {self.stride} shares all of a window of {self.training.max_tokens} tokens")
        return self


class Generative(Closed):
    """Answers are generated after a prompt, greedily, up to the first line end or end token."""

    kind: Literal["generative"]
    name: Name
    model: ModelChoice
    training: Training = Field(description="its max_tokens are those of prompt and answer")
    prompt: Prompt = Field(description="with {context} and {question}; without a space at its end")
    abstain: Text | None = Field(
        None,
        description="the continuation that says that there is no answer; in a chat without a space. Without it the "
        "model trains on questions that have an answer alone, and abstains by the threshold alone",
    )
    max_new_tokens: Count

    @model_validator(mode="after")
    def _check_fits(self) -> Self:
        if fields(template_of(self.prompt)) != ["context", "question"]:
            raise ValueError("prompt must hold {context} and {question}, each once, and nothing else in braces")
        if isinstance(self.prompt, str) and self.prompt != self.prompt.rstrip():
            raise ValueError("prompt must not end in white space: answers begin with it")
        if self.max_new_tokens >= self.training.max_tokens:
            raise ValueError(f"max_new_tokens is {self.max_new_tokens}: no token is left for the prompt")
        self.model.check_decoder("generate")
        return self


Approach = Annotated[Extractive | Generative, Field(discriminator="kind")]


class Settings(Closed):
    """What a study does in one profile."""

    data: DataChoice
    split: Split
    approaches: tuple[Approach, ...]
    seeds: Seeds

    @model_validator(mode="after")
    def _check_consistency(self) -> Self:
        entry = self.data.entry
        if entry.kind != "question":
            raise ValueError(f"{entry.name} has no questions")
        missing = [split for split in (self.split.train, self.split.test) if split not in entry.split_names]
        if missing:
            raise ValueError(f"{entry.name} has no split {missing[0]}; it has {', '.join(entry.split_names)}")
        if not self.approaches:
            raise ValueError("a study needs at least one approach")
        if any(approach.training.best_by == "accuracy" for approach in self.approaches):
            raise ValueError("best_by: accuracy is for classifiers; answers are chosen by loss")
        each_once("the approach", [approach.name for approach in self.approaches])
        return self


class Study(ProfiledStudy):
    """A study of the system "answering"."""

    system: Literal["answering"]
    profiles: Profiles[Settings]
