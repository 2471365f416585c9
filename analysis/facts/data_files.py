"""The data files behind a table, where they are on this machine: only their text may be shown, never kept.

Frozen tables carry the ids of examples and not the text of data sets that others own. A chapter that shows some of the
text reads it from the very file that the table was made from, which the sidecar's digest tells from any other.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from analysis.facts.reads import paused
from experiments.tables import safe_yaml
from experiments.tables.digest import sha256_file
from experiments.tables.locations import data_folder


def data_file(project: Path, name: str, digest: str) -> Path | None:
    """The file of the split `name` ("sst2/dev") with this SHA-256, None where no file on this machine has it."""
    dataset, slash, split = name.partition("/")
    if not slash or any(part in ("", ".", "..") for part in (dataset, *split.split("/"))):
        return None
    for file in (*_in_data_folder(project, dataset, split), *_as_described(project, dataset, split)):
        try:
            if file.is_file() and sha256_file(file) == digest:
                return file
        except OSError:
            continue
    return None


def describe_data(project: Path, dataset: str) -> Mapping:
    """How the project describes a data set of its own, in its registry or in a study, as its YAML has it; else empty.

    Nothing is checked here: `experiments` has read the file by the same words.
    """
    own = project / "experiments"
    for path in (own / "registry" / "data" / f"{dataset}.yaml", *sorted((own / "studies").glob("*.yaml"))):
        try:
            with paused():  # a study is what its tables are made from: they tell when it changes
                text = safe_yaml.read_text(path)
            content = _load(text) if dataset in text or path.stem == dataset else None
        except (OSError, ValueError, yaml.YAMLError):
            continue
        for found in _mappings(content):
            named = found.get("name") == dataset or path.parent.name == "data"
            if named and isinstance(found.get("splits"), dict):
                return found
    return {}


_load = lru_cache(maxsize=128)(safe_yaml.load)


def _in_data_folder(project: Path, dataset: str, split: str) -> list[Path]:
    """The files of the data set's folder, that which has the name of its split first; the digest alone decides."""
    folder = data_folder(project)
    try:
        files = [] if folder is None else [file for file in (folder / dataset).iterdir() if file.is_file()]
    except OSError:
        return []
    return sorted(files, key=lambda file: (not file.stem.startswith(split), file.name))


def _as_described(project: Path, dataset: str, split: str) -> Iterator[Path]:
    """Where the project's own description says that the split lies, or the one that it is cut from."""
    said = describe_data(project, dataset)
    cut = said.get("cut")
    place = said.get("splits", {}).get(split) or (
        said["splits"].get(cut.get("split")) if isinstance(cut, dict) else None
    )
    place = place.get("file") if isinstance(place, dict) else place
    for name in [place] if isinstance(place, str) else place or ():
        for folder in filter(None, (data_folder(project), project / "data", project)):
            yield folder / str(name)


def _mappings(content: object) -> Iterator[dict]:
    """All mappings in what a YAML file holds, outer ones first."""
    if isinstance(content, dict):
        yield content
    if isinstance(content, dict | list):
        for part in content.values() if isinstance(content, dict) else content:
            yield from _mappings(part)
