"""The settings of a study of probes: one set for each profile, each complete in itself."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from experiments.choices import (
    Count,
    DataChoice,
    ModelChoice,
    ProfiledStudy,
    Profiles,
    Prompt,
    each_once,
    template_of,
)
from experiments.probing.fields import conditions, fields_in, number_fields, shown_fields, word_fields
from experiments.tables.closed import Closed
from experiments.training.settings import Seeds

Penalty = Annotated[float, Field(gt=0, allow_inf_nan=False)]

PENALTIES = (1.0, 10.0, 100.0, 1000.0, 10000.0, 100000.0)


class Classes(Closed):
    """A field whose text is a class. Examples of a class with fewer than `at_least` examples are left out."""

    kind: Literal["classification"]
    field: str
    at_least: Count = 1


class Number(Closed):
    """A field that is a number."""

    kind: Literal["regression"]
    field: str


Target = Annotated[Classes | Number, Field(discriminator="kind")]


class Controls(Closed):
    """Control tasks after Hewitt & Liang (arXiv 1909.03368): each value of a field, a *type*, gets a random target."""

    by: str = Field(description="the field whose values are the types")
    n: Count = Field(20, description="control tasks, each with random targets of its own")


class Settings(Closed):
    """What a study does in one profile. All targets are probed on the same examples and, for each seed, folds."""

    models: Annotated[tuple[ModelChoice, ...], Field(min_length=1)]
    data: DataChoice
    split: str
    only: tuple[str, ...] = Field((), description="what an example must be, such as rated, to be taken")
    prompt: Prompt = Field(description="what the models read, with fields of the example in braces; never a target")
    longest: Count | None = Field(None, description="characters of the longest prompt that is taken")
    n: Count | None = Field(None, description="examples drawn at random; all of them where there is no number")
    targets: Annotated[tuple[Target, ...], Field(min_length=1)]
    controls: Controls
    poolings: Annotated[tuple[str, ...], Field(min_length=1)] = Field(
        ("last", "mean"),
        description="the hidden state of the last token, the mean over tokens, or that of the last token of a field",
    )
    folds: int = Field(5, ge=3, description="each example is predicted by a probe that was fitted on the other folds")
    inner_folds: int = Field(4, ge=2, description="folds of a training part that choose a logistic probe's penalty")
    penalties: Annotated[tuple[Penalty, ...], Field(min_length=1)] = Field(
        PENALTIES, description="weights of the squared norm, scikit-learn's alpha or 1/C"
    )
    dtype: Literal["float32", "bfloat16"] = "float32"
    seeds: Seeds = Field(
        (0,),
        description="each has folds, control tasks and random weights of its own; the first draws the examples",
    )

    @model_validator(mode="after")
    def _check_data_fits(self) -> Self:
        entry = self.data.entry
        if self.split not in entry.split_names:
            raise ValueError(f"{entry.name} has no split {self.split}; it has {', '.join(entry.split_names)}")
        example = entry.example_type
        _known(self.only, conditions(example), "only", entry.name)
        _known(fields_in(template_of(self.prompt)), shown_fields(example), "prompt", entry.name)
        _known([self.controls.by], shown_fields(example), "controls.by", entry.name)
        for target in self.targets:
            known = word_fields(example) if target.kind == "classification" else number_fields(example)
            _known([target.field], known, f"a target of {target.kind}", entry.name)
        return self

    @model_validator(mode="after")
    def _check_consistency(self) -> Self:
        shown = fields_in(template_of(self.prompt))
        if not shown:
            raise ValueError("prompt shows no field of the example: all prompts would be the same")
        told = [target.field for target in self.targets if target.field in shown]
        if told:
            raise ValueError(f"prompt shows the target {{{told[0]}}}, which the probe is to predict")
        if any(target.field == self.controls.by for target in self.targets):
            raise ValueError(f"controls.by is the target {self.controls.by}: such controls would be the task itself")
        for pooling in self.poolings:
            if pooling not in ("last", "mean") and pooling not in shown:
                raise ValueError(f"pooling {pooling} is neither last nor mean nor a field that the prompt shows")
        for what, names in self._names().items():
            each_once(what, names)
        return self

    def _names(self) -> dict[str, list[object]]:
        return {
            "the model": [model.name for model in self.models],
            "the target": [target.field for target in self.targets],
            "the pooling": list(self.poolings),
            "the penalty": list(self.penalties),
        }


class Study(ProfiledStudy):
    """A study of the system "probing"."""

    system: Literal["probing"]
    profiles: Profiles[Settings]


def _known(names: list[str] | tuple[str, ...], known: tuple[str, ...], what: str, dataset: str) -> None:
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"{what}: {dataset} has no {unknown[0]}; there is {', '.join(known) or 'nothing'}")
