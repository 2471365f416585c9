"""The settings of a study of early exits: one set for each profile, each complete in itself."""

from typing import Literal, Self

from pydantic import Field, model_validator

from experiments.choices import Count, DataChoice, ModelChoice, ProfiledStudy, Profiles, Seed, Text, each_once, fields
from experiments.tables.closed import Closed
from experiments.tables.sidecar import Name
from experiments.training.settings import Seeds, Training


class Split(Closed):
    """Which instructions train, validate and test.

    Left out first are those whose output is empty or, where it must be `one_line`, holds a line end, and those whose
    instruction or output is too long. Then `test_n`, `validation_n` and `train_n` are drawn in this order, and no
    normalised instruction with its input stands in two parts.
    """

    split: str
    train_n: Count
    validation_n: Count
    test_n: Count
    longest_prompt: Count | None = Field(None, description="characters of instruction and input together, at most")
    longest_output: Count | None = Field(None, description="characters of the reference output, at most")
    one_line: bool = Field(False, description="take no output that holds a line end")
    seed: Seed = 0


class Prompt(Closed):
    """How an instruction is put to a model. Answers begin with a space, so templates do not end in white space; as a
    chat, by the model's own template, they begin without one."""

    with_input: Text = Field(description="with {instruction} and {input}")
    without_input: Text = Field(description="with {instruction}, where there is no input")
    chat: bool = Field(
        False, description="put it to the model by its tokenizer's chat template", exclude_if=lambda chat: not chat
    )

    @model_validator(mode="after")
    def _check_fields(self) -> Self:
        for name, template, wanted in (
            ("with_input", self.with_input, ["input", "instruction"]),
            ("without_input", self.without_input, ["instruction"]),
        ):
            if fields(template) != wanted:
                shown = " and ".join(f"{{{field}}}" for field in reversed(wanted))
                raise ValueError(f"{name} must hold {shown}, each once, and nothing else in braces")
            if template != template.rstrip():
                raise ValueError(f"{name} must not end in white space: answers begin with it")
        return self

    def filled(self, instruction: str, context: str) -> str:
        """The prompt for an instruction and its input, which may be empty."""
        if context:
            return self.with_input.format(instruction=instruction, input=context)
        return self.without_input.format(instruction=instruction)


class Shown(Closed):
    """A prompt whose tokens are followed through the layers, in words of our own: they are frozen and shown."""

    name: Name
    instruction: Text
    input: str = ""
    output: Text = Field(description="the reference answer, in one line")


class Exits(Closed):
    """One model with its exits."""

    model: ModelChoice
    prompt: Prompt
    end: Text | None = Field(None, description="the text of one token that ends an answer; by default the end token")
    depths: tuple[Count, ...] = Field(min_length=1, description="after how many blocks the model answers, rising")
    max_new_tokens: Count
    training: Training = Field(description="its max_tokens are those of prompt and answer")
    shown: tuple[Shown, ...] = ()
    shown_tokens: Count = Field(48, description="of a shown prompt's produced tokens, and of its reference, at most")

    @model_validator(mode="after")
    def _check_consistency(self) -> Self:
        self.model.check_decoder("generate")
        if list(self.depths) != sorted(set(self.depths)):
            raise ValueError("depths must rise, each once")
        self.model.check_depth(self.depths[-1], "exit after")
        if self.max_new_tokens >= self.training.max_tokens:
            raise ValueError(f"max_new_tokens is {self.max_new_tokens}: no token is left for the prompt")
        names = [shown.name for shown in self.shown]
        if len(set(names)) < len(names):
            raise ValueError("two shown prompts have the same name")
        return self


class BertScore(Closed):
    """The encoder whose vectors BERTScore compares, and the layer from which it takes them."""

    model: ModelChoice
    layer: Count

    @model_validator(mode="after")
    def _check_layer_of_encoder(self) -> Self:
        if self.model.family not in ("encoder", None):
            raise ValueError(f"{self.model.name} is no encoder")
        self.model.check_depth(self.layer, "layer")
        return self


class Settings(Closed):
    """What a study does in one profile."""

    data: DataChoice
    split: Split
    bertscore: BertScore
    models: tuple[Exits, ...] = Field(min_length=1)
    seeds: Seeds

    @model_validator(mode="after")
    def _check_consistency(self) -> Self:
        entry = self.data.entry
        if entry.kind != "instruction":
            raise ValueError(f"{entry.name} has no instructions")
        if self.split.split not in entry.split_names:
            raise ValueError(f"{entry.name} has no split {self.split.split}; it has {', '.join(entry.split_names)}")
        if any(each.training.best_by == "accuracy" for each in self.models):
            raise ValueError("best_by: accuracy is for classifiers; answers are chosen by loss")
        each_once("the model", [each.model.name for each in self.models])
        return self


class Study(ProfiledStudy):
    """A study of the system "exits"."""

    system: Literal["exits"]
    profiles: Profiles[Settings]
