"""Adopts a foreign file: checks it, writes the study and its labels, and freezes the tables."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import yaml

from experiments.adopting.foreign import read_foreign
from experiments.adopting.labels import to_examples
from experiments.adopting.system import ADOPTED_COLUMNS, Study, adopted_path
from experiments.freezing import run_study
from experiments.freezing.seal import Sealed
from experiments.metrics.classification_tables import Example
from experiments.study_files import load_study, studies_root
from experiments.system import Progress
from experiments.tables.canonical import encode
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import NAME, shown_path


def adopt(
    path: Path,
    name: str,
    columns: Mapping[str, str],
    labels: Sequence[str] | None,
    source: str | None,
    root: Path,
    progress: Progress,
) -> tuple[list[Sealed], list[str]]:
    """Freeze the predictions in `path` as the study `name`; the tables, and notes on what was accepted.

    `columns` maps id, gold, before and after to columns of the file. A study that was adopted under that name is
    replaced. Raises UserError where anything is wrong, and then leaves all files as they were.
    """
    _check_name(name)
    foreign = read_foreign(path, columns)
    examples, all_labels = to_examples(foreign, labels)
    place = printable(path.name)
    title = printable(" ".join((source or "").split()), 500) or place
    content = {
        "study": name,
        "title": title,
        "system": "adopting",
        "source": {"title": title, "place": place, "sha256": foreign.sha256},
        "columns": dict(columns),
        "labels": all_labels,
    }
    study = Study.model_validate(content)
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)
    files = {adopted_path(name): _csv(examples, name), studies_root() / f"{name}.yaml": text.encode()}
    with _replaced(files):
        return run_study(study, root, progress), foreign.notes


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise UserError(f"{printable(name)} is no name of a study: use a-z, 0-9 and single hyphens")
    path = studies_root() / f"{name}.yaml"
    if path.exists() and load_study(name).system != "adopting":
        raise UserError(f"{shown_path(path)}: there is a study of this name, and it was not adopted; choose another")


def _csv(examples: Sequence[Example], name: str) -> bytes:
    return encode(ADOPTED_COLUMNS, ("id",), [example._asdict() for example in examples], name)


@contextmanager
def _replaced(files: Mapping[Path, bytes]) -> Iterator[None]:
    """The files written, one after the other; back to what they were where the block fails."""
    old = {path: path.read_bytes() if path.exists() else None for path in files}
    try:
        for path, data in files.items():
            _write(path, data)
        yield
    except BaseException:
        for path, data in old.items():
            if data is None:
                path.unlink(missing_ok=True)
            else:
                _write(path, data)
        raise


def _write(path: Path, data: bytes) -> None:
    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(data)
        os.replace(beside, path)
    except OSError as error:
        raise UserError(f"{shown_path(path)}: cannot be written: {error.strerror}") from None
