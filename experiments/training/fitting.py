"""What one process does of a training: all of it, or its share of each batch where there are several."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.meter.meter import Meter
from experiments.meter.usage import Usage
from experiments.training.batches import Collate, TrainingRow
from experiments.training.checkpoints import Spending, Spent, spent_at, step_of
from experiments.training.faults import raise_on_oom
from experiments.training.settings import Training

if TYPE_CHECKING:
    from transformers import EvalPrediction, PreTrainedModel, TrainingArguments

ShowSteps = Callable[[Iterable[int], str], Iterator[int]]


@dataclass(frozen=True)
class Job:
    """One training. It goes on from `checkpoint` where there is one; `processes` divides the batch size."""

    model: "PreTrainedModel"
    training: Training
    rows: Sequence[TrainingRow]
    validation: Sequence[TrainingRow]
    collate: Collate
    seed: int
    folder: Path
    what: str
    measures: Callable[["EvalPrediction"], Mapping[str, float]] | None
    device: str
    checkpoint: Path | None
    processes: int = 1


@dataclass(frozen=True)
class Fitted:
    """What training says of itself: what Trainer logged, the step of the best checkpoint, what it took, and what the
    parts before an interruption had taken."""

    log: tuple[Mapping[str, float], ...]
    best_step: int
    steps: int
    usage: Usage
    before: Spent


def fit(job: Job, show: ShowSteps) -> Fitted:
    """Train. Each process is called with the same job, and knows from `accelerate launch` which one it is."""
    import torch

    from experiments.training.trainer import make_trainer

    arguments, checkpoint = _arguments(job), job.checkpoint
    first = arguments.process_index == 0
    before = spent_at(checkpoint).after_interruption() if checkpoint and first else Spent()
    with raise_on_oom(job.what), Meter() as meter:
        with meter.warm_up():
            _touch(job.model, job.collate(job.validation[:1]))
        spending = Spending(before)
        trainer = make_trainer(
            job.model,
            arguments,
            job.rows,
            job.validation,
            job.collate,
            job.measures,
            job.training,
            meter,
            spending,
            job.what,
        )
        if not first:  # Trainer seeds all processes alike, but each is to have a dropout of its own
            torch.manual_seed((job.seed + 1) * 1_000_003 + arguments.process_index)
        total = trainer.steps_to_come()
        done = step_of(checkpoint) if checkpoint else 0
        with trainer.showing(show, f"{job.what}{f' from step {done}' if done else ''}", total - done):
            trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    state = trainer.state
    return Fitted(tuple(state.log_history), state.best_global_step, total, meter.usage, before)


def _touch(model: "PreTrainedModel", batch: Mapping[str, object]) -> None:
    """One forward pass, whose cost is that of the first time."""
    import torch

    model.eval()
    with torch.no_grad():
        model(**{name: tensor.to(model.device) for name, tensor in batch.items()})


def _arguments(job: Job) -> "TrainingArguments":
    from transformers import TrainingArguments

    training = job.training
    arguments = TrainingArguments(
        output_dir=str(job.folder),
        seed=job.seed,
        data_seed=job.seed,
        num_train_epochs=training.epochs,
        per_device_train_batch_size=training.batch_size // job.processes,
        per_device_eval_batch_size=4 * training.batch_size,
        gradient_accumulation_steps=training.accumulate,
        learning_rate=training.learning_rate,
        lr_scheduler_type=training.schedule,
        warmup_steps=training.warmup_share,
        weight_decay=training.weight_decay,
        max_grad_norm=training.max_gradient_norm,
        optim="adamw_torch",
        average_tokens_across_devices=job.processes > 1,
        bf16=training.mixed_precision or training.dtype == "bfloat16",
        use_cpu=job.device == "cpu",
        dataloader_pin_memory=job.device != "cpu",
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
