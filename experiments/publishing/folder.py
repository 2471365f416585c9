"""The folder that the hub takes, written and uploaded."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.hub.snapshot import offline
from experiments.models.pad import padding_parameters
from experiments.models.registry import Entry
from experiments.publishing.card import Card
from experiments.publishing.trained import TrainedModel
from experiments.quiet import quiet
from experiments.study_files import load_study
from experiments.tables.errors import UserError, printable
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


def upload(folder: Path, name: str, private: bool) -> str:
    """Create the model repository `name` where it is not there, upload the folder, and return its address.

    The token is read where the hub's client keeps it, and never shown. Raises UserError without a token, offline, and
    where the hub refuses.
    """
    from huggingface_hub import HfApi, get_token

    token = get_token()
    if token is None:
        raise UserError("not uploaded: there is no token; set HF_TOKEN, or log in with `hf auth login`")
    if offline():
        raise UserError("not uploaded: the network is switched off (HF_HUB_OFFLINE)")
    api = HfApi(token=token)
    try:
        repository = api.create_repo(name, repo_type="model", private=private, exist_ok=True)
        api.upload_folder(repo_id=repository.repo_id, folder_path=folder, commit_message="Upload by colophon")
    except Exception as error:  # the client's errors, those of its HTTP library and of the file system have no base
        said = printable(str(error).splitlines()[0] if str(error) else type(error).__name__, 200)
        raise UserError(f"not uploaded: {said.replace(token, '…')}") from None
    return str(repository)
