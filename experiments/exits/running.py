"""The parts of a run: what the base model answers, and one training with what the model answers after it."""

from pathlib import Path
from typing import TYPE_CHECKING

from experiments.exits.following import follow
from experiments.exits.generate import generate
from experiments.exits.instructions import Parts
from experiments.exits.prompts import Reader
from experiments.exits.results import Answer, ExitCost, Found
from experiments.exits.study import Exits
from experiments.meter.meter import Meter
from experiments.models.chat import open_chat
from experiments.models.load import load_for
from experiments.system import Progress
from experiments.tables.terms import TRAINING, Stage
from experiments.training.counting import count_parameters
from experiments.training.faults import raise_on_oom
from experiments.training.tune import train_and_keep

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def open_reader(exits: Exits, device: str) -> Reader:
    """Load the model; all of it comes from the checkpoint."""
    loaded = load_for(
        "causal",
        exits.model.entry,
        dtype=exits.training.dtype,
        quantization=exits.training.quantization,
        device=device,
    )
    return Reader(exits, open_chat(loaded) if exits.prompt.chat else loaded)


def answer_untrained(exits: Exits, parts: Parts, device: str, progress: Progress) -> Found:
    """What the base model answers: the part without a seed."""
    reader = open_reader(exits, device)
    return _answer_and_follow(
        reader, reader.loaded.model, Stage.BASE, parts, progress, f"{exits.model.name} {Stage.BASE}"
    )


def train_and_answer(exits: Exits, parts: Parts, seed: int, folder: Path, device: str, progress: Progress) -> Found:
    """Train with one seed, and answer after it.

    `folder` is this seed's own. To be called inside `deterministic(seed)`.
    """
    what = f"{exits.model.name} seed {seed}"
    reader, training = open_reader(exits, device), exits.training
    rows = {
        part: [reader.training_row(asked) for asked in reader.ask(examples)]
        for part, examples in (("train", parts.train), ("validation", parts.validation))
    }
    tuned = train_and_keep(
        reader.loaded,
        exits.model,
        training,
        rows["train"],
        rows["validation"],
        seed=seed,
        folder=folder,
        what=what,
        show=progress,
        device=device,
    )
    model, trained = tuned.model, tuned.trained
    cost = ExitCost(
        TRAINING,
        training.method,
        exits.model.name,
        training.dtype,
        len(parts.train) * training.epochs,
        trained.usage,
        count_parameters(model),
        trained.interruptions,
        exits=None,
    )
    found = _answer_and_follow(reader, model, Stage.FINE_TUNED, parts, progress, f"{what} {Stage.FINE_TUNED}")
    return Found(
        stage=Stage.FINE_TUNED,
        answers=found.answers,
        followed=found.followed,
        costs=(cost, *found.costs),
        models={**found.models, f"{exits.model.name}, trained, seed {seed}": tuned.digest},
        curve=trained.curve,
    )


def _answer_and_follow(
    reader: Reader, model: "PreTrainedModel", stage: Stage, parts: Parts, progress: Progress, what: str
) -> Found:
    """What all exits answer to the test examples, what that took, and the shown prompts, followed.

    They are followed for every seed, since what is kept of one may go into a run of which it is the first.
    """
    exits, report = reader.exits, reader.loaded.report
    prompts = [asked.ids for asked in reader.ask(parts.test)]
    told = iter(progress(range(len(prompts)), what, len(prompts)))
    so_far = 0

    def show(done: int, total: int) -> None:
        nonlocal so_far
        for _ in range(done - so_far):
            next(told, None)
        so_far = done

    def answer(some: list[tuple[int, ...]], new_tokens: int, **more):
        return generate(
            model,
            some,
            exits.depths,
            pad_id=reader.loaded.tokenizer.pad_token_id,
            stops=reader.stops,
            max_new_tokens=new_tokens,
            **more,
        )

    with raise_on_oom(what), Meter() as meter:
        with meter.warm_up():
            answer(prompts[:1], 2)
        said = answer(prompts, exits.max_new_tokens, progress=show, count_tokens=meter.count_tokens)
    next(told, None)  # lets the display end
    answers = {
        exit_: tuple(Answer(reader.text(one), one.tokens, one.ended) for one in each) for exit_, each in said.items()
    }
    cost = ExitCost(
        stage,
        None if stage == Stage.BASE else exits.training.method,
        report.model,
        exits.training.dtype,
        len(prompts),
        meter.usage,
        count_parameters(model),
        meter.interruptions,
        exits=len(exits.depths),
    )
    return Found(
        stage=stage,
        answers=answers,
        followed=tuple(follow(reader, model)),
        costs=(cost,),
        models=report.digests("decoder"),
    )
