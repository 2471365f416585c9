"""Finds the files of a checkpoint: one file, or shards with an index that says where each tensor is."""

import json
import re
from pathlib import Path

from experiments.parameters.checkpoint.gguf import read_gguf
from experiments.parameters.checkpoint.header import CheckpointError, Tensor, read_header
from experiments.tables.errors import printable

_LATER_PART = re.compile(r"-(?!00001)\d{5}-of-\d{5}\.gguf$")
_INDEX = "model.safetensors.index.json"
_FILES = ("model.safetensors", "adapter_model.safetensors")


def read_tensors(path: Path) -> list[Tensor]:
    """Every tensor of the checkpoint in ``path``: a folder, a safetensors or a GGUF file, or an index.

    Raises :class:`CheckpointError`, also where a shard or a tensor that the index lists is missing.
    """
    if path.is_dir():
        path = _entry_point(path)
    if not path.is_file():
        raise CheckpointError(path, "no such file or folder")
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
        return files[0]
    if files:
        raise CheckpointError(folder, f"{len(files)} safetensors files but no {_INDEX} that says what they hold")
    packed = [file for file in sorted(folder.glob("*.gguf")) if not _LATER_PART.search(file.name)]
    if len(packed) == 1:
        return packed[0]
    if packed:
        names = ", ".join(printable(file.name) for file in packed[:4])
        raise CheckpointError(folder, f"{len(packed)} GGUF files, each a model of its own: name one ({names})")
    other = next((p.name for p in sorted(folder.glob("*")) if p.suffix in (".bin", ".pt", ".pth")), None)
    hint = f"; {printable(other)} is of another format: save the model as safetensors" if other else ""
    raise CheckpointError(folder, f"no safetensors file in it, and no GGUF file{hint}")


def _sharded(index: Path) -> list[Tensor]:
    weights = _weight_map(index)
    tensors: dict[str, Tensor] = {}
    for shard in sorted(set(weights.values())):
        file = index.parent / shard
        if not file.is_file():
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


def _weight_map(index: Path) -> dict[str, str]:
    try:
        content = json.loads(index.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, RecursionError, ValueError) as error:
        where = f" (line {error.lineno}: {error.msg})" if isinstance(error, json.JSONDecodeError) else ""
        raise CheckpointError(index, f"not a readable JSON file{where}") from None
    weights = content.get("weight_map") if isinstance(content, dict) else None
    if not isinstance(weights, dict) or not weights:
        raise CheckpointError(index, "has no weight_map that maps tensors to shards")
    for shard in weights.values():
        if not isinstance(shard, str) or Path(shard).name != shard:
            raise CheckpointError(index, f"{printable(str(shard))!r} is no file name of a shard beside the index")
    return weights
