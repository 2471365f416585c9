"""Chapters that came out of the cache, remembered while the process lives: a preview asks for them at each change.

One is as it was if its code is, and all that it depends on besides; and the files that its run left lie there still.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from experiments.tables.stamps import Seen, stamp


@dataclass(frozen=True)
class _Kept:
    asked: Any
    notebook: nbformat.NotebookNode
    files: dict[Path, Seen]
    """What the run left, as it was then."""


_KEPT: dict[Hashable, _Kept] = {}


def recall(name: Hashable, asked: Any) -> nbformat.NotebookNode | None:
    """The notebook that was remembered under this name, if the same is asked for and its files did not change."""
    kept = _KEPT.get(name)
    return kept.notebook if kept and kept.asked == asked and _stamps(kept.files) == kept.files else None


def remember(name: Hashable, asked: Any, notebook: nbformat.NotebookNode, files: Iterable[Path]) -> None:
    """Keep a notebook with the files that its run left; not where one is missing, or was written just now."""
    stamps = _stamps(files)
    _KEPT.pop(name, None)
    if None not in stamps.values():
        _KEPT[name] = _Kept(asked, notebook, stamps)


def _stamps(files: Iterable[Path]) -> dict[Path, Seen | None]:
    return {file: stamp(file) if file.is_file() else None for file in files}
