"""Find the folder of a model: an explicit folder, an installed package, the hub's local cache, the hub."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from experiments.hub.addresses import bring
from experiments.hub.place import How, Located
from experiments.hub.resolve import chosen_folder, from_hub, package_folder
from experiments.hub.snapshot import HubError, cached
from experiments.models.families import Family, family_of
from experiments.models.headers.shards import PICKLED, read_index, refuse_pickled
from experiments.models.registry import VOCABULARY, Entry, model_entry
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import project_root
from experiments.tables.pieces import Pieces

CONFIG, TOKENIZER = "config.json", "tokenizer.json"
WEIGHTS, INDEX = "*.safetensors", "model.safetensors.index.json"
SMALL_FILES = (".json", ".txt", ".model", ".jinja")  # config, tokenizer, chat template and their like


def locate(model: str | Entry, models_dir: Path | None = None) -> Located:
    """The folder of a model, which has a config and weights, or its GGUF file.

    `model` is a name, or the entry that describes it. Looked for in `models_dir` (else the environment variable
    COLOPHON_MODELS_DIR), the project, an installed package, the local hub cache and the hub, in this order. A model
    that a command of its own installs is never downloaded. Raises UserError: one line that names the ways to provide
    the model. Not for models of a recipe, which lie nowhere.
    """
    entry = entry_of(model)
    if _is_opt_in(entry):
        found = _here(entry, models_dir)
        if found is None:
            raise UserError(f"{entry.name} is not on this machine; {_ways(entry)}")
        return found
    found = _on_this_machine(entry, models_dir)
    if found is not None:
        return found
    first, complete = _wanted_of_the_hub(entry)
    wanted = (lambda files: [file for file in files if file == first]) if entry.gguf else _needed
    return _with_gguf(entry, from_hub(entry.name, "model", entry.hub, first, complete, wanted, _ways(entry)))


def local_paths(model: str | Entry) -> dict[str, Path | Pieces]:
    """The files on this machine that make the model what it is, for `TableSpec.models`; none where it is not here.

    Weights, config and tokenizer one by one, or a GGUF file: the same model has the same digests whichever way it came.
    Never asks the network and imports nothing heavy. A model of a recipe is its registry file and its vocabulary.
    """
    entry = entry_of(model)
    if entry.recipe is not None:
        return {f"{entry.name}/recipe": entry.file, f"{entry.name}/vocabulary": VOCABULARY}
    found = _here(entry, None)
    if found is None:
        return {}
    others = [found.folder / name for name in (CONFIG, TOKENIZER) if not found.gguf and (found.folder / name).is_file()]
    return {f"{entry.name}/{file.name}": file for file in [*weight_files(found), *others]}


def known_config(model: Entry) -> Mapping[str, object]:
    """The config as far as it is known without asking the network: that of the registry, else of the model's folder.

    Empty where the model is not here, or a GGUF file, whose config is read when it is loaded.
    """
    if model.config is not None:
        return model.config
    try:
        found = _here(model, None)
        content = {} if found is None or found.gguf else json.loads((found.folder / CONFIG).read_bytes())
    except (UserError, OSError, ValueError, RecursionError):  # said when the model is loaded
        return {}
    return content if isinstance(content, dict) else {}


def family(model: Entry) -> Family | None:
    """Whether a model is a decoder or an encoder; None where that is not known before it is here.

    A GGUF file holds a decoder.
    """
    config = known_config(model)
    return family_of(config) if config else ("decoder" if model.gguf else None)


def entry_of(model: str | Entry) -> Entry:
    """The entry of a model that is named, or described by an entry already."""
    return model if isinstance(model, Entry) else model_entry(model)


def pinned(model: str, revision: str | None) -> Entry:
    """The entry of a model, at a commit where one is asked for and it has a repository."""
    entry = model_entry(model)
    if revision is None or entry.hub is None:
        return entry
    return entry.model_copy(update={"hub": entry.hub.model_copy(update={"revision": revision})})


def weight_files(found: Located) -> list[Path | Pieces]:
    """The GGUF file of a model, or the safetensors files of its folder, sorted by name."""
    return [found.gguf] if found.gguf is not None else sorted(found.folder.glob(WEIGHTS))


def _is_opt_in(entry: Entry) -> bool:
    return entry.package is not None and entry.package.command is not None


def _here(entry: Entry, models_dir: Path | None) -> Located | None:
    """Where it lies on this machine, the hub's cache included."""
    found = _on_this_machine(entry, models_dir)
    if found is not None or entry.hub is None:
        return found
    found = cached(entry.name, entry.hub, "model", *_wanted_of_the_hub(entry))
    return None if found is None else _with_gguf(entry, found)


def _wanted_of_the_hub(entry: Entry) -> tuple[str, Callable[[Path], bool]]:
    """The file by which a snapshot is known, and whether a snapshot with it is whole."""
    return (entry.gguf, lambda folder: True) if entry.gguf else (CONFIG, _has_all_weights)


