"""The folder that the hub takes."""

import shutil
from pathlib import Path

from experiments.models.registry import Entry, model_entry
from experiments.publishing.card import card
from experiments.publishing.trained import TrainedModel
from experiments.tables.errors import UserError
from experiments.tables.read import read_table
from experiments.training.quiet import quiet
from experiments.training.saved import load_tuned, read_tuned


def write_folder(trained: TrainedModel, name: str, root: Path, folder: Path) -> list[str]:
    """Write model, tokenizer and card to `folder`, which is emptied first; the names of the files.

    An adapter lies there as PEFT saves it, head included; a model without one is there whole. Raises UserError where
    the base model is not found, or the model is no classifier.
    """
    tuned = read_tuned(trained.folder)
    if tuned.task != "classification":
        raise UserError(f"{trained.name}: only classifiers can be pushed, and this is a model for {tuned.task}")
    base = model_entry(tuned.model)
    splits = read_table(f"{trained.scores.sidecar.study}/splits", root)
    text = card(trained, tuned, base, splits, name)
    with quiet():
        model, loaded = load_tuned(trained.folder)
        _name_base(model, base)
        beside = folder.with_name(f".{folder.name}.new")
        shutil.rmtree(beside, ignore_errors=True)
        model.save_pretrained(beside)
        loaded.tokenizer.save_pretrained(beside)
    (beside / "README.md").write_text(text, "utf-8", newline="\n")
    shutil.rmtree(folder, ignore_errors=True)
    beside.rename(folder)
    return sorted(path.name for path in folder.iterdir())


def _name_base(model, base: Entry) -> None:
    """Say by its name on the hub, where it has one, to which model an adapter belongs."""
    for adapter in getattr(model, "peft_config", {}).values():
        adapter.base_model_name_or_path = base.hub.repo if base.hub else base.name
        adapter.revision = base.hub.revision if base.hub else None
