"""Tiny classifiers, trained for real."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from experiments.data.examples import Sentence
from experiments.data.load import load_split
from experiments.models.load import Loaded, load_for
from experiments.quiet import quiet
from experiments.training.classification import EncodedExamples, encode, load_accuracy
from experiments.training.loop import Trained, train
from experiments.training.prepare import prepare
from experiments.training.runtime import deterministic
from experiments.training.settings import Training
from tests.experiments.smoke import Command

LABELS = ("negative", "positive")
LORA = {"r": 4, "alpha": 8, "dropout": 0.1}


def settings(method: str, **more) -> Training:
    """Twelve steps in two epochs, with a checkpoint after every third."""
    lora = {"lora": LORA} if method in ("lora", "qlora") else {}
    common = {"epochs": 2, "batch_size": 6, "learning_rate": 3e-3, "max_tokens": 32, "evaluations_per_epoch": 2}
    return Training(method=method, **{**common, **lora, **more})


def load(training: Training, name: str = "smoke-encoder", seed: int = 0) -> Loaded:
    """A smoke model as a classifier of two labels."""
    return load_for("classification", name, labels=LABELS, seed=seed, quantization=training.quantization)


def encoded(loaded: Loaded, split: str, n: int = 36) -> EncodedExamples:
    return encode(loaded, _examples(split)[:n], LABELS, 32, None)


@cache
def _examples(split: str) -> Sequence[Sentence]:
    return load_split("smoke-sentiment", split).examples


class Stopped(BaseException):
    """What a kill does to a training, as far as one process can play it: nothing runs afterwards."""


def stopping_at(step: int) -> Callable[[Iterable[int], str], Iterator[int]]:
    """A way to show steps that stops the training when it begins this one."""

    def show(steps: Iterable[int], what: str) -> Iterator[int]:
        for done, each in enumerate(steps):
            if done == step:
                raise Stopped
            yield each

    return show


def never_stopping(steps: Iterable[int], what: str) -> Iterator[int]:
    return iter(steps)


def run(training: Training, folder: Path, show=never_stopping, name: str = "smoke-encoder", seed: int = 0):
    """The trained model and what training says of itself."""
    with quiet(), deterministic(seed):
        loaded = load(training, name, seed)
        rows, validation = encoded(loaded, "train").rows, encoded(loaded, "dev").rows
        model = prepare(loaded, training, seed)
        trained: Trained = train(
            model,
            training,
            rows,
            validation,
            pad_id=loaded.tokenizer.pad_token_id,
            seed=seed,
            folder=folder,
            what="a test",
            show=show,
            measures=load_accuracy(),
        )
    return model, trained


@pytest.fixture
def tiny() -> SimpleNamespace:
    """The functions above, for tests."""
    return SimpleNamespace(
        settings=settings, load=load, encoded=encoded, run=run, stopping_at=stopping_at, Stopped=Stopped
    )


@pytest.fixture
def in_fresh_process(tmp_path: Path) -> Callable[[str], str]:
    """Run Python code in a process that has run nothing, and give what it prints."""

    def call(code: str) -> str:
        done = Command(tmp_path, code=code).wait()
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    return call
