"""Reads and checks the header of one safetensors file.

Format (https://github.com/huggingface/safetensors#format): 8 bytes, the length n of the header as an unsigned
little-endian integer; n bytes of JSON that map each tensor to dtype, shape and data_offsets; then the data, which
the tensors must cover without a gap or an overlap. Everything here is untrusted input.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from experiments.tables.errors import TableError, UserError, printable
from experiments.tables.strict_json import json_object

LONGEST_HEADER = 100_000_000  # bytes; the limit of the reference implementation
_POINTER = b"version https://git-lfs"
BITS = {
    **dict.fromkeys(("F64", "I64", "U64", "C64"), 64),
    **dict.fromkeys(("F32", "I32", "U32"), 32),
    **dict.fromkeys(("F16", "BF16", "I16", "U16"), 16),
    **dict.fromkeys(("I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"), 8),
    **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    "F4": 4,
}


class CheckpointError(UserError):
    """A checkpoint that is damaged, incomplete or not in the safetensors format."""

    def __init__(self, path: Path, problem: str) -> None:
        self.problem = problem
        super().__init__(f"{printable(str(path), 200)}: {problem}")


@dataclass(frozen=True, slots=True)
class Tensor:
    """What a header says about a tensor."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    bytes: int

    @property
    def elements(self) -> int:
        return math.prod(self.shape)


def read_header(path: Path) -> list[Tensor]:
    """The tensors of a file, by their place in it. Raises :class:`CheckpointError`."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            refuse_pointer(path, file.read(len(_POINTER)))
            file.seek(0)
            prefix = file.read(8)
            if len(prefix) < 8:
                raise CheckpointError(path, f"cut off: {size} bytes are too few for a safetensors file; fetch it again")
            length = int.from_bytes(prefix, "little")
            if length > min(size - 8, LONGEST_HEADER):
                raise CheckpointError(
                    path,
                    f"the header claims {length:,} bytes, but the file has {size:,}; "
                    "it is cut off, or no safetensors file; fetch it again",
                )
            header = file.read(length)
    except OSError as error:
        raise CheckpointError(path, f"cannot be read ({error.strerror})") from None
    tensors = [_tensor(path, name, entry) for name, entry in _entries(path, header).items()]
    return _contiguous(path, tensors, size - 8 - length)


def refuse_pointer(path: Path, start: bytes) -> None:
    """Raise :class:`CheckpointError` for a file that git-LFS left in place of the one that it stands for."""
    if start.startswith(_POINTER):
        raise CheckpointError(path, "a git-LFS pointer, not the file itself; fetch that, as with `git lfs pull`")


def _entries(path: Path, header: bytes) -> Mapping[str, object]:
    try:
        entries = json_object(header, "the header")
    except TableError as error:
        raise CheckpointError(path, f"{error}; the file is damaged, fetch it again") from None
    entries.pop("__metadata__", None)
    return entries


def _tensor(path: Path, name: str, entry: object) -> tuple[int, int, Tensor]:
    def error(problem: str) -> CheckpointError:
        return CheckpointError(path, f"tensor {printable(name)!r}: {problem}")

    if not isinstance(entry, dict) or not {"dtype", "shape", "data_offsets"} <= entry.keys():
        raise error("needs dtype, shape and data_offsets")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in BITS:
        raise error(f"unknown dtype {printable(str(dtype))!r}")
    if not _naturals(shape):
        raise error("shape must be a list of whole numbers that are not negative")
    if not _naturals(offsets) or len(offsets) != 2 or offsets[0] > offsets[1]:
        raise error("data_offsets must be two whole numbers, begin and end")
    tensor = Tensor(name, dtype, tuple(shape), offsets[1] - offsets[0])
    if tensor.elements > 2**63:
        raise error(f"shape {printable(str(shape))} has more elements than any file holds")
    if tensor.elements * BITS[dtype] != 8 * tensor.bytes:
        needed = -(-tensor.elements * BITS[dtype] // 8)
        taken = f"shape {printable(str(shape))} of {dtype} takes {needed:,} bytes"
        raise error(f"{taken}, but its offsets span {tensor.bytes:,}")
    return offsets[0], offsets[1], tensor


def _naturals(values: object) -> bool:
    if not isinstance(values, list) or len(values) > 64:
        return False
    return all(isinstance(v, int) and not isinstance(v, bool) and 0 <= v < 2**63 for v in values)


def _contiguous(path: Path, placed: list[tuple[int, int, Tensor]], size: int) -> list[Tensor]:
    position = 0
    placed.sort(key=lambda entry: entry[:2])
    for begin, end, tensor in placed:
        if begin != position:
            fault = "overlaps the one before" if begin < position else "leaves a gap before it"
            raise CheckpointError(path, f"tensor {printable(tensor.name)!r} {fault} (begins at byte {begin:,})")
        position = end
    if position != size:
        state = "is cut off" if size < position else "has bytes that belong to no tensor"
        raise CheckpointError(
            path, f"the file {state}: its tensors take {position:,} bytes, it holds {size:,}; fetch it again"
        )
    return [tensor for _, _, tensor in placed]
