"""Adopts a foreign file: checks it, writes the study and its labels, and freezes the tables."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import yaml

from experiments.adopting.adopted import encode_adopted
from experiments.adopting.foreign import read_foreign
from experiments.adopting.labels import name_labels
from experiments.adopting.study import Study, adopted_path
from experiments.freezing import run_study
from experiments.freezing.seal import Sealed
from experiments.study_files import load_study, studies_root
from experiments.system import Progress
from experiments.tables.errors import UserError, printable
from experiments.tables.files import replace_file
from experiments.tables.locations import NAME, shown_path


def adopt(
    path: Path,
    name: str,
    columns: Mapping[str, str],
    labels: Sequence[str] | None,
    source: str | None,
    root: Path,
    progress: Progress,
) -> tuple[list[Sealed], tuple[str, ...]]:
    """Freeze the predictions in `path` as the study `name`; the tables, and notes on what was accepted.

    `columns` maps id, gold, before and after to columns of the file. A study that was adopted under that name is
    replaced. Raises UserError where anything is wrong, and then leaves all files as they were.
    """
    _check_name(name)
    study, files, notes = _study_and_files(path, name, columns, labels, source)
    with _replaced(files):
        return run_study(study, root, progress), notes


def _study_and_files(
    path: Path, name: str, columns: Mapping[str, str], labels: Sequence[str] | None, source: str | None
) -> tuple[Study, dict[Path, bytes], tuple[str, ...]]:
    """The study, its two files, and notes on what was accepted. What was read is no longer held when it runs."""
    foreign = read_foreign(path, columns)
    named, all_labels = name_labels(foreign, labels)
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
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)
    files = {adopted_path(name): encode_adopted(named), studies_root() / f"{name}.yaml": text.encode()}
    return Study.model_validate(content), files, foreign.notes


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise UserError(f"{printable(name)} is no name of a study: use a-z, 0-9 and single hyphens")
    path = studies_root() / f"{name}.yaml"
    if path.exists() and load_study(name).system != "adopting":
        raise UserError(f"{shown_path(path)}: there is a study of this name, and it was not adopted; choose another")


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
    try:
        replace_file(path, data)
    except OSError as error:
        raise UserError(f"{shown_path(path)}: cannot be written: {error.strerror}") from None
