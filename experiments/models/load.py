"""Load a model for a task, and refuse one whose backbone did not arrive."""

import re
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from experiments.hub.place import Located
from experiments.models.gguf import converted
from experiments.models.locate import CONFIG, TOKENIZER, entry_of, locate
from experiments.models.pad import ADDED_ROW, add_pad_row, check_padding, with_pad_token
from experiments.models.registry import Entry
from experiments.models.report import LoadingReport, Task, Weights, check_backbone
from experiments.models.weights import check_weights, weights_sha256
from experiments.quiet import quiet
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import shown_path

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

Dtype = Literal["float32", "bfloat16", "float16"]
Quantization = Literal["nf4"]

TOKENIZER_FILES = re.compile(r"token|^vocab\.json$|\.(txt|model|jinja)$")


@dataclass(frozen=True)
class Loaded:
    """A model in `eval` mode, its tokenizer (None for `geometry`) and the report on how it was loaded."""

    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerBase | None"
    report: LoadingReport


def load_for(
    task: Task,
    name: str | Entry,
    *,
    models_dir: Path | None = None,
    labels: Sequence[str] = (),
    weights: Weights = "trained",
    seed: int = 0,
    dtype: Dtype = "float32",
    quantization: Quantization | None = None,
    device: str = "cpu",
) -> Loaded:
    """The model called `name`, or that an entry describes, ready for `task`.

    `labels` names the classes of a classification head, in the order of its outputs. `weights="random"` gives the
    random-weights control: the same config and tokenizer, weights from `seed`; `"geometry"` only the shape that the
    registry knows, which needs no checkpoint. `seed` is also that of a head which the checkpoint does not have; the
    global random state is left as it was. Batches are padded left for `causal`, right otherwise.

    Raises UserError where the model is not found, cannot do the task, is not the published one, makes something else of
    a text in a padded batch than alone, or where anything but the head of the task is missing from the checkpoint.
    """
    entry = entry_of(name)
    if task == "classification" and len(labels) < 2:
        raise UserError(f"{entry.name}: a classification head needs at least two labels, not {len(labels)}")
    with ExitStack() as stack:
        stack.enter_context(quiet())  # `LoadingReport` has what transformers would say
        found = _checkpoint(entry, models_dir, weights, seed, dtype, stack)
        digest = weights_sha256(entry.sha256 if weights == "trained" else {}, found)
        stored = None
        if found.gguf is not None:
            found, stored = converted(found, digest)
        model, keys = _load(task, entry, found.folder, tuple(labels), seed, dtype, quantization, device)
        tokenizer, pad = None, None
        if weights == "geometry":
            model.config.pad_token_id = 0  # any id: there are no texts, but heads want to know where a row ends
        else:
            tokenizer, pad = _tokenizer(entry, found.folder, model)
            tokenizer.padding_side = "left" if task == "causal" else "right"
    report = LoadingReport(
        model=entry.name,
        task=task,
        architecture=type(model).__name__,
        weights=weights,
        how=found.how,
        revision=found.revision,
        dtype=dtype,
        quantization=", of ".join(filter(None, (quantization, stored))) or None,
        weights_sha256=digest,
        pad=pad,
        **keys,
    )
    check_backbone(report, model.base_model_prefix)
    model.eval()
    if tokenizer is not None:
        check_padding(model, tokenizer, entry.name)
    return Loaded(model, tokenizer, report)


def _checkpoint(
    entry: Entry,
    models_dir: Path | None,
    weights: Weights,
    seed: int,
    dtype: str,
    stack: ExitStack,
) -> Located:
    """The folder to load from; random weights are written into one that lasts until `stack` ends."""
    from experiments.models.classes import config_in
    from experiments.models.recipe import write_checkpoint, write_tokenizer

    if entry.recipe is None and weights == "trained":
        return locate(entry, models_dir)
    if weights == "geometry" and entry.config is None:
        raise UserError(f"{entry.name}: no registry publishes its config, so its shape cannot be made without weights")
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="colophon-")))
    if entry.recipe is not None or weights == "geometry":
        used = entry.recipe.seed if weights == "trained" else seed
        write_checkpoint(entry, entry.config, used, folder, dtype)
        if entry.recipe is not None:
            write_tokenizer(entry, folder)
        return Located(entry.name, folder, "recipe")
    found = locate(entry, models_dir)
    if found.gguf is not None:
        found, _ = converted(found, weights_sha256(entry.sha256, found))
    write_checkpoint(entry, config_in(found.folder, entry.name).to_dict(), seed, folder, dtype)
    for file in found.folder.glob("*"):
        if file.is_file() and (TOKENIZER_FILES.search(file.name)):
            (folder / file.name).write_bytes(file.read_bytes())
    return replace(found, folder=folder)


