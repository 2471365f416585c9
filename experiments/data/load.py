"""Find a split of a data set and read it."""

import hashlib
import re
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path
from typing import Generic, TypeVar

from experiments.data.errors import DataError, MissingFileError
from experiments.data.examples import Example
from experiments.data.mapping import Entry
from experiments.data.parse import parse
from experiments.data.registry import SMOKE, dataset_entry, registry_file
from experiments.data.rows import DataFile, Row, read_rows, stream_rows
from experiments.data.splits import cut
from experiments.data.stored import IN_MEMORY, gather
from experiments.hub.addresses import bring
from experiments.hub.place import How, Located
from experiments.hub.resolve import chosen_folder, from_hub
from experiments.hub.snapshot import HubError, cached, list_files
from experiments.tables.digest import ListDigest, sha256_file
from experiments.tables.errors import UserError
from experiments.tables.locations import project_root, shown_path
from experiments.tables.settings import place_of

E = TypeVar("E", bound=Example)

SHARD = re.compile(r"-\d{5}-of-(\d{5})\b")


@dataclass(frozen=True)
class DataSplit(Generic[E]):
    """A split as it was read. `unlabelled` rows were left out; `digests` are SHA-256 of its files by name.

    Examples that are larger than memory lie on the disk.
    """

    dataset: str
    split: str
    labels: tuple[str, ...]
    examples: Sequence[E]
    unlabelled: int
    digests: Mapping[str, str]
    how: How
    revision: str | None


@dataclass(frozen=True)
class Found:
    """The files of a split, and how they were found."""

    files: tuple[DataFile, ...]
    how: How
    revision: str | None = None


def load_split(data: Entry | str, split: str, data_dir: Path | None = None) -> DataSplit:
    """The examples of a split, in the order of the file.

    Looked for in `data_dir` (else the environment variable COLOPHON_DATA_DIR), the project (its folder `data` first),
    the local hub cache and the hub; what ships with the package needs none of them. Raises UserError: one line that
    names the ways to provide the data, or (DataError) the file and line of what is wrong in it. No split is empty, no
    id stands twice.
    """
    entry = dataset_entry(data) if isinstance(data, str) else data
    whole = _read(entry, entry.read_from(split), data_dir)
    if split in entry.splits:
        return whole
    one, other = cut(whole.examples, entry.cut.share, entry.cut.seed)
    return replace(whole, split=split, examples=one if split == entry.cut.into[0] else other)


def local_paths(data: Entry | str, splits: Sequence[str], data_dir: Path | None = None) -> dict[str, Path | None]:
    """The files that the splits are made from on this machine, None for a split that is not here: `TableSpec.data`.

    Among them is the file in which the project describes the data set. Never asks the network.
    """
    entry = dataset_entry(data) if isinstance(data, str) else data
    paths: dict[str, Path | None] = {}
    for split in splits:
        files = _here(entry, entry.read_from(split), data_dir)
        paths |= _named(entry, split, files.files) if files else {f"{entry.name}/{split}": _expected(entry, split)}
    if entry.origin == "project" and (described := registry_file(entry.name)):
        paths[f"{entry.name}.yaml"] = described
    return paths


def _expected(entry: Entry, split: str) -> Path | None:
    """Where a file of the project's own that is not there would be, so that it is noticed once it comes."""
    files = entry.split(entry.read_from(split)).file
    return project_root() / files[0] if files and entry.origin != "package" else None


def _read(entry: Entry, split: str, data_dir: Path | None) -> DataSplit:
    if entry.stream and entry.hub is not None and _here(entry, split, data_dir) is None:
        return _streamed(entry, split)
    found = _find(entry, split, data_dir)
    digests = {name: sha256_file(path) for name, path in _named(entry, split, found.files).items()}
    return _examples(entry, split, lambda: _rows(found.files, entry.delimiter), digests, found)


