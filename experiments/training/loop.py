"""Train a prepared model, or go on where a stopped run was: the result is the same, bit for bit on a CPU."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.meter.usage import Usage
from experiments.training.batches import Collate, TrainingRow
from experiments.training.checkpoints import checkpoint_at, latest
from experiments.training.curves import CurvePoint, curve
from experiments.training.faults import TrainingError, raise_on_oom
from experiments.training.fitting import Job, ShowSteps, fit
from experiments.training.launch import count_processes, fit_in_processes
from experiments.training.settings import Training
from experiments.training.trainable import load_trainable

if TYPE_CHECKING:
    from transformers import EvalPrediction, PreTrainedModel


@dataclass(frozen=True)
class Trained:
    """What training gave; the model itself holds the weights of the best checkpoint."""

    curve: tuple[CurvePoint, ...]
    best_step: int
    steps: int
    usage: Usage
    interruptions: int


def train(
    model: "PreTrainedModel",
    training: Training,
    rows: Sequence[TrainingRow],
    validation: Sequence[TrainingRow],
    *,
    pad_id: int,
    seed: int,
    folder: Path,
    what: str,
    show: ShowSteps,
    measures: Callable[["EvalPrediction"], Mapping[str, float]] | None = None,
    device: str = "cpu",
    processes: int | None = None,
) -> Trained:
    """Fine-tune `model`, which `prepare` has made trainable, and leave it with the weights of its best checkpoint.

    Best is the lowest loss (or highest `accuracy`, which `measures` must give) on `validation`, and of equals the
    first. Checkpoints go to `folder`, which belongs to this training alone: where it has a complete one, training goes
    on from there. `what` names the training in progress and errors; `show` passes steps on and shows them. To be called
    inside `runtime.deterministic`. A model on a GPU is trained by one process for each GPU that there is, or by as many
    `processes` as are asked for, which share each batch.

    Raises TrainingError where there is nothing to train or validate on, the loss is no number, memory runs out, or one
    of several processes fails.
    """
    for name, part in (("train", rows), ("validate", validation)):
        if not part:
            raise TrainingError(f"{what}: there are no examples to {name} on")
    folder.mkdir(parents=True, exist_ok=True)
    job = Job(
        model=model,
        training=training,
        rows=rows,
        validation=validation,
        collate=Collate(pad_id),
        seed=seed,
        folder=folder,
        what=what,
        measures=measures,
        device=device,
        checkpoint=latest(folder),
        processes=processes or count_processes(model, training.batch_size),
    )
    fitted = fit(job, show) if job.processes == 1 else fit_in_processes(job, show)
    with raise_on_oom(what):
        load_trainable(model, checkpoint_at(folder, fitted.best_step))
    model.eval()
    points = curve(fitted.log, fitted.best_step)
    before = fitted.before
    return Trained(points, fitted.best_step, fitted.steps, before.added_to(fitted.usage), before.interruptions)
