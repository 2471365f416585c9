"""Find the folder of a model: an explicit folder, an installed package, the hub's local cache, the hub."""

import json
from collections.abc import Sequence
from pathlib import Path

from experiments.hub.place import Located
from experiments.hub.resolve import chosen_folder, from_hub, package_folder
from experiments.hub.snapshot import cached
from experiments.models.registry import REGISTRY, VOCABULARY, Entry, model_entry
from experiments.tables.errors import UserError

CONFIG, TOKENIZER = "config.json", "tokenizer.json"
WEIGHTS = {"*.safetensors": "model.safetensors.index.json", "*.bin": "pytorch_model.bin.index.json"}  # and index
SMALL_FILES = (".json", ".txt", ".model")  # config, tokenizer and their like


def locate(name: str, models_dir: Path | None = None, revision: str | None = None) -> Located:
    """The folder of the model called `name`, which has a config and weights.

    Looked for in `models_dir` (else the environment variable COLOPHON_MODELS_DIR), an installed package, the local
    hub cache and the hub, in this order. `revision` pins the commit where the registry does not. Raises UserError: one
    line that names the ways to provide the model. Not for models of a recipe, which lie nowhere.
    """
    entry = _pinned(model_entry(name), revision)
    found = _on_this_machine(entry, models_dir)
    if found is not None:
        return found
    return from_hub(name, "model", entry.hub, CONFIG, _has_all_weights, _needed, _ways(entry))


def local_paths(name: str, models_dir: Path | None = None, revision: str | None = None) -> dict[str, Path]:
    """The files on this machine that make the model what it is, for `TableSpec.models`; none where it is not here.

    Weights, config and tokenizer one by one: the same model has the same digests whichever way it came. Never asks the
    network and imports nothing heavy. A model of a recipe is its registry file and its vocabulary.
    """
    entry = _pinned(model_entry(name), revision)
    if entry.recipe is not None:
        return {f"{name}/recipe": REGISTRY / f"{name}.yaml", f"{name}/vocabulary": VOCABULARY}
    found = _on_this_machine(entry, models_dir)
    if found is None and entry.hub is not None:
        found = cached(name, entry.hub, "model", CONFIG, _has_all_weights)
    if found is None:
        return {}
    others = [file for file in (found.folder / CONFIG, found.folder / TOKENIZER) if file.is_file()]
    return {f"{name}/{file.name}": file for file in [*weight_files(found.folder), *others]}


def weight_files(folder: Path) -> list[Path]:
    """The weight files of a model folder, sorted by name: safetensors where there are any, else pickled ones."""
    for pattern in WEIGHTS:
        files = sorted(folder.glob(pattern))
        if files:
            return files
    return []


def _on_this_machine(entry: Entry, models_dir: Path | None) -> Located | None:
    root = chosen_folder(models_dir, "COLOPHON_MODELS_DIR", "--models-dir")
    for name in entry.folders if root else ():
        if (root / name).is_dir():
            return _checked(entry, Located(entry.name, root / name, "folder"))
    if entry.package is not None:
        folder = package_folder(entry.package.name, entry.package.folder)
        if folder is not None:
            return _checked(entry, Located(entry.name, folder, "package"))
    return None


def _checked(entry: Entry, found: Located) -> Located:
    if not (found.folder / CONFIG).is_file() or not _has_all_weights(found.folder):
        raise UserError(f"{entry.name}: {found.folder} is no model folder: it needs {CONFIG} and all its weights")
    return found


def _has_all_weights(folder: Path) -> bool:
    """Whether one format is whole: every shard that its index lists, or a file where there is no index."""
    for pattern, index in WEIGHTS.items():
        if (folder / index).is_file():
            shards = set(json.loads((folder / index).read_text(encoding="utf-8"))["weight_map"].values())
            if all((folder / shard).is_file() for shard in shards):
                return True
        elif any(folder.glob(pattern)):
            return True
    return False


def _pinned(entry: Entry, revision: str | None) -> Entry:
    if revision is None or entry.hub is None:
        return entry
    return entry.model_copy(update={"hub": entry.hub.model_copy(update={"revision": revision})})


def _needed(files: Sequence[str]) -> list[str]:
    """The files of a hub repository that loading reads: weights in one format only, nothing from subfolders."""
    top = [file for file in files if "/" not in file]
    weights = [file for file in top if file.endswith(".safetensors")] or [f for f in top if f.endswith(".bin")]
    return [*weights, *(file for file in top if file.endswith(SMALL_FILES))]


def _ways(entry: Entry) -> str:
    ways = [f"put its folder ({entry.folders[0]}) below --models-dir or COLOPHON_MODELS_DIR"]
    if entry.package is not None:
        ways.append(f"install the package {entry.package.install}")
    if entry.hub is not None:
        ways.append(f"download {entry.hub.repo} into the hub cache")
        ways.append("or go online" if entry.hub.revision else "or pin its revision and go online")
    return "; ".join(["to provide it: " + ways[0], *ways[1:]])
