"""The settings of a fine-tuning study: one set for each profile, each complete in itself."""

import re
from itertools import combinations
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from experiments.choices import (
    ChatPrompt,
    Count,
    DataChoice,
    ModelChoice,
    ProfiledStudy,
    Profiles,
    Prompt,
    Seed,
    Text,
    fields,
    template_of,
)
from experiments.data.test_split import TestSplit
from experiments.tables.closed import Closed
from experiments.tables.terms import Stage
from experiments.training.settings import Seeds, Training

Ranking = Literal["sum", "mean", "per-character", "calibrated"]


class Stratified(Closed):
    """One split is parted by label into training and validation examples; another is the test set."""

    rule: Literal["stratified"]
    train: str = Field(description="the split to part")
    share: float = Field(gt=0, lt=1, description="share of it to train on; the rest validates")
    test: TestSplit
    seed: Seed = 0

    @property
    def splits(self) -> tuple[str, ...]:
        return self.train, self.test


class Part(Closed):
    """So many examples of a split."""

    split: str
    n: Count


class Sampled(Closed):
    """So many examples of each split: the first ones, or at random without replacement."""

    rule: Literal["sampled"]
    how: Literal["first", "random"]
    train: Part
    validation: Part
    test: Part
    seed: Seed = 0

    @model_validator(mode="after")
    def _check_leaves_examples(self) -> Self:
        parts = {"train": self.train, "validation": self.validation, "test": self.test}
        for (earlier, one), (later, other) in combinations(parts.items(), 2):
            inside = one.n <= other.n if self.how == "first" else one.n == other.n  # drawn alike, by one seed
            if one.split == other.split and inside:
                raise ValueError(
                    f"{earlier} and {later} are the same examples of {one.split}, and none would be left for "
                    f"{earlier}; take one of them from another split"
                )
        return self

    @property
    def splits(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.train.split, self.validation.split, self.test.split)))


Split = Annotated[Stratified | Sampled, Field(discriminator="rule")]


class Likelihood(Closed):
    """Zero-shot by a decoder: label words ranked by their likelihood after the prompt."""

    kind: Literal["likelihood"]
    prompt: Prompt = Field(description="with {text}, or {premise} and {hypothesis}")
    words: dict[str, Text] = Field(description="the continuation of each label; its leading space is no part of a chat")
    ranking: Ranking = "sum"
    content_free: Annotated[tuple[str, ...], Field(min_length=1)] = Field(
        ("N/A", "", "[MASK]"), description="what stands for the text where the prior of the labels is measured"
    )
    generate: bool = Field(False, description="also generate answers and read labels out of them, for comparison")
    generate_prompt: Prompt | None = Field(
        None,
        description="what generated answers follow, where it is not prompt",
        exclude_if=lambda prompt: prompt is None,
    )
    new_tokens: Count = Field(8, description="length of a generated answer")

    @model_validator(mode="after")
    def _check_generation(self) -> Self:
        if self.generate_prompt is not None and not self.generate:
            raise ValueError("generate_prompt is for generated answers, which need generate: true")
        return self

    @property
    def prompts(self) -> tuple[str | ChatPrompt, ...]:
        """The prompt of the ranked words, and the one of generated answers where it is another."""
        return (self.prompt,) if self.generate_prompt is None else (self.prompt, self.generate_prompt)


class Descriptions(Closed):
    """Zero-shot by a sentence-embedding encoder: the label whose description is nearest to the text."""

    kind: Literal["descriptions"]
    descriptions: dict[str, Text]


ZeroShot = Annotated[Likelihood | Descriptions, Field(discriminator="kind")]


class Settings(Closed):
    """What a study does in one profile."""

    model: ModelChoice
    data: DataChoice
    split: Split
    text: str | None = Field(None, description="what the classifier reads, a template; without it the text or the pair")
    zero_shot: ZeroShot | None = None
    training: Training
    seeds: Seeds

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the data set, in the order of the head's outputs."""
        return self.data.entry.label_names

    def columns(self, prefix: str) -> dict[str, str]:
        """The name of the column of each label: "probability_not_entailment" for the label "not entailment"."""
        words = {label: re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_") for label in self.labels}
        plain = all(words.values()) and len(set(words.values())) == len(words)
        return {
            label: f"{prefix}_{words[label] if plain else number}" for number, label in enumerate(self.labels, start=1)
        }

    @property
    def before(self) -> Stage:
        """What fine-tuning is compared with: zero-shot where the study has it, else the classifier before training."""
        return Stage.ZERO_SHOT if self.zero_shot else Stage.UNTRAINED_HEAD

    @model_validator(mode="after")
    def _check_data_fits(self) -> Self:
        entry = self.data.entry
        if entry.kind not in ("sentence", "pair"):
            raise ValueError(f"{entry.name} has no labelled sentences or pairs")
        missing = [split for split in self.split.splits if split not in entry.split_names]
        if missing:
            raise ValueError(f"{entry.name} has no split {missing[0]}; it has {', '.join(entry.split_names)}")
        known = ("text",) if entry.kind == "sentence" else ("premise", "hypothesis")
        prompts = self.zero_shot.prompts if isinstance(self.zero_shot, Likelihood) else ()
        for template in (*(() if self.text is None else (self.text,)), *map(template_of, prompts)):
            found = fields(template)
            if not found or not set(found) <= set(known):
                raise ValueError(
                    f"the template {template!r} must hold {' or '.join(f'{{{name}}}' for name in known)}, "
                    "and nothing else in braces"
                )
        if isinstance(self.zero_shot, Likelihood | Descriptions):
            words = self.zero_shot.words if isinstance(self.zero_shot, Likelihood) else self.zero_shot.descriptions
            if set(words) != set(entry.label_names):
                raise ValueError(f"zero_shot must speak of each of the labels {', '.join(entry.label_names)}")
            said = [word.strip() for word in words.values()]
            if twice := next((word for word in said if said.count(word) > 1), None):
                raise ValueError(f"zero_shot says {twice!r} for two labels, which it then cannot tell apart")
            family = "decoder" if isinstance(self.zero_shot, Likelihood) else "encoder"
            if self.model.family not in (family, None):
                raise ValueError(f"zero_shot by {self.zero_shot.kind} needs a {family}, which {self.model.name} is not")
        return self


class Geometry(Closed):
    """A full-size model with random weights: time and memory of some steps, never an accuracy."""

    model: ModelChoice
    labels: int = Field(ge=2)
    tokens: int = Field(ge=2, description="length of every example")
    training: Training
    steps: int = Field(ge=2, description="measured steps, after two that warm up")
    seed: Seed = 0


class AllProfiles(Profiles[Settings]):
    """Those of other systems, and the shape of a large model without its weights."""

    geometry: Geometry | None = None


class Study(ProfiledStudy):
    """A study of the system "finetuning"."""

    system: Literal["finetuning"]
    profiles: AllProfiles
