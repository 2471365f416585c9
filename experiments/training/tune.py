"""Train a language model or a span predictor as its study says, and keep what was trained."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.choices import ModelChoice
from experiments.models.load import Loaded
from experiments.training.batches import TrainingRow
from experiments.training.fitting import ShowSteps
from experiments.training.loop import Trained, train
from experiments.training.prepare import prepare
from experiments.training.runs import MODEL
from experiments.training.saved import Tuned, save_tuned
from experiments.training.settings import Training
from experiments.training.targets import head_at_targets

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True)
class Kept:
    """A trained model, how its training went, and the SHA-256 of what was kept of it."""

    model: "PreTrainedModel"
    trained: Trained
    digest: str


def train_and_keep(
    loaded: Loaded,
    choice: ModelChoice,
    training: Training,
    rows: Sequence[TrainingRow],
    validation: Sequence[TrainingRow],
    *,
    seed: int,
    folder: Path,
    what: str,
    show: ShowSteps,
    device: str,
) -> Kept:
    """Train a model that was loaded by `choice`, and keep it below `folder`, which belongs to this training alone.

    `what` and `show` are those of `train`, and so is what is raised. To be called inside `deterministic(seed)`.
    """
    task = loaded.report.task
    model = prepare(loaded, training, seed)
    with head_at_targets(model) if task == "causal" else nullcontext():
        trained = train(
            model,
            training,
            rows,
            validation,
            pad_id=loaded.tokenizer.pad_token_id,
            seed=seed,
            folder=folder,
            what=what,
            show=show,
            device=device,
        )
    described = Tuned(
        task=task,
        model=choice,
        labels=(),
        training=training,
        seed=seed,
        base_sha256=loaded.report.weights_sha256,
        device=device,
    )
    return Kept(model, trained, save_tuned(model, described, folder / MODEL))
