"""A trained model on disk: adapter and head in one file, and what is needed to put them on their model again."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from experiments.choices import ModelChoice
from experiments.models.load import Loaded, load_for
from experiments.models.report import Task
from experiments.tables.closed import Closed
from experiments.tables.digest import sha256_file
from experiments.tables.errors import UserError
from experiments.tables.files import replace_json
from experiments.tables.locations import shown_path
from experiments.training.prepare import prepare
from experiments.training.settings import Training
from experiments.training.trainable import FILE, load_trainable, save_trainable

if TYPE_CHECKING:
    from transformers import PreTrainedModel

CARD = "tuned.json"


class Tuned(Closed):
    """What was trained on what: enough to build the same model in another process."""

    task: Task
    model: ModelChoice
    labels: tuple[str, ...]
    training: Training
    seed: int
    base_sha256: str
    device: str


def save_tuned(model: "PreTrainedModel", tuned: Tuned, folder: Path) -> str:
    """Write what was trained, and return its SHA-256. The description comes last: without it there is no model."""
    save_trainable(model, folder)
    replace_json(folder / CARD, tuned.model_dump(mode="json"))
    return sha256_file(folder / FILE)


def read_tuned(folder: Path) -> Tuned:
    """The description. Raises UserError where there is none."""
    path = folder / CARD
    try:
        return Tuned.model_validate(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, ValidationError):
        raise UserError(f"{shown_path(path)}: no trained model lies here") from None


def load_tuned(folder: Path) -> tuple["PreTrainedModel", Loaded]:
    """The trained model, in `eval` mode, and its base as it was loaded.

    Raises UserError where nothing lies there, or the base model on this machine is not the one that was trained.
    """
    tuned = read_tuned(folder)
    loaded = load_for(
        tuned.task,
        tuned.model.entry,
        labels=tuned.labels,
        seed=tuned.seed,
        dtype=tuned.training.dtype,
        quantization=tuned.training.quantization,
        device=tuned.device,
    )
    if loaded.report.weights_sha256 != tuned.base_sha256:
        raise UserError(
            f"{shown_path(folder)}: was trained on other weights of {tuned.model.name} than those found here"
        )
    model = prepare(loaded, tuned.training, tuned.seed)
    load_trainable(model, folder)
    return model.eval(), loaded
