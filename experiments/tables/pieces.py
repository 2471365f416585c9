"""A file that lies in pieces, because it is too large for one package."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BLOCK = 2**20  # bytes that are read at once


@dataclass(frozen=True)
class Pieces:
    """The pieces of a file in their order; `name` is that of the whole."""

    name: str
    paths: tuple[Path, ...]

    def exists(self) -> bool:
        """Whether all pieces are there."""
        return all(path.is_file() for path in self.paths)

    def blocks(self) -> Iterator[bytes]:
        """The content of the whole, some bytes at a time. Raises OSError where a piece cannot be read."""
        for path in self.paths:
            with path.open("rb") as file:
                while block := file.read(BLOCK):
                    yield block


def files_of(file: Path | Pieces) -> tuple[Path, ...]:
    """The file, or the pieces in which it lies."""
    return file.paths if isinstance(file, Pieces) else (file,)