def _load(
    task: Task,
    entry: Entry,
    folder: Path,
    labels: tuple[str, ...],
    seed: int,
    dtype: str,
    quantization: Quantization | None,
    device: str,
) -> tuple["PreTrainedModel", dict[str, tuple[str, ...]]]:
    """The model of a folder for a task, and the keys of weights that are missing, unexpected or of other shapes."""
    import torch

    from experiments.models.classes import model_class
    from experiments.models.quantized import keep_unpacked, nf4
    from experiments.models.recipe import seeded

    if device.startswith("cuda") and not torch.cuda.is_available():
        raise UserError(f"{entry.name}: there is no GPU here to load it onto; choose the device cpu")
    with seeded(seed, device):
        kind, key_mapping = model_class(task, entry.name, folder)
        check_weights(entry.name, folder)
        settings: dict[str, object] = {"dtype": getattr(torch, dtype)}
        if task == "classification":
            settings["id2label"] = dict(enumerate(labels))
            settings["label2id"] = {label: index for index, label in enumerate(labels)}
        if quantization is not None:
            settings["quantization_config"] = nf4(dtype)
        if device != "cpu":
            settings["device_map"] = placement(entry.name, folder, dtype, quantization, device)
        try:
            model, info = kind.from_pretrained(
                folder,
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
                output_loading_info=True,
                key_mapping=key_mapping,
                **settings,
            )
        except Exception as error:  # transformers raises whatever config and weights lead to
            if "out of memory" in str(error).lower():
                raise UserError(f"{entry.name}: the accelerator has not enough memory to load it") from None
            raise UserError(f"{entry.name}: cannot be loaded: {_say_why(error, task, folder, labels)}") from None
    if task == "encoder":
        _drop_new_pooler(model, info)
    if quantization is not None:
        keep_unpacked(model)
    _note_positions(model)
    # The registry's name, not a folder of this machine, is what an adapter of this model will say it belongs to.
    model.name_or_path = model.config._name_or_path = entry.name
    keys = {
        "missing": tuple(sorted(info["missing_keys"])),
        "unexpected": tuple(sorted(info["unexpected_keys"])),
        "mismatched": tuple(sorted(key if isinstance(key, str) else key[0] for key in info["mismatched_keys"])),
    }
    return model, keys


def _say_why(error: Exception, task: Task, folder: Path, labels: tuple[str, ...]) -> str:
    """Say in one line why transformers could not load what lies in a folder."""
    from experiments.models.classes import config_fault

    said = config_fault(folder, error)
    if "ignore_mismatched_sizes" not in said:
        return said
    head = f", unless its head is one of other than {len(labels)} labels" if task == "classification" else ""
    return f"{shown_path(folder)}: its weights have other shapes than its {CONFIG} says; fetch both again{head}"


ROOM = 0.8  # share of a GPU's free memory that weights may take; activations need the rest
PACKED_BYTES = 0.6  # of a weight in NF4, with its scales


def placement(
    name: str, folder: Path, dtype: str, quantization: Quantization | None, device: str
) -> str | dict[str, str]:
    """Where the weights in a folder go, as `device_map`.

    They go to the device, or over all GPUs by Accelerate where one is too small and there are more.
    """
    import torch

    from experiments.models.classes import config_in

    if torch.cuda.device_count() < 2:
        return {"": device}
    kind = str(config_in(folder, name).dtype or "float32").removeprefix("torch.")
    elements = sum(file.stat().st_size for file in folder.glob("*.safetensors")) / getattr(torch, kind).itemsize
    size = elements * (PACKED_BYTES if quantization else getattr(torch, dtype).itemsize)
    return "auto" if size > ROOM * torch.cuda.mem_get_info(0)[0] else {"": device}


def _tokenizer(entry: Entry, folder: Path, model: "PreTrainedModel") -> tuple["PreTrainedTokenizerBase", str]:
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # the readers of its files raise whatever these lead to
        said = f"{shown_path(folder)}: {printable(' '.join(str(error).split()), 200)}"
        if not (folder / TOKENIZER).is_file():
            said = f"there is no {TOKENIZER} in {said}"
        raise UserError(f"{entry.name}: its tokenizer cannot be loaded: {said}") from None
    if tokenizer.get_vocab().keys() <= set(tokenizer.all_special_tokens):  # transformers makes one up without files
        where = shown_path(folder)
        raise UserError(f"{entry.name}: there is no tokenizer in {where}; put its files, such as {TOKENIZER}, there")
    rows = model.get_input_embeddings().num_embeddings
    if len(tokenizer) > rows:
        raise UserError(f"{entry.name}: the tokenizer has {len(tokenizer)} tokens, the embedding only {rows} rows")
    tokenizer, how = with_pad_token(tokenizer, rows, entry.retired_token, _ends(model))
    if how == ADDED_ROW:
        add_pad_row(model)
    tokenizer.split_special_tokens = True  # "</s>" inside a text is text
    model.config.pad_token_id = tokenizer.pad_token_id
    if model.can_generate():
        model.generation_config.pad_token_id = tokenizer.pad_token_id
    return tokenizer, f"{how}: {tokenizer.pad_token} (id {tokenizer.pad_token_id})"


def _ends(model: "PreTrainedModel") -> set[int]:
    """The ids with which texts begin and end for the model."""
    ids = [model.config.bos_token_id, model.config.eos_token_id]
    return {index for each in ids for index in (each if isinstance(each, list) else [each]) if index is not None}


def _drop_new_pooler(model: "PreTrainedModel", info: dict[str, set[str]]) -> None:
    """Take away a pooler that the checkpoint does not have: no hidden state comes out of it."""
    new = {key for key in info["missing_keys"] if key.startswith("pooler.")}
    if new:
        model.pooler = None
        info["missing_keys"] = set(info["missing_keys"]) - new


def _note_positions(model: "PreTrainedModel") -> None:
    """Have the config say how many tokens fit, where some of its positions belong to padding (RoBERTa)."""
    from torch import nn

    positions = model.config.to_dict().get("max_position_embeddings")
    for module in model.modules():
        if isinstance(module, nn.Embedding) and module.num_embeddings == positions and module.padding_idx is not None:
            model.config.longest_input = positions - module.padding_idx - 1
