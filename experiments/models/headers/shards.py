"""Finds the files of a checkpoint: one file, or shards with an index that says where each tensor is."""

import re
from pathlib import Path

from experiments.models.headers.gguf import read_gguf
from experiments.models.headers.safetensors import CheckpointError, Tensor, read_header
from experiments.tables.errors import TableError, printable
from experiments.tables.strict_json import json_object

_LATER_PART = re.compile(r"-(?!00001)\d{5}-of-\d{5}\.gguf$")
_SHARD = re.compile(r"-\d{5}-of-(?P<shards>\d{5})\.safetensors$", re.ASCII)
_INDEX = "model.safetensors.index.json"
LARGEST_INDEX = 2**26  # bytes
PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".npz", ".npy", ".joblib", ".mar")
"""Endings of files that are pickles, or may hold them."""
_FILES = ("model.safetensors", "adapter_model.safetensors")


def read_tensors(path: Path) -> list[Tensor]:
    """Every tensor of the checkpoint in ``path``: a folder, a safetensors or a GGUF file, or an index.

    Raises :class:`CheckpointError`, also where a shard or a tensor that the index lists is missing.
    """
    if path.is_dir():
        path = _entry_point(path)
    if not _is_file(path):
        raise CheckpointError(path, "no such file or folder")
    refuse_pickled(path)
    if path.name.endswith(".index.json"):
        return _sharded(path)
    return read_gguf(path) if path.suffix == ".gguf" else read_header(path)


def _entry_point(folder: Path) -> Path:
    for candidates in ([folder / _INDEX], [folder / name for name in _FILES], sorted(folder.glob("*.index.json"))):
        for candidate in candidates:
            if candidate.is_file() and ".safetensors" in candidate.name:
                return candidate
    files = sorted(folder.glob("*.safetensors"))
    if len(files) == 1:
        if others := shards_beside(files[0]):
            raise CheckpointError(
                folder,
                f"{printable(files[0].name)} is one of {others + 1} shards, and the others are missing; fetch them too",
            )
        return files[0]
    if files:
        raise CheckpointError(folder, f"{len(files)} safetensors files but no {_INDEX} that says what they hold")
    packed = [file for file in sorted(folder.glob("*.gguf")) if not _LATER_PART.search(file.name)]
    if len(packed) == 1:
        return packed[0]
    if packed:
        names = ", ".join(printable(file.name) for file in packed[:4])
        raise CheckpointError(folder, f"{len(packed)} GGUF files, each a model of its own: name one ({names})")
    refuse_pickled(folder)
    raise CheckpointError(folder, "no safetensors file in it, and no GGUF file")


def shards_beside(path: Path) -> int:
    """How many other shards a safetensors file has by its name; 0 for a file that is whole."""
    shard = _SHARD.search(path.name)
    return max(0, int(shard["shards"]) - 1) if shard else 0


def refuse_pickled(path: Path) -> None:
    """Raise :class:`CheckpointError` for a file of a format that can run code when it is read, or a folder of such."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    file = next((file for file in files if file.suffix.lower() in PICKLED), None)
    if file is not None:
        raise CheckpointError(file, "a pickle, which can run code when it is read; save the model as safetensors")


def _sharded(index: Path) -> list[Tensor]:
    weights = read_index(index)
    tensors: dict[str, Tensor] = {}
    for shard in sorted(set(weights.values())):
        file = index.parent / shard
        if not _is_file(file):
            count = sum(1 for place in weights.values() if place == shard)
            raise CheckpointError(
                index, f"the shard {printable(shard)} is missing, and {count} tensors with it; fetch it too"
            )
        for tensor in read_header(file):
            if weights.get(tensor.name) != shard:
                raise CheckpointError(file, f"holds {printable(tensor.name)!r}, which the index does not place there")
            tensors[tensor.name] = tensor
    lost = sorted(weights.keys() - tensors.keys())
    if lost:
        raise CheckpointError(index, f"{printable(lost[0])!r} is not in {printable(weights[lost[0]])}")
    return list(tensors.values())


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long for one
        return False


def read_index(index: Path) -> dict[str, str]:
    """The shard of each tensor, as an index has it: names of files beside it. Raises :class:`CheckpointError`."""
    try:
        if index.stat().st_size > LARGEST_INDEX:
            raise CheckpointError(index, f"larger than {LARGEST_INDEX >> 20} MiB, which no index is")
        content = json_object(index.read_bytes(), "it")
    except OSError as error:
        raise CheckpointError(index, f"cannot be read ({error.strerror})") from None
    except TableError as error:
        raise CheckpointError(index, f"{error}; the file is damaged, fetch it again") from None
    weights = content.get("weight_map")
    if not isinstance(weights, dict) or not weights:
        raise CheckpointError(index, "has no weight_map that maps tensors to shards")
    for shard in weights.values():
        if not isinstance(shard, str) or Path(shard).name != shard:
            raise CheckpointError(index, f"{printable(str(shard))!r} is no file name of a shard beside the index")
    return weights
