"""The run: a classifier that is fine-tuned as it should be, and then loaded, saved and counted as it should not."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.data.parts import TEST
from experiments.finetuning.parts import Parts
from experiments.finetuning.results import Predictions
from experiments.finetuning.tune import load_classifier, tune
from experiments.finetuning.zero_shot import answer_zero_shot
from experiments.mistakes.results import Counted, Made
from experiments.mistakes.study import NEW_HEAD, WITHOUT_HEAD, Settings
from experiments.system import Progress
from experiments.training.classification import encode, probabilities
from experiments.training.counting import count_parameters
from experiments.training.prepare import head_modules, prepare
from experiments.training.runs import MODEL
from experiments.training.trainable import FILE, trainable

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def without_seed(settings: Settings, parts: Parts, device: str, show: Progress) -> Made:
    """Zero-shot predictions, ranked and generated, and the counts of the classifier."""
    found = answer_zero_shot(settings, settings.zero_shot, parts, device, show)
    return Made(**vars(found), counted=tuple(_count(settings, device)))


def with_seed(
    settings: Settings, parts: Parts, seed: int, folder: Path, device: str, show: Progress, study: str
) -> Made:
    """Predictions before and after fine-tuning, and those of new heads: on the model, and under its trained adapter.

    To be called inside `deterministic(seed)`.
    """
    found = tune(settings, parts, seed, folder, device, show, study)
    heads = range(1, settings.heads + 1) if settings.makes("random-head", "adapter-without-head") else ()
    mistaken = [
        predictions
        for number in heads
        for predictions in _with_new_head(settings, parts, 1000 * (seed + 1) + number, number, folder, device, show)
    ]
    return Made(**vars(replace(found, predictions=(*found.predictions, *mistaken))))


def _with_new_head(
    settings: Settings, parts: Parts, seed: int, number: int, folder: Path, device: str, show: Progress
) -> Iterator[Predictions]:
    """What a new head of this seed says, before the adapter in `folder` is loaded without its head, and after.

    Each is asked where the study makes its mistake.
    """
    loaded = load_classifier(settings, seed, device)
    training = settings.training
    rows = encode(loaded, parts.examples[TEST], settings.labels, training.max_tokens, settings.text).rows

    def said(model: "PreTrainedModel", stage: str) -> Predictions:
        stage = f"{stage}-{number}"
        found = probabilities(model, rows, loaded.tokenizer.pad_token_id, f"{settings.model.name} {stage}", show)
        return Predictions.of_classifier(stage, found)

    if settings.makes("random-head"):
        yield said(loaded.model, NEW_HEAD)
    if settings.makes("adapter-without-head"):
        model = prepare(loaded, training, seed)
        _load_adapter(model, folder / MODEL)
        yield said(model, WITHOUT_HEAD)


def _load_adapter(model: "PreTrainedModel", folder: Path) -> None:
    """Put the adapter that lies in `folder` into the model, and leave the head that lies beside it."""
    import torch
    from safetensors.torch import load_file

    found = load_file(folder / FILE)
    with torch.no_grad():
        for name, parameter in trainable(model).items():
            if "modules_to_save" not in name.split("."):
                parameter.copy_(found[name])


def _count(settings: Settings, device: str) -> Iterator[Counted]:
    """The classifier with its adapter, in full numbers and in NF4, by the mistakes that the study makes."""
    if not settings.makes("head-counted-twice", "packed-weights", "packed-weights-and-head"):
        return
    loaded = load_classifier(settings, 0, device)
    head = sum(p.numel() for name in head_modules(loaded) for p in loaded.model.get_submodule(name).parameters())
    model = prepare(loaded, settings.training, 0)
    counts = count_parameters(model)
    honest = counts.logical_base + counts.added - head
    _, printed = model.get_nb_trainable_parameters()
    if settings.makes("head-counted-twice"):
        yield Counted("head-counted-twice", "total", "get_nb_trainable_parameters() of PEFT", printed, honest)
    if not settings.makes("packed-weights", "packed-weights-and-head"):
        return

    settings = settings.model_copy(update={"training": settings.training.model_copy(update={"method": "qlora"})})
    loaded = load_classifier(settings, 0, device)
    counts = count_parameters(loaded.model)
    by = "sum of numel() over parameters()"
    if settings.makes("packed-weights"):
        yield Counted("packed-weights", "total", by, counts.stored, counts.logical_base)
    if settings.makes("packed-weights-and-head"):
        counts = count_parameters(prepare(loaded, settings.training, 0))
        shares = counts.trainable / counts.stored, counts.trainable / honest
        yield Counted("packed-weights-and-head", "total", by, counts.stored, honest)
        yield Counted("packed-weights-and-head", "trainable-share", by, *shares)