def _streamed(entry: Entry, split: str) -> DataSplit:
    repo, digest = entry.hub, ListDigest()
    try:
        list_files(repo, "dataset")  # so that a hub that does not answer is not waited for
    except HubError as error:
        raise UserError(f"{entry.name} is to be streamed, and {error}; without `stream` it may be cached") from None

    def rows() -> Iterator[Row]:
        name = entry.split(split).hub or split
        for row in islice(stream_rows(repo.repo, entry.configuration, name, repo.revision), entry.rows):
            digest.add(repr(row.cells))
            yield row

    found = _examples(entry, split, rows, {}, Found((), "hub", repo.revision))
    return replace(found, digests={f"{entry.name}/{split}": digest.hexdigest()})


def _rows(files: Sequence[DataFile], delimiter: str | None) -> Iterator[Row]:
    """The rows of all files, numbered through."""
    number = 0
    for file in files:
        for row in read_rows(file, delimiter):
            yield row if len(files) == 1 else replace(row, number=number)
            number += 1


def _examples(
    entry: Entry, split: str, rows: Callable[[], Iterator[Row]], digests: Mapping[str, str], found: Found
) -> DataSplit:
    unlabelled, ids = 0, array("Q")

    def parsed() -> Iterator[Example]:
        nonlocal unlabelled
        for row in islice(rows(), entry.rows):
            example = parse(entry, row, split)
            if example is None:
                unlabelled += 1
            else:
                ids.append(_short(example.id))
                yield example

    examples = gather(parsed(), entry.example_type, 0 if entry.stream else IN_MEMORY)
    if not examples:
        what = f"the split {split} of {entry.name} has no examples"
        without = f": none of its {unlabelled} rows has a label" if unlabelled else ""
        raise DataError(found.files[0].shown if found.files else entry.hub.repo, what + without)
    _check_ids(entry, split, rows, ids)
    return DataSplit(entry.name, split, entry.label_names, examples, unlabelled, digests, found.how, found.revision)


def _check_ids(entry: Entry, split: str, rows: Callable[[], Iterator[Row]], ids: array) -> None:
    """Raises DataError for an id that stands twice; the rows are read again only where one may."""
    import numpy as np

    found = np.sort(np.frombuffer(ids, np.uint64))
    twice, seen = set(found[1:][found[1:] == found[:-1]].tolist()), {}
    for row in islice(rows(), entry.rows) if twice else ():
        example = parse(entry, row, split)
        if example is not None and _short(example.id) in twice:
            if example.id in seen:
                raise DataError(row.where, f"the id {example.id} stands a second time, first at {seen[example.id]}")
            seen[example.id] = row.where


def _short(name: str) -> int:
    """Eight bytes that tell nearly all names apart."""
    return int.from_bytes(hashlib.blake2b(name.encode(errors="surrogatepass"), digest_size=8).digest())


def _named(entry: Entry, split: str, files: Sequence[DataFile]) -> dict[str, Path]:
    """The files by the names under which a table keeps their digests."""
    name = f"{entry.name}/{split}"
    return {name if number == 0 else f"{name}, file {number + 1}": file.path for number, file in enumerate(files)}


def _find(entry: Entry, split: str, data_dir: Path | None) -> Found:
    here = _here(entry, split, data_dir)
    if here is not None:
        return here
    patterns = _patterns(entry, split)
    if entry.origin != "package" and not patterns:
        files, folders = entry.split(split).file or (), _folders(entry, data_dir)
        what = "is a folder" if any((folder / files[0]).is_dir() for folder in folders) else "is not there"
        message = (
            f"{files[0]}, the split {split} of {entry.name}, {what}; looked for below "
            f"{' and '.join(shown_path(folder) for folder in folders)}; put it there, or mend splits.{split}"
        )
        if entry.origin == "project":
            raise UserError(f"{place_of(registry_file(entry.name), files[0])}: {message}")
        raise MissingFileError(message, files[0])

    def wanted(files: Sequence[str]) -> list[str]:
        return next((found for p in patterns if (found := [f for f in files if fnmatchcase(f, p)])), [])

    located = from_hub(
        entry.name,
        "dataset",
        entry.hub if patterns else None,
        first=patterns[0] if patterns else "",
        complete=lambda folder: False,
        wanted=wanted,
        ways=_ways(entry, split),
    )
    return _in_snapshot(located, patterns)


