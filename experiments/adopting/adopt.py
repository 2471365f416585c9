"""Adopts foreign files: checks them, writes the study and its predictions, and freezes the tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from experiments.adopting.adopted import GOLD_PROBABILITY, PROBABILITY, encode_adopted
from experiments.adopting.foreign import GOLD, HASH, ID, read_foreign
from experiments.adopting.join import Examples, join, of_one_file
from experiments.adopting.labels import Labelled, Meaning, name_labels
from experiments.adopting.numbers import choose_likeliest, read_values
from experiments.adopting.study import Study, adopted_path, side_column
from experiments.freezing import run_study
from experiments.freezing.seal import Sealed
from experiments.study_files import load_study, studies_root
from experiments.system import Progress
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import NAME, shown_path
from experiments.tables.presentation import read_presented
from experiments.tables.typed import typed_text


@dataclass(frozen=True)
class Request:
    """What to adopt: one file, or two about the same examples, and what their columns and cells mean.

    `columns` maps id or hash, gold and each side to columns; `probabilities` the sides whose predictions are
    probabilities to theirs, in the order of the labels. Of two files, `predicted` is the column of either.
    """

    name: str
    files: tuple[Path, ...]
    columns: Mapping[str, str]
    meaning: Meaning = field(default_factory=Meaning)
    probabilities: Mapping[str, Sequence[str]] = field(default_factory=dict)
    regression: bool = False
    source: str | None = None


def adopt(request: Request, root: Path, progress: Progress) -> tuple[list[Sealed], tuple[str, ...]]:
    """Freeze the predictions as a study; the tables, and notes on what was accepted.

    A study that was adopted under that name is replaced. Raises UserError where anything is wrong, and then leaves all
    files as they were.
    """
    check_name(request.name)
    content, files, notes = _study_and_predictions(request)
    return freeze_adopted(content, files, root, progress), notes


def freeze_adopted(content: dict[str, object], predictions: bytes, root: Path, progress: Progress) -> list[Sealed]:
    """Write a study with this content and its predictions, and freeze its tables; nothing is written where it fails.

    What an earlier study of this name says of its presentation, under `report`, stays.
    """
    report = read_presented(str(content["study"])).report
    if said := report.model_dump(exclude_defaults=True):
        content = {**content, "report": said}
    study = Study.model_validate(content)
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)
    path = adopted_path(study.study).relative_to(studies_root()).as_posix()
    files = {path: predictions, f"{study.study}.yaml": text.encode()}
    return run_study(study, root, progress, files=files)


def _study_and_predictions(request: Request) -> tuple[dict[str, object], bytes, tuple[str, ...]]:
    """The content of the study, its predictions, and notes on what was accepted. What was read is let go."""
    examples, sides = _read(request)
    labels, probabilities = request.meaning.labels, {}
    if request.probabilities:
        if labels is None:
            raise UserError("--labels names all labels, in the order of the columns of --probabilities")
        examples, probabilities = choose_likeliest(examples, request.probabilities, labels)
    if request.regression:
        found = read_values(examples, sides, request.meaning.no_gold)
    else:
        found = name_labels(examples, sides, request.meaning)
    columns = found.columns.rename_columns([side_column(name) for name in found.columns.column_names])
    for side, rows in probabilities.items():
        by_id = dict(zip(examples.columns[ID].to_pylist(), rows, strict=True))
        columns = _with_probabilities(columns, side, by_id, found)
    content = {
        "study": request.name,
        "title": title_of(request.source, *request.files),
        "system": "adopting",
        "task": "regression" if request.regression else "classification",
        "files": [
            file_entry(request.source, each.file.path, each.file.sha256, dict(each.taken)) for each in examples.files
        ],
        "sides": list(sides),
        "labels": list(found.labels),
        "probabilities": list(probabilities),
        "left_out": found.left_out,
        "invalid": found.invalid,
    }
    content = {key: value for key, value in content.items() if value or key == "sides"}
    notes = (*examples.notes, *found.notes, *note_of_one("example", columns.num_rows))
    return content, encode_adopted(columns), notes


def note_of_one(what: str, n: int) -> Iterator[str]:
    """What is to be said of the intervals where all that is drawn for them is one example or paragraph."""
    if n == 1:
        yield f"one {what} alone cannot be resampled: bounds of bootstrap intervals are missing"


def _read(request: Request) -> tuple[Examples, tuple[str, ...]]:
    """The cells of the file or files, and the sides whose predictions they hold."""
    columns = dict(request.columns)
    own = {key: columns[key] for key in (ID, HASH, GOLD) if key in columns}
    sides = {key: name for key, name in columns.items() if key not in own}
    if len(request.files) == 1:
        names = {name: name for all_names in request.probabilities.values() for name in all_names}
        if taken := sorted(names.keys() & {**own, **sides}.keys()):
            raise UserError(f"--probabilities: {taken[0]} is what --map calls another column; rename it in the file")
        foreign = read_foreign(request.files[0], {**own, **sides, **names})
        return of_one_file(foreign), (*sides, *request.probabilities)
    each = []
    for side, path in zip(("before", "after"), request.files, strict=True):
        column = sides.get(side) or sides.get("predicted")
        each.append(read_foreign(path, {**own, side: column or ""}, optional=(GOLD,)))
    return join(*each, columns[GOLD]), ("before", "after")


def _with_probabilities(columns, side: str, rows: Mapping[str, Sequence[float]], found: Labelled):
    """The columns with the probabilities that the side gives the gold label and its prediction."""
    import pyarrow as pa

    number = {label: at for at, label in enumerate(found.labels)}
    name = side_column(side)
    for end, other in ((GOLD_PROBABILITY, GOLD), (PROBABILITY, name)):
        pairs = zip(columns[ID].to_pylist(), columns[other].to_pylist(), strict=True)
        cells = [repr(rows[example][number[label]]) for example, label in pairs]
        columns = columns.append_column(name + end, pa.array(cells, pa.string()))
    return columns


def title_of(source: str | None, *paths: Path) -> str:
    """The title of the study: whose predictions they are, or the names of the files."""
    return printable(" ".join((source or "").split()), 500) or " and ".join(map(_name_of, paths))


def file_entry(source: str | None, path: Path, sha256: str, columns: Mapping[str, str | None]) -> dict[str, object]:
    """What a study says of one original file."""
    return {
        "source": {"title": title_of(source, path), "place": _name_of(path), "sha256": sha256},
        "columns": dict(columns),
    }


def _name_of(path: Path) -> str:
    """The name of a file as a text, whatever the locale."""
    try:
        return printable(typed_text(path.name))
    except UserError:
        return printable(path.name)


def check_name(name: str) -> None:
    """Raise UserError where no adopted study can have this name."""
    if not NAME.fullmatch(name):
        raise UserError(f"{printable(name)} is no name of a study: use a-z, 0-9 and single hyphens")
    path = studies_root() / f"{name}.yaml"
    if path.exists() and load_study(name).system != "adopting":
        raise UserError(f"{shown_path(path)}: there is a study of this name, and it was not adopted; choose another")
