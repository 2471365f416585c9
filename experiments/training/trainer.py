"""Hugging Face's Trainer with our rules for checkpoints, losses and progress. Import it only where training begins."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from accelerate.utils import gather_object
from transformers import EvalPrediction, PreTrainedModel, Trainer, TrainerCallback, TrainingArguments
from transformers.trainer_callback import PrinterCallback

from experiments.meter.meter import Meter
from experiments.training.batches import Collate, TrainingRow
from experiments.training.checkpoints import Spending, checkpoint_at, complete, keep_only, together
from experiments.training.faults import check_finite
from experiments.training.settings import Training
from experiments.training.targets import has_causal_loss
from experiments.training.trainable import load_trainable, save_trainable

POOL = 16  # batches whose examples are sorted by length together


class ByLength:
    """Indices of examples, a pure function of seed and epoch: a training that goes on needs no random state for it.

    All examples are shuffled; each pool of `POOL` batches is sorted by length and cut into batches; and the batches are
    shuffled, but for an incomplete one, which comes last. On short sentences that saves more than half of the padding.
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int) -> None:
        self._lengths, self._batch_size, self._seed = lengths, batch_size, seed
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch, counted from 0."""
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        rng = random.Random(f"{self._seed} {self._epoch}")
        order = list(range(len(self._lengths)))
        rng.shuffle(order)
        batches = [
            pool[start : start + self._batch_size]
            for pool in map(self._by_length, _cut(order, POOL * self._batch_size))
            for start in range(0, len(pool), self._batch_size)
        ]
        whole = [batch for batch in batches if len(batch) == self._batch_size]
        rng.shuffle(whole)
        for batch in [*whole, *(batch for batch in batches if len(batch) < self._batch_size)]:
            yield from batch

    def _by_length(self, pool: Sequence[int]) -> list[int]:
        return sorted(pool, key=lambda index: -self._lengths[index])


def _cut(items: list[int], size: int) -> list[list[int]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


class Points(TrainerCallback):
    """Logs, validates and saves at the points of the learning curve, and only there: the loss that is logged is then
    the mean since the last checkpoint, also in a run that goes on from it."""

    def __init__(self, per_epoch: int, epochs: int, folder: Path, spending: Spending) -> None:
        self._points, self._folder, self._spending = per_epoch * epochs, folder, spending

    def on_step_end(self, args, state, control, **more):
        """Trainer's order is log, validate, save."""
        if state.global_step in {round(state.max_steps * n / self._points) for n in range(1, self._points + 1)}:
            control.should_log = control.should_evaluate = control.should_save = True
        return control

    def on_save(self, args, state, control, **more):
        """The checkpoint is written, by all processes: the first one marks it, then drops those that are neither the
        newest nor the best."""
        spent = together(gather_object([self._spending.so_far()]))  # waits for all
        if args.process_index == 0:
            complete(checkpoint_at(self._folder, state.global_step), spent)
            keep_only(self._folder, {state.global_step, state.best_global_step})


class OurTrainer(Trainer):
    """Saves and loads what is trained and nothing else, and stops at a loss that is no number."""

    what: str
    meter: Meter
    spending: Spending

    def steps_to_come(self) -> int:
        """How many steps of the optimiser the whole training has."""
        return self.set_initial_training_values(self.args, self.get_train_dataloader())[-1]

    @contextmanager
    def showing(self, show: Callable, what: str, steps: int) -> Iterator[None]:
        """Show each step while training."""
        shown = show(range(steps), what)

        class Tick(TrainerCallback):
            def on_step_begin(self, args, state, control, **more):
                next(shown, None)

        self.add_callback(tick := Tick())
        try:
            yield
        finally:
            self.remove_callback(tick)
            for _ in shown:  # the last step is done, or nothing more will be
                pass

    def _get_train_sampler(self, train_dataset=None):
        rows = train_dataset if train_dataset is not None else self.train_dataset
        batch_size = self.args.train_batch_size * self.args.world_size  # process n has the n-th part of each batch
        self._order = ByLength([len(row["input_ids"]) for row in rows], batch_size, self.args.data_seed)
        return self._order

    def _run_epoch(self, **given):
        """Trainer's own `set_epoch` does not arrive where a process that has a part of each batch skips some."""
        self._order.set_epoch(given["epoch"])
        super()._run_epoch(**given)

    def training_step(self, model, inputs, num_items_in_batch=None):
        tokens = int(inputs["attention_mask"].sum())
        self.meter.count_tokens(tokens)
        self.spending.count_tokens(tokens)
        loss = super().training_step(model, inputs, num_items_in_batch)
        check_finite(float(loss), self.what, self.state.global_step + 1)
        return loss

    def evaluate(self, *arguments, **more):
        counts, self.args.average_tokens_across_devices = self.args.average_tokens_across_devices, False
        try:  # each process has batches of its own, whose mean losses are averaged as those of one process are
            measured = super().evaluate(*arguments, **more)
        finally:
            self.args.average_tokens_across_devices = counts
        check_finite(measured["eval_loss"], self.what, self.state.global_step, "validation loss")
        return measured

    def prediction_step(self, model, inputs, prediction_loss_only, ignore_keys=None):
        """Accelerate fills the last batches up with the first rows, so that all processes have equally many; it takes
        them out of the predictions, and the loss is to be that of the other rows alone."""
        found = super().prediction_step(model, inputs, prediction_loss_only, ignore_keys)
        progress = self.accelerator.gradient_state
        if self.args.world_size > 1 and progress.end_of_dataloader and progress.remainder > 0:
            own = progress.remainder - self.args.process_index * self.args.eval_batch_size
            if 0 < own < len(inputs["input_ids"]):
                inputs = {name: values[:own] for name, values in inputs.items()}
                return super().prediction_step(model, inputs, True, ignore_keys)[0], *found[1:]
        return found

    def _save(self, output_dir=None, state_dict=None):
        if self.args.should_save:  # the first of all processes
            save_trainable(self.model, Path(output_dir or self.args.output_dir))

    def _load_from_checkpoint(self, resume_from_checkpoint, model=None):
        load_trainable(model or self.model, Path(resume_from_checkpoint))


def make_trainer(
    model: PreTrainedModel,
    arguments: TrainingArguments,
    rows: Sequence[TrainingRow],
    validation: Sequence[TrainingRow],
    collate: Collate,
    measures: Callable[[EvalPrediction], Mapping[str, float]] | None,
    training: Training,
    meter: Meter,
    spending: Spending,
    what: str,
) -> OurTrainer:
    points = Points(training.evaluations_per_epoch, training.epochs, Path(arguments.output_dir), spending)
    trainer = OurTrainer(
        model=model,
        args=arguments,
        train_dataset=rows,
        eval_dataset=validation,
        data_collator=collate,
        compute_metrics=measures,
        callbacks=[points],
    )
    # Trainer believes that all models divide by the number of examples that it counts, and would take the losses of
    # classifiers as many times as there are steps that accumulate, or processes.
    trainer.model_accepts_loss_kwargs = has_causal_loss(model)
    trainer.what, trainer.meter, trainer.spending = what, meter, spending
    trainer.remove_callback(PrinterCallback)
    return trainer
