"""The folder that the hub takes."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.models.pad import padding_parameters
from experiments.models.registry import Entry
from experiments.publishing.card import Card
from experiments.publishing.trained import TrainedModel
from experiments.quiet import quiet
from experiments.study_files import load_study
from experiments.tables.read import read_table
from experiments.training.saved import load_tuned, read_tuned

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def write_folder(trained: TrainedModel, repository: str, root: Path, folder: Path) -> list[str]:
    """Write model, tokenizer and card to `folder`, in place of what is there; the names of the files.

    An adapter lies there as PEFT saves it, head included; a model without one is there whole. Raises UserError where
    the base model is not found, or not the one that was trained on.
    """
    tuned = read_tuned(trained.folder)
    base = tuned.model.entry
    test = read_table(f"{trained.scores.sidecar.study}/splits", root).row(part="test")
    scores = trained.scores.sidecar
    data = load_study(scores.study).at(scores.provenance.profile).chosen.data.entry
    card = Card(repository, trained, tuned, base, data, test)
    beside = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    with quiet():
        model, loaded = load_tuned(trained.folder)
        card = replace(card, with_pad_row=padding_parameters(loaded.model) > 0)
        _name_base(model, base)
        model.save_pretrained(beside)
        loaded.tokenizer.save_pretrained(beside)
    (beside / "README.md").write_text(card.text(), "utf-8", newline="\n")
    shutil.rmtree(folder, ignore_errors=True)
    beside.rename(folder)
    return sorted(path.name for path in folder.iterdir())


def _name_base(model: "PreTrainedModel", base: Entry) -> None:
    """Say by its name on the hub, where it has one, to which model an adapter belongs."""
    from peft import PeftModel

    for adapter in model.peft_config.values() if isinstance(model, PeftModel) else ():
        adapter.base_model_name_or_path = base.hub.repo if base.hub else base.name
        adapter.revision = base.hub.revision if base.hub else None