def _with_gguf(entry: Entry, found: Located) -> Located:
    return replace(found, gguf=found.folder / entry.gguf) if entry.gguf else found


def _on_this_machine(entry: Entry, models_dir: Path | None) -> Located | None:
    for folder, how in _candidates(entry, models_dir):
        if entry.gguf is None:
            return _checked(entry, Located(entry.name, folder, how))
        if (folder / entry.gguf).is_file():
            file = folder / entry.gguf
            return Located(entry.name, file.parent, how, gguf=file)
    pieces = _pieces(entry)
    return None if pieces is None else Located(entry.name, pieces.paths[0].parent, "package", gguf=pieces)


def _pieces(entry: Entry) -> Pieces | None:
    """The GGUF file in the pieces that packages carry; None where there are none, or not all are installed."""
    if entry.package is None or not entry.package.pieces:
        return None
    paths = []
    for piece in entry.package.pieces:
        package, _, inside = piece.partition("/")
        folder = package_folder(package, str(Path(inside).parent))
        if folder is None:
            return None
        paths.append(folder / Path(inside).name)
    found = Pieces(Path(entry.gguf).name, tuple(paths))
    return found if found.exists() else None


def _candidates(entry: Entry, models_dir: Path | None) -> Iterator[tuple[Path, How]]:
    """Folders that are there and may hold the model. A path with `~` or from the root counts as it is."""
    chosen = chosen_folder(models_dir, "COLOPHON_MODELS_DIR", "--models-dir")
    # In the project a model lies where a study or a registry says so, never by its name alone.
    said = [folder for folder in entry.folders if folder == entry.folder or "/" in folder]
    for root, names in ((chosen, entry.folders), (project_root(), said)):
        if root is not None:
            names = (*names, ".") if entry.gguf else names
            bring(root, lambda files, names=names: [file for name in names for file in _read_of(entry, name, files)])
            folders = (root / Path(name).expanduser() for name in names)
            yield from ((folder, "folder") for folder in folders if folder.is_dir())
    if entry.package is not None:
        folder = package_folder(entry.package.name, entry.package.folder)
        if folder is not None:
            yield folder, "package"


def _read_of(entry: Entry, name: str, files: Sequence[str]) -> list[str]:
    """Which files below an address loading reads of the model in the folder `name`."""
    above = f"{Path(name).as_posix()}/" if name != "." else ""
    inside = [file.removeprefix(above) for file in files if file.startswith(above)]
    try:
        needed = [file for file in inside if file == entry.gguf] if entry.gguf else _needed(inside)
    except HubError as error:
        raise UserError(f"{entry.name}: {error}") from None
    return [above + file for file in needed]


def _checked(entry: Entry, found: Located) -> Located:
    if not (found.folder / CONFIG).is_file() or not _has_all_weights(found.folder):
        if not any(found.folder.glob(WEIGHTS)):
            refuse_pickled(found.folder)
        raise UserError(f"{entry.name}: {found.folder} is no model folder: it needs {CONFIG} and all its weights")
    return found


def _has_all_weights(folder: Path) -> bool:
    """Whether every shard is there that the index lists, or a file where there is no index."""
    if (folder / INDEX).is_file():
        return all((folder / shard).is_file() for shard in set(read_index(folder / INDEX).values()))
    return any(folder.glob(WEIGHTS))


def _needed(files: Sequence[str]) -> list[str]:
    """The files of a hub repository that loading reads: nothing from subfolders.

    Raises HubError where its weights are of a format that can run code.
    """
    top = [file for file in files if "/" not in file]
    weights = [file for file in top if file.endswith(".safetensors")]
    pickled = next((file for file in top if file.endswith(PICKLED)), None)
    if pickled and not weights:
        raise HubError(f"its weights are in {printable(pickled)} alone, a pickle, which can run code when it is read")
    return [*weights, *(file for file in top if file.endswith(SMALL_FILES))]


def _ways(entry: Entry) -> str:
    what = f"its file {entry.gguf}" if entry.gguf else f"its folder ({entry.folders[0]})"
    ways = [f"run `{entry.package.command}`"] if _is_opt_in(entry) else []
    ways.append(f"put {what} below --models-dir or COLOPHON_MODELS_DIR")
    if entry.folder or entry.gguf:
        ways.append("or below the project")
    if entry.package is not None and not _is_opt_in(entry):
        ways.append(f"install the package {entry.package.install}")
    if entry.hub is not None:
        ways.append(f"download {entry.hub.repo} into the hub cache")
        if not _is_opt_in(entry):
            ways.append("or go online" if entry.hub.revision else "or pin its revision and go online")
    return "; ".join(["to provide it: " + ways[0], *ways[1:]])
