"""Time and memory of a full-size model with random weights: the run table `geometry`.

They do not depend on what the weights are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.finetuning.study import Geometry
from experiments.meter.meter import Meter
from experiments.meter.usage import Usage
from experiments.models.load import load_for
from experiments.system import Progress
from experiments.training.counting import Counts, count_parameters
from experiments.training.faults import raise_on_oom
from experiments.training.prepare import prepare
from experiments.training.runtime import deterministic

if TYPE_CHECKING:
    import torch

WARM_UP_STEPS = 2


@dataclass(frozen=True)
class Measured:
    """What the steps took, by what they were: training steps, and forward passes without gradients."""

    settings: Geometry
    stages: dict[str, tuple[Usage, Counts]]


def measure_steps(settings: Geometry, progress: Progress, device: str = "cuda") -> Measured:
    """Measure training steps and forward passes, all examples of full length.

    Raises UserError where memory runs out, or the registry does not know the model's shape.
    """
    import torch

    training, name = settings.training, settings.model.name
    with deterministic(settings.seed), raise_on_oom(f"{name} at full size"):
        loaded = load_for(
            "classification",
            settings.model.entry,
            labels=[f"label-{index}" for index in range(settings.labels)],
            weights="geometry",
            seed=settings.seed,
            dtype=training.dtype,
            quantization=training.quantization,
            device=device,
        )
        model = prepare(loaded, training, settings.seed)
        moved = [parameter for parameter in model.parameters() if parameter.requires_grad]
        optimizer = torch.optim.AdamW(moved, lr=training.learning_rate)
        batch = _batch(settings, model)

        def train_once() -> None:
            model(**batch).loss.backward()
            optimizer.step()
            optimizer.zero_grad()

        def evaluate_once() -> None:
            with torch.inference_mode():
                model(**batch)

        stages = {}
        for stage, once in (("training", train_once), ("evaluation", evaluate_once)):
            model.train(stage == "training")
            with Meter() as meter:
                with meter.warm_up():
                    for _ in range(WARM_UP_STEPS):
                        once()
                for _ in progress(range(settings.steps), f"{name} {stage}"):
                    once()
                    meter.count_tokens(settings.tokens * training.batch_size)
            stages[stage] = meter.usage, count_parameters(model)
    return Measured(settings, stages)


def geometry_rows(measured: Measured) -> Iterator[dict[str, object]]:
    """A row for training steps and one for forward passes."""
    settings, training = measured.settings, measured.settings.training
    for stage, (usage, counts) in measured.stages.items():
        yield {
            "stage": stage,
            "method": training.method,
            "model": settings.model.name,
            "dtype": training.dtype,
            "steps": settings.steps,
            "batch_size": training.batch_size,
            "length": settings.tokens,
            **usage.row(),
            **vars(counts),
        }


def _batch(settings: Geometry, model) -> dict[str, "torch.Tensor"]:
    """Random token ids and labels."""
    import torch

    shape = (settings.training.batch_size, settings.tokens)
    ids = torch.randint(5, model.config.vocab_size, shape)
    labels = torch.randint(settings.labels, shape[:1])
    batch = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "labels": labels}
    return {name: tensor.to(model.device) for name, tensor in batch.items()}
