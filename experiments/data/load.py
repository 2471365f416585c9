"""Find a split of a data set and read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from experiments.data.errors import DataError
from experiments.data.examples import Example
from experiments.data.parse import COLUMNS, parse
from experiments.data.registry import SMOKE, Entry, dataset_entry
from experiments.data.rows import read_rows
from experiments.hub.place import How, Located
from experiments.hub.resolve import chosen_folder, from_hub
from experiments.hub.snapshot import cached
from experiments.tables.digest import sha256_file
from experiments.tables.locations import shown_path

E = TypeVar("E", bound=Example)


@dataclass(frozen=True)
class DataSplit(Generic[E]):
    """A split as it was read. `unlabelled` rows were left out; `sha256` is that of the file."""

    dataset: str
    split: str
    labels: tuple[str, ...]
    examples: tuple[E, ...]
    unlabelled: int
    path: Path
    sha256: str
    how: How
    revision: str | None


def load_split(name: str, split: str, data_dir: Path | None = None, revision: str | None = None) -> DataSplit:
    """The examples of a split, in the order of the file.

    Looked for in `data_dir` (else the environment variable COLOPHON_DATA_DIR), the local hub cache and the hub; what
    ships with the project needs none of them. Raises UserError: one line that names the ways to provide the data, or
    (DataError) the file and line of what is wrong in it. No split is empty, no id stands twice.
    """
    entry = dataset_entry(name)
    found, path = _find(entry, split, data_dir, revision)
    examples, unlabelled, seen = [], 0, {}
    for row in read_rows(path, COLUMNS[entry.kind]):
        example = parse(entry.kind, row, split, entry.codes)
        if example is None:
            unlabelled += 1
            continue
        if example.id in seen:
            raise DataError(row.where, f"the id {example.id} stands a second time, first at {seen[example.id]}")
        seen[example.id] = row.where
        examples.append(example)
    if not examples:
        raise DataError(shown_path(path), f"the split {split} of {name} has no examples")
    return DataSplit(
        name, split, entry.labels, tuple(examples), unlabelled, path, sha256_file(path), found.how, found.revision
    )


def local_paths(
    name: str, splits: Sequence[str], data_dir: Path | None = None, revision: str | None = None
) -> dict[str, Path]:
    """The files of the splits on this machine, for `TableSpec.data`; a split that is not here has no entry.

    Never asks the network.
    """
    entry = _pinned(dataset_entry(name), revision)
    paths = {}
    for split in splits:
        path = _in_folder(entry, split, data_dir)
        if path is None and entry.hub is not None and (inside := entry.split(split).hub):
            snapshot = cached(name, entry.hub, "dataset", inside, Path.is_dir)
            path = snapshot.folder / inside if snapshot else None
        if path is not None:
            paths[f"{name}/{split}"] = path
    return paths


def _find(entry: Entry, split: str, data_dir: Path | None, revision: str | None) -> tuple[Located, Path]:
    entry = _pinned(entry, revision)
    path = _in_folder(entry, split, data_dir)
    if path is not None:
        return Located(entry.name, path.parent, "package" if entry.shipped else "folder"), path
    inside = entry.split(split).hub
    found = from_hub(
        entry.name,
        "dataset",
        entry.hub if inside else None,
        first=inside or "",
        complete=Path.is_dir,
        wanted=lambda files: [file for file in files if file == inside],
        ways=_ways(entry, split),
    )
    return found, found.folder / inside


def _in_folder(entry: Entry, split: str, data_dir: Path | None) -> Path | None:
    root = SMOKE if entry.shipped else chosen_folder(data_dir, "COLOPHON_DATA_DIR", "--data-dir")
    path = root / entry.split(split).file if root else None
    return path if path is not None and path.is_file() else None


def _pinned(entry: Entry, revision: str | None) -> Entry:
    if revision is None or entry.hub is None:
        return entry
    return entry.model_copy(update={"hub": entry.hub.model_copy(update={"revision": revision})})


def _ways(entry: Entry, split: str) -> str:
    ways = [f"put {entry.split(split).file} below --data-dir or COLOPHON_DATA_DIR"]
    if entry.hub is not None and entry.split(split).hub:
        ways.append(f"download {entry.hub.repo} into the hub cache")
        ways.append("or go online" if entry.hub.revision else "or pin its revision and go online")
    else:
        ways.append(f"it comes from {entry.source}")
    return "; ".join(["to provide it: " + ways[0], *ways[1:]])