def _here(entry: Entry, split: str, data_dir: Path | None) -> Found | None:
    """The files of a split where they are on this machine: in a folder, or in the local hub cache."""
    for folder in _folders(entry, data_dir):
        for name in entry.split(split).file or ():
            if files := _files(folder, name):
                return Found(files, "package" if entry.shipped else "folder")
    if entry.hub is not None and not entry.stream:
        for pattern in (patterns := _patterns(entry, split)):
            located = cached(entry.name, entry.hub, "dataset", pattern, lambda f, p=pattern: _whole(f, p))
            if located is not None:
                return _in_snapshot(located, patterns)
    return None


def _folders(entry: Entry, data_dir: Path | None) -> list[Path]:
    if entry.shipped:
        return [SMOKE]
    chosen = chosen_folder(data_dir, "COLOPHON_DATA_DIR", "--data-dir")
    own = [project_root() / "data"] + ([] if entry.origin == "package" else [project_root()])
    return [chosen, *own] if chosen else own


def _files(folder: Path, name: str) -> tuple[DataFile, ...]:
    """The file of this name, which may lead into a .zip archive, or all files that fit a pattern with asterisks."""
    path = folder / Path(name).expanduser()
    bring(folder, lambda files: [file for file in files if _is_meant(file, Path(name).as_posix())])
    if path.is_file():
        return (DataFile(path),)
    if "*" in name and not Path(name).is_absolute():
        return tuple(DataFile(found) for found in sorted(folder.glob(name)) if found.is_file())
    archive = next((above for above in path.parents if above.suffix.lower() == ".zip" and above.is_file()), None)
    return (DataFile(archive, path.relative_to(archive).as_posix()),) if archive else ()


def _is_meant(file: str, name: str) -> bool:
    """Whether a file has this name, fits this pattern, or is an archive into which this path leads."""
    return file == name or fnmatchcase(file, name) or (file.lower().endswith(".zip") and name.startswith(f"{file}/"))


def _patterns(entry: Entry, split: str) -> list[str]:
    """Where a repository of the hub may have the split, as patterns of paths in it; the first that fits counts."""
    name = entry.split(split).hub
    if name is None:
        return []
    if "/" in name or "*" in name or "." in name:
        return [name]
    folders = [entry.configuration] if entry.configuration else ["data", "default", "plain_text"]
    return [f"{folder}/{name}-*.parquet" for folder in folders] + [
        f"{folder}{name}.{suffix}"
        for folder in (f"{entry.configuration}/" if entry.configuration else "", "data/", "")
        for suffix in ("parquet", "csv", "tsv", "jsonl", "json")
    ]


def _in_snapshot(located: Located, patterns: Sequence[str]) -> Found:
    files = next(found for pattern in patterns if (found := sorted(located.folder.glob(pattern))))
    return Found(tuple(map(DataFile, files)), located.how, located.revision)


def _whole(folder: Path, pattern: str) -> bool:
    """Whether all shards of a split are there, where their names say how many there are."""
    files = [path.name for path in folder.glob(pattern)]
    counts = {int(found[1]) for name in files if (found := SHARD.search(name))}
    return bool(files) and (not counts or counts == {len(files)})


def _ways(entry: Entry, split: str) -> str:
    files, where = entry.split(split).file, entry.split(split).hub
    below = "the project's folder data" if entry.origin == "package" else "the project"
    ways = [f"put {files[0]} below --data-dir, COLOPHON_DATA_DIR or {below}"] if files else []
    if entry.hub is not None and where:
        ways.append(f"download {entry.hub.repo} into the hub cache")
        ways.append("or go online" if entry.hub.revision else "or pin its revision and go online")
    elif entry.source:
        ways.append(f"it comes from {entry.source}")
    return "; ".join(["to provide it: " + ways[0], *ways[1:]])
