"""Reads and checks the header of a GGUF file: names, shapes and types of its tensors, without reading a tensor.

Format (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md): the magic, a version, the numbers of tensors and of
metadata entries, the metadata, then name, dimensions, type and offset of each tensor, then the data from the next
multiple of the alignment on. Sizes of the types: ggml.h and gguf-py/gguf/constants.py. Everything here is untrusted.
"""

import math
import re
import struct
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from experiments.models.headers.safetensors import CheckpointError, Tensor, refuse_pointer
from experiments.tables.errors import printable

MAGIC = b"GGUF"
# Type: name, elements of a block, bytes of a block.
_TYPES = {
    0: ("F32", 1, 4),
    1: ("F16", 1, 2),
    2: ("Q4_0", 32, 18),
    3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24),
    8: ("Q8_0", 32, 34),
    9: ("Q8_1", 32, 36),
    10: ("Q2_K", 256, 84),
    11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210),
    15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74),
    18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18),
    21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1),
    25: ("I16", 1, 2),
    26: ("I32", 1, 4),
    27: ("I64", 1, 8),
    28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2),
    34: ("TQ1_0", 256, 54),
    35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17),
}
BLOCKS = frozenset(name for name, size, _ in _TYPES.values() if size > 1)
"""The types that pack a block of weights together with its scale."""
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "B", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_SPLIT = re.compile(r"-(?P<part>\d{5})-of-(?P<parts>\d{5})\.gguf$")


@dataclass
class _Reader:
    """Reads values one after the other, and never past the end of the file."""

    path: Path
    file: BinaryIO
    left: int
    order: str = "<"

    def take(self, size: int) -> bytes:
        self._passes(size)
        return self.file.read(size)

    def skip(self, size: int) -> None:
        self._passes(size)
        self.file.seek(size, 1)

    def _passes(self, size: int) -> None:
        if size > self.left:
            raise CheckpointError(self.path, "cut off within its header, or no GGUF file; fetch it again")
        self.left -= size

    def number(self, code: str) -> int:
        return struct.unpack(self.order + code, self.take(struct.calcsize(code)))[0]

    def string(self) -> str:
        return self.take(self.number("Q")).decode("utf-8", "replace")

    def name(self, what: str) -> str:
        """Read the name of a tensor or an entry, which must be UTF-8; the text of a value need not be."""
        try:
            return self.take(self.number("Q")).decode("utf-8")
        except UnicodeDecodeError:
            raise CheckpointError(
                self.path, f"the name of {what} is not UTF-8; the file is damaged, fetch it again"
            ) from None

    def value(self, kind: int) -> object:
        """One value of the metadata; an array is passed over."""
        if kind in _SCALARS:
            return self.number(_SCALARS[kind])
        if kind == _STRING:
            return self.string()
        if kind != _ARRAY:
            raise CheckpointError(
                self.path, f"metadata of the unknown type {kind}; the file is damaged, fetch it again"
            )
        inner, length = self.number("I"), self.number("Q")
        if inner in _SCALARS:
            self.skip(length * struct.calcsize(_SCALARS[inner]))
        elif inner == _STRING:
            for _ in range(length):
                self.skip(self.number("Q"))
        else:
            raise CheckpointError(
                self.path, f"an array of the unknown type {inner}; the file is damaged, fetch it again"
            )
        return None


def read_gguf(path: Path) -> list[Tensor]:
    """The tensors of a GGUF file, and of the files that it is split into. Raises :class:`CheckpointError`."""
    split = _SPLIT.search(path.name)
    if split is None:
        return _read_file(path)
    found: list[Tensor] = []
    for part in range(1, int(split["parts"]) + 1):
        name = f"{path.name[: split.start()]}-{part:05d}-of-{split['parts']}.gguf"
        if not (path.parent / name).is_file():
            raise CheckpointError(path, f"the part {printable(name)} is missing beside it; fetch it too")
        found += _read_file(path.parent / name)
    return found


def _read_file(path: Path) -> list[Tensor]:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            refuse_pointer(path, file.read(64))
            file.seek(0)
            reader = _Reader(path, file, size)
            if reader.take(4) != MAGIC:
                raise CheckpointError(path, "no GGUF file: it does not begin with GGUF; name the file that does")
            version = reader.number("I")
            if not version & 0xFFFF:  # the other byte order
                reader.order = ">"
                version = int.from_bytes(version.to_bytes(4, "little"), "big")
            if version not in (2, 3):
                raise CheckpointError(
                    path, f"GGUF of version {version}; versions 2 and 3 can be read: convert it again"
                )
            tensors, entries = reader.number("Q"), reader.number("Q")
            alignment = _alignment(reader, entries)
            placed = [_tensor(reader) for _ in range(_sensible(reader, tensors, "tensors"))]
            data = -(-(size - reader.left) // alignment) * alignment
    except OSError as error:
        raise CheckpointError(path, f"cannot be read ({error.strerror})") from None
    return _checked(path, placed, size - data)


def _alignment(reader: _Reader, entries: int) -> int:
    """Passes over the metadata; gives the alignment that it sets."""
    alignment = 32
    for _ in range(_sensible(reader, entries, "metadata entries")):
        key, kind = reader.name("an entry"), reader.number("I")
        value = reader.value(kind)
        if key == "general.alignment":
            alignment = value
    if not isinstance(alignment, int) or alignment < 1:
        raise CheckpointError(reader.path, f"an alignment of {alignment}; the file is damaged, fetch it again")
    return alignment


def _sensible(reader: _Reader, number: int, what: str) -> int:
    if number > reader.left:  # each takes more than a byte
        raise CheckpointError(reader.path, f"claims {number:,} {what}; the file is damaged or cut off, fetch it again")
    return number


def _tensor(reader: _Reader) -> tuple[int, Tensor]:
    name, dimensions = reader.name("a tensor"), reader.number("I")
    if dimensions > 8:
        raise CheckpointError(
            reader.path, f"tensor {printable(name)!r} of {dimensions} dimensions; the file is damaged, fetch it again"
        )
    shape = tuple(reader.number("Q") for _ in range(dimensions))[::-1]  # GGUF has the fastest dimension first
    kind, offset = reader.number("I"), reader.number("Q")
    if kind not in _TYPES:
        raise CheckpointError(
            reader.path, f"tensor {printable(name)!r} is of the unknown type {kind}; convert it again"
        )
    dtype, block, size = _TYPES[kind]
    elements = math.prod(shape)
    if elements % block:
        raise CheckpointError(
            reader.path, f"tensor {printable(name)!r}: {elements:,} elements are no blocks of {dtype}; fetch it again"
        )
    return offset, Tensor(name, dtype, shape, elements // block * size)


def _checked(path: Path, placed: list[tuple[int, Tensor]], size: int) -> list[Tensor]:
    names = [tensor.name for _, tensor in placed]
    if len(set(names)) < len(names):
        twice = next(name for name, times in Counter(names).items() if times > 1)
        raise CheckpointError(path, f"tensor {printable(twice)!r} stands twice; the file is damaged, fetch it again")
    position = 0
    for offset, tensor in sorted(placed, key=lambda entry: entry[0]):
        if offset < position:
            raise CheckpointError(
                path, f"tensor {printable(tensor.name)!r} overlaps the one before; the file is damaged, fetch it again"
            )
        position = offset + tensor.bytes
    if position > size:
        raise CheckpointError(
            path, f"the file is cut off: its tensors take {position:,} bytes, it holds {max(size, 0):,}; fetch it again"
        )
    return [tensor for _, tensor in placed]
