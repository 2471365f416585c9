"""Train a prepared model, or go on where a stopped run was: the result is the same, bit for bit on a CPU."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.meter.meter import Meter
from experiments.meter.usage import Usage
from experiments.training.batches import Collate, TrainingRow
from experiments.training.checkpoints import Spending, Spent, checkpoint_at, latest, spent_at, step_of
from experiments.training.curves import CurvePoint, curve
from experiments.training.faults import TrainingError, raise_on_oom
from experiments.training.settings import Training
from experiments.training.trainable import load_trainable

if TYPE_CHECKING:
    from transformers import EvalPrediction, PreTrainedModel, TrainingArguments

ShowSteps = Callable[[Iterable[int], str], Iterator[int]]


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
) -> Trained:
    """Fine-tune `model`, which `prepare` has made trainable, and leave it with the weights of its best checkpoint.

    Best is the lowest loss (or highest `accuracy`, which `measures` must give) on `validation`, and of equals the
    first. Checkpoints go to `folder`, which belongs to this training alone: where it has a complete one, training goes
    on from there. `what` names the training in progress and errors; `show` passes steps on and shows them. To be called
    inside `runtime.deterministic`.

    Raises TrainingError where there is nothing to train or validate on, the loss is no number, or memory runs out.
    """
    from experiments.training.trainer import make_trainer

    for name, part in (("train", rows), ("validate", validation)):
        if not part:
            raise TrainingError(f"{what}: there are no examples to {name} on")
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = latest(folder)
    before = spent_at(checkpoint).after_interruption() if checkpoint else Spent()
    arguments = _arguments(training, seed, folder, device)
    with raise_on_oom(what), Meter() as meter:
        with meter.warm_up():
            _touch(model, Collate(pad_id)(validation[:1]))
        spending = Spending(before)
        trainer = make_trainer(
            model, arguments, rows, validation, Collate(pad_id), measures, training, meter, spending, what
        )
        total = trainer.steps_to_come()
        done = step_of(checkpoint) if checkpoint else 0
        with trainer.showing(show, f"{what}{f' from step {done}' if done else ''}", total - done):
            trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        best = trainer.state.best_global_step
        load_trainable(model, checkpoint_at(folder, best))
    model.eval()
    points = curve(trainer.state.log_history, best)
    return Trained(points, best, total, before.added_to(meter.usage), before.interruptions)


def _touch(model: "PreTrainedModel", batch: Mapping[str, object]) -> None:
    """One forward pass, whose cost is that of the first time."""
    import torch

    model.eval()
    with torch.no_grad():
        model(**{name: tensor.to(model.device) for name, tensor in batch.items()})


def _arguments(training: Training, seed: int, folder: Path, device: str) -> "TrainingArguments":
    from transformers import TrainingArguments

    arguments = TrainingArguments(
        output_dir=str(folder),
        seed=seed,
        data_seed=seed,
        num_train_epochs=training.epochs,
        per_device_train_batch_size=training.batch_size,
        per_device_eval_batch_size=4 * training.batch_size,
        gradient_accumulation_steps=training.accumulate,
        learning_rate=training.learning_rate,
        lr_scheduler_type=training.schedule,
        warmup_steps=training.warmup_share,
        weight_decay=training.weight_decay,
        max_grad_norm=training.max_gradient_norm,
        optim="adamw_torch",
        bf16=training.mixed_precision or training.dtype == "bfloat16",
        use_cpu=device == "cpu",
        dataloader_pin_memory=device != "cpu",
        metric_for_best_model=training.best_by,
        greater_is_better=training.best_by == "accuracy",
        # `Trainer` decides none of these by itself: see `trainer.Points`.
        eval_strategy="no",
        save_strategy="steps",
        save_steps=2**31,
        logging_strategy="no",
        logging_nan_inf_filter=False,
        remove_unused_columns=False,
        disable_tqdm=True,
        report_to="none",
    )
    if arguments.n_gpu > 1:  # Trainer would split batches over all GPUs that it sees, and so train with larger ones
        arguments._n_gpu = 1
    return arguments
