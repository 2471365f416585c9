"""The parts of a run: a decoder zero-shot, and one training with what the model says before and after it."""

from pathlib import Path
from typing import TYPE_CHECKING

from experiments.answering.candidates import choose_threshold
from experiments.answering.questions import Parts, for_scoring
from experiments.answering.readers import Reader, open_reader, task_of
from experiments.answering.results import Answers, Found, ReadingCost
from experiments.answering.study import Approach, Extractive
from experiments.meter.meter import Meter
from experiments.system import Progress
from experiments.training.counting import count_parameters
from experiments.training.loop import train
from experiments.training.prepare import prepare
from experiments.training.runs import FINE_TUNED, MODEL, PRETRAINED_HEAD, TRAINING, UNTRAINED_HEAD, ZERO_SHOT
from experiments.training.saved import Tuned, save_tuned

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def zero_shot(approach: Approach, parts: Parts, device: str, progress: Progress) -> Found:
    """The part without a seed. Only a model that lacks nothing is asked: what a random head says is no zero-shot."""
    reader = open_reader(approach, 0, device)
    reader.loaded.model.requires_grad_(False)
    what = f"{approach.name} zero-shot"
    answers, cost = _asked(approach, reader, reader.loaded.model, ZERO_SHOT, None, parts, progress, what)
    return Found(answers=(answers,), costs=(cost,), models=_digests(reader))


def tune(approach: Approach, parts: Parts, seed: int, folder: Path, device: str, progress: Progress) -> Found:
    """Train with one seed, and answer after it; an extractive model answers before it too, since its head is the
    seed's. `folder` is this seed's own. To be called inside `deterministic(seed)`."""
    what = f"{approach.name} seed {seed}"
    training = approach.training
    reader = open_reader(approach, seed, device)
    reader.loaded.model.requires_grad_(False)
    answers, costs = [], []
    if isinstance(approach, Extractive):
        stage = UNTRAINED_HEAD if reader.loaded.report.untrained_head else PRETRAINED_HEAD
        before = _asked(approach, reader, reader.loaded.model, stage, None, parts, progress, f"{what} before")
        answers.append(before[0])
        costs.append(before[1])
    rows = reader.training_rows(parts.train)
    model = prepare(reader.loaded, training, seed)
    trained = train(
        model,
        training,
        rows,
        reader.training_rows(parts.validation),
        pad_id=reader.loaded.tokenizer.pad_token_id,
        seed=seed,
        folder=folder,
        what=what,
        show=progress,
        device=device,
    )
    described = Tuned(
        task=task_of(approach),
        model=approach.model.name,
        revision=approach.model.revision,
        labels=(),
        training=training,
        seed=seed,
        base_sha256=reader.loaded.report.weights_sha256,
        device=device,
    )
    digest = save_tuned(model, described, folder / MODEL)
    after = _asked(approach, reader, model, FINE_TUNED, training.method, parts, progress, f"{what} after")
    costs.append(
        ReadingCost(
            TRAINING,
            training.method,
            approach.model.name,
            training.dtype,
            len(parts.train) * training.epochs,
            trained.usage,
            count_parameters(model),
            trained.interruptions,
            rows=len(rows) * training.epochs,
        )
    )
    models = {**_digests(reader), f"{approach.name}, trained, seed {seed}": digest}
    return Found(answers=(*answers, after[0]), costs=(*costs, after[1]), models=models, curve=trained.curve)


def _asked(
    approach: Approach,
    reader: Reader,
    model: "PreTrainedModel",
    stage: str,
    method: str | None,
    parts: Parts,
    progress: Progress,
    what: str,
) -> tuple[Answers, ReadingCost]:
    """The threshold from the validation questions, the candidates for the test questions, and what these cost."""
    validated = reader.candidates(model, parts.validation, lambda tokens: None, progress, f"{what}, validation")
    threshold = choose_threshold([for_scoring(question) for question in parts.validation], validated)
    with Meter() as meter:
        with meter.warm_up():
            reader.candidates(model, parts.test[:1], meter.count_tokens, lambda batches, what: iter(batches), what)
        tested = reader.candidates(model, parts.test, meter.count_tokens, progress, f"{what}, test")
    rows = sum(reader.inputs(parts.test).rows)
    cost = ReadingCost(
        stage,
        method,
        approach.model.name,
        approach.training.dtype,
        len(parts.test),
        meter.usage,
        count_parameters(model),
        rows=rows,
    )
    return Answers(stage, threshold, tuple(tested)), cost


def _digests(reader: Reader) -> dict[str, str]:
    report = reader.loaded.report
    as_what = {"qa": "reader", "causal": "decoder"}[report.task]
    return {report.model: report.weights_sha256, f"{report.model} as {as_what}, loading report": report.digest()}
