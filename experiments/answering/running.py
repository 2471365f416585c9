"""A run: of each approach a decoder zero-shot, and for each seed a training with the answers before and after it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.answering.inputs import Inputs
from experiments.answering.questions import Parts, for_scoring
from experiments.answering.readers import open_reader
from experiments.answering.reading import ALWAYS, Candidate, Reader, Threshold, choose_threshold, give_answers
from experiments.answering.study import Approach, Extractive, Generative
from experiments.data.examples import Question
from experiments.meter.meter import Meter
from experiments.metrics.modules import load
from experiments.models.batching import in_blocks
from experiments.system import Context, Progress
from experiments.tables.terms import TRAINING, Stage
from experiments.training.counting import count_parameters
from experiments.training.runs import CostRow, Outcome, Part, run_parts
from experiments.training.tune import train_and_keep

if TYPE_CHECKING:
    from transformers import PreTrainedModel


@dataclass(frozen=True)
class Answers:
    """What one stage has to say to the test questions, and the threshold that the validation questions gave it."""

    stage: Stage
    threshold: Threshold
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, kw_only=True)
class ReadingCost(CostRow):
    """What one stage took; `rows` are the windows or prompts of its questions."""

    rows: int

    def row(self) -> dict[str, object]:
        return {**super().row(), "rows": self.rows}


@dataclass(frozen=True, kw_only=True)
class Found(Part):
    """What one part of the run found: the zero-shot part of an approach, or the part of one seed."""

    answers: tuple[Answers, ...]
    costs: tuple[ReadingCost, ...]


@dataclass(frozen=True)
class Findings:
    """What a run found: the questions, and of each approach how it reads them and what its parts found."""

    parts: Parts
    inputs: tuple[tuple[Approach, Mapping[str, Inputs]], ...]
    outcomes: tuple[tuple[Approach, Outcome[Found]], ...]

    @property
    def models(self) -> dict[str, str]:
        """SHA-256 of the models by what they are of."""
        return {name: digest for _, outcome in self.outcomes for name, digest in outcome.models.items()}


def run_all(
    approaches: Sequence[Approach],
    parts: Parts,
    seeds: tuple[int, ...],
    context: Context,
    device: str,
) -> Findings:
    """Run every approach; each part is kept in the work folder, and found there by a run that goes on."""
    inputs, outcomes, progress = [], [], context.progress
    for approach in approaches:
        if not context.wants(approach.name):
            continue
        before = partial(zero_shot, approach, parts, device, progress) if isinstance(approach, Generative) else None
        tuned = partial(tune, approach, parts, device, progress)
        outcomes.append((approach, run_parts(Found, context, seeds, before, tuned, place=approach.name)))
        reader = open_reader(approach, seeds[0], device)
        inputs.append((approach, {part: all_inputs(reader, questions) for part, questions in parts.named().items()}))
    return Findings(parts, tuple(inputs), tuple(outcomes))


def all_inputs(reader: Reader, questions: Sequence[Question]) -> Inputs:
    """How questions become rows, a block of them at a time."""
    found = [reader.inputs(block) for block, _ in in_blocks(questions)]
    columns = zip(*((each.lengths, each.rows, each.truncated) for each in found), strict=True)
    return Inputs(*(tuple(chain.from_iterable(column)) for column in columns))


def zero_shot(approach: Approach, parts: Parts, device: str, progress: Progress) -> Found:
    """The part without a seed. Only a model that lacks nothing is asked: what a random head says is no zero-shot."""
    reader = open_reader(approach, 0, device)
    reader.loaded.model.requires_grad_(False)
    what = f"{approach.name} zero-shot"
    answers, cost = _asked(approach, reader, reader.loaded.model, Stage.ZERO_SHOT, None, parts, progress, what)
    return Found(answers=(answers,), costs=(cost,), models=_digests(reader))


def tune(approach: Approach, parts: Parts, device: str, progress: Progress, seed: int, folder: Path) -> Found:
    """Train with one seed, and answer after it.

    An extractive model answers before it too, since its head is the seed's. `folder` is this seed's own.
    """
    what = f"{approach.name} seed {seed}"
    training = approach.training
    reader = open_reader(approach, seed, device)
    reader.loaded.model.requires_grad_(False)
    answers, costs = [], []
    if isinstance(approach, Extractive):
        stage = Stage.UNTRAINED_HEAD if reader.loaded.report.untrained_head else Stage.PRETRAINED_HEAD
        before = _asked(approach, reader, reader.loaded.model, stage, None, parts, progress, f"{what} before")
        answers.append(before[0])
        costs.append(before[1])
    learnt = learnable(approach, parts.train)
    rows = reader.training_rows(learnt)
    tuned = train_and_keep(
        reader.loaded,
        approach.model,
        training,
        rows,
        reader.training_rows(learnable(approach, parts.validation)),
        seed=seed,
        folder=folder,
        what=what,
        show=progress,
        device=device,
    )
    model, trained = tuned.model, tuned.trained
    after = _asked(approach, reader, model, Stage.FINE_TUNED, training.method, parts, progress, f"{what} after")
    costs.append(
        ReadingCost(
            TRAINING,
            training.method,
            approach.model.name,
            training.dtype,
            len(learnt) * training.epochs,
            trained.usage,
            count_parameters(model),
            trained.interruptions,
            rows=len(rows) * training.epochs,
        )
    )
    models = {**_digests(reader), f"{approach.name}, trained, seed {seed}": tuned.digest}
    return Found(answers=(*answers, after[0]), costs=(*costs, after[1]), models=models, curve=trained.curve)


def learnable(approach: Approach, questions: Sequence[Question]) -> Sequence[Question]:
    """The questions that an approach can be trained on: those that have an answer, where it has no words to decline."""
    if isinstance(approach, Generative) and approach.abstain is None:
        return [question for question in questions if question.answerable]
    return questions


def _asked(
    approach: Approach,
    reader: Reader,
    model: "PreTrainedModel",
    stage: Stage,
    method: str | None,
    parts: Parts,
    progress: Progress,
    what: str,
) -> tuple[Answers, ReadingCost]:
    """The threshold from the validation questions, the candidates for the test questions, and what these cost."""

    def candidates(questions: Sequence[Question], count_tokens: Callable[[int], None], which: str) -> list[Candidate]:
        blocks = (block for block, _ in in_blocks(questions))
        return [each for block in blocks for each in reader.candidates(model, block, count_tokens, progress, which)]

    validated = candidates(parts.validation, lambda tokens: None, f"{what}, validation")
    threshold = _threshold(parts.validation, validated)
    with Meter() as meter:
        with meter.warm_up():
            reader.candidates(model, parts.test[:1], meter.count_tokens, lambda batches, what: iter(batches), what)
        tested = candidates(parts.test, meter.count_tokens, f"{what}, test")
    rows = sum(all_inputs(reader, parts.test).rows)
    cost = ReadingCost(
        stage,
        method,
        approach.model.name,
        approach.training.dtype,
        len(parts.test),
        meter.usage,
        count_parameters(model),
        meter.interruptions,
        rows=rows,
    )
    return Answers(stage, threshold, tuple(tested)), cost


def _threshold(questions: Sequence[Question], candidates: Sequence[Candidate]) -> Threshold:
    """The threshold that suits the validation questions best."""
    said = give_answers(candidates, ALWAYS)
    golds = [list(for_scoring(question).answers) for question in questions]
    scored = load("squad").compute(predictions=[said[question.id] for question in questions], references=golds)
    f1, abstaining = scored["segments"]["f1"], scored["segments"]["abstaining_exact"]
    return choose_threshold([candidate.margin for candidate in candidates], f1, abstaining)


def _digests(reader: Reader) -> dict[str, str]:
    report = reader.loaded.report
    as_what = {"qa": "reader", "causal": "decoder"}[report.task]
    return report.digests(as_what)
