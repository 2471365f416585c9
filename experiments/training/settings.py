"""What a study says about fine-tuning. Imports nothing heavy, so that studies can be listed without torch."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from experiments.choices import Seed
from experiments.tables.closed import Closed

Method = Literal["head", "lora", "qlora", "full"]


class Lora(Closed):
    """LoRA (arXiv 2106.09685) as PEFT applies it."""

    r: int = Field(ge=1, description="rank")
    alpha: int = Field(ge=1, description="the update is scaled by alpha / r")
    dropout: float = Field(0.0, ge=0, lt=1)
    targets: Literal["default", "all-linear"] | tuple[str, ...] = Field(
        "default", description="names of the linear layers; default: those that PEFT has for the architecture"
    )


class Training(Closed):
    """How to fine-tune. `method` decides what is trained: the head alone, adapters and the head, or everything."""

    method: Method
    lora: Lora | None = None
    epochs: int = Field(ge=1)
    batch_size: int = Field(ge=1, description="examples of one step on the device")
    accumulate: int = Field(1, ge=1, description="steps of the device that make one step of the optimiser")
    learning_rate: float = Field(gt=0, le=1e30, description="beyond the limit not even the optimiser can count")
    schedule: Literal["linear", "constant", "cosine"] = "linear"
    warmup_share: float = Field(0.0, ge=0, lt=1, description="share of the steps in which the rate rises")
    weight_decay: float = Field(0.0, ge=0)
    max_gradient_norm: float = Field(1.0, gt=0)
    max_tokens: int = Field(ge=2, description="longer texts are cut, and counted as truncated")
    evaluations_per_epoch: int = Field(1, ge=1, description="points of the learning curve, each with a checkpoint")
    best_by: Literal["loss", "accuracy"] = Field("loss", description="on the validation examples alone")
    dtype: Literal["float32", "bfloat16"] = "float32"
    mixed_precision: bool = Field(
        False,
        description="products of training in bfloat16, weights and all evaluation in dtype; faster where the processor "
        "knows bfloat16",
        exclude_if=lambda mixed: not mixed,
    )
    gradient_checkpointing: bool = False

    @model_validator(mode="after")
    def _check_mixed_precision(self) -> Self:
        if self.mixed_precision and self.dtype == "bfloat16":
            raise ValueError("mixed_precision keeps weights in float32; with dtype bfloat16 everything is in bfloat16")
        return self

    @model_validator(mode="after")
    def _check_lora(self) -> Self:
        if (self.method in ("lora", "qlora")) != (self.lora is not None):
            needs = "needs" if self.lora is None else "has no use for"
            raise ValueError(f"the method {self.method} {needs} lora")
        return self

    @property
    def quantization(self) -> Literal["nf4"] | None:
        """How the frozen weights are packed."""
        return "nf4" if self.method == "qlora" else None


def _check_each_once(seeds: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(seeds)) < len(seeds):
        raise ValueError("a seed stands twice")
    return seeds


Seeds = Annotated[tuple[Seed, ...], Field(min_length=1), AfterValidator(_check_each_once)]
