"""The part of one seed: the classifier with its new head, its training, and the trained classifier."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.data.parts import TEST, TRAIN, VALIDATION
from experiments.finetuning.parts import Parts
from experiments.finetuning.results import Found, Predictions
from experiments.finetuning.study import Settings
from experiments.meter.meter import Meter
from experiments.models.load import Loaded, load_for
from experiments.system import Progress
from experiments.tables.terms import TRAINING, Stage
from experiments.training.batches import TrainingRow
from experiments.training.classification import encode, load_accuracy, probabilities
from experiments.training.counting import count_parameters
from experiments.training.frozen_states import find_states, has_constant_states, looked_up
from experiments.training.loop import Trained, train
from experiments.training.prepare import prepare
from experiments.training.runs import MODEL, CostRow
from experiments.training.saved import Tuned, save_tuned

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def load_classifier(settings: Settings, seed: int, device: str) -> Loaded:
    """The model with a classification head for the labels of the data set."""
    training = settings.training
    return load_for(
        "classification",
        settings.model.entry,
        labels=settings.labels,
        seed=seed,
        dtype=training.dtype,
        quantization=training.quantization,
        device=device,
    )


def tune(
    settings: Settings, parts: Parts, seed: int, folder: Path, device: str, progress: Progress, study: str
) -> Found:
    """Train with one seed and predict the test examples before and after; `folder` is this seed's own.

    What the loading report calls newly initialised is frozen as an untrained head, never as zero-shot. To be called
    inside `deterministic(seed)`.
    """
    what = f"{study} seed {seed}"
    loaded = load_classifier(settings, seed, device)
    encoded = {
        part: encode(loaded, examples, settings.labels, settings.training.max_tokens, settings.text)
        for part, examples in parts.examples.items()
    }
    rows = {part: found.rows for part, found in encoded.items()}
    pad_id, test = loaded.tokenizer.pad_token_id, rows[TEST]
    stage = Stage.UNTRAINED_HEAD if loaded.report.untrained_head else Stage.PRETRAINED_HEAD
    evaluated = partial(_predict, settings, test, pad_id, what, progress)
    before = evaluated(loaded.model.requires_grad_(False), stage, None)
    model = prepare(loaded, settings.training, seed)
    training = partial(
        train,
        model,
        settings.training,
        rows[TRAIN],
        rows[VALIDATION],
        pad_id=pad_id,
        seed=seed,
        folder=folder,
        what=what,
        show=progress,
        measures=load_accuracy(),
        device=device,
    )
    if has_constant_states(loaded, settings.training):
        trained = _train_on_states(model, [*rows[TRAIN], *rows[VALIDATION]], pad_id, what, progress, training)
    else:
        trained = training()
    digest = save_tuned(model, _description(settings, loaded, seed, device), folder / MODEL)
    after = evaluated(model, Stage.FINE_TUNED, settings.training.method)
    examples = len(rows[TRAIN]) * settings.training.epochs
    cost = CostRow(
        TRAINING,
        settings.training.method,
        settings.model.name,
        settings.training.dtype,
        examples,
        trained.usage,
        count_parameters(model),
        trained.interruptions,
    )
    return Found(
        predictions=(before[0], after[0]),
        costs=(before[1], cost, after[1]),
        models={**_digests(loaded), f"trained, seed {seed}": digest},
        curve=trained.curve,
        lengths={part: found.lengths for part, found in encoded.items()},
    )


def _predict(
    settings: Settings,
    test: Sequence[TrainingRow],
    pad_id: int,
    what: str,
    progress: Progress,
    model: "PreTrainedModel",
    stage: Stage,
    method: str | None,
) -> tuple[Predictions, CostRow]:
    """Predict the test examples at one stage, and measure what that takes."""
    with Meter() as meter:
        with meter.warm_up():
            probabilities(model, test[:1], pad_id, what)
        found = probabilities(model, test, pad_id, f"{what} {stage}", progress)
        meter.count_tokens(sum(len(row["input_ids"]) for row in test))
    cost = CostRow(
        stage,
        method,
        settings.model.name,
        settings.training.dtype,
        len(test),
        meter.usage,
        count_parameters(model),
        meter.interruptions,
    )
    return Predictions.of_classifier(stage, found), cost


def _train_on_states(
    model: "PreTrainedModel",
    rows: Sequence[TrainingRow],
    pad_id: int,
    what: str,
    progress: Progress,
    training: Callable[..., Trained],
) -> Trained:
    """Train the head on states that are computed once; what they cost is part of the training.

    One process does it, on however many GPUs: looking up is quicker than handing the states to others.
    """
    with Meter() as meter:
        states = find_states(model, rows, pad_id, f"{what} states", progress)
        meter.count_tokens(sum(len(row["input_ids"]) for row in rows))
    with looked_up(model, states):
        trained = training(processes=1)
    return replace(trained, usage=replace(trained.usage, tokens=0).after(meter.usage))


def _description(settings: Settings, loaded: Loaded, seed: int, device: str) -> Tuned:
    return Tuned(
        task="classification",
        model=settings.model,
        labels=settings.labels,
        training=settings.training,
        seed=seed,
        base_sha256=loaded.report.weights_sha256,
        device=device,
    )


def _digests(loaded: Loaded) -> Mapping[str, str]:
    return loaded.report.digests("classifier")
