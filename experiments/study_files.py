"""The studies of a project: one YAML file each under `experiments/studies`, checked against the model of its system."""

from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError

from experiments.study import StudyBase
from experiments.system import SYSTEMS, load_system
from experiments.tables.errors import UserError, printable
from experiments.tables.locations import NAME, shown_path, studies_root
from experiments.tables.settings import complaints, read_yaml

MOST_NAMED = 40
"""Studies that one line names."""


def study_names(root: Path | None = None) -> list[str]:
    """The names of all studies, sorted. Raises UserError for a file whose name is no study name."""
    names = []
    for path in filter(Path.is_file, (root or studies_root()).glob("*.yaml")):
        if not NAME.fullmatch(path.stem):
            raise UserError(f"{shown_path(path)}: a study is named in a-z, 0-9 and single hyphens")
        names.append(path.stem)
    return sorted(names)


def _known(name: str, names: list[str]) -> str:
    """Which studies there are; of many those whose names are like one that is not there."""
    if len(names) <= MOST_NAMED:
        return f"known: {', '.join(names) or 'none'}"
    near = get_close_matches(name, names)
    return f"did you mean {' or '.join(near)}?" if near else f"`experiments list` shows the {len(names)} that there are"


def load_study(name: str, root: Path | None = None) -> StudyBase:
    """The study called `name`. Raises UserError with file, line and key for whatever is wrong in it."""
    root = root or studies_root()
    path = root / f"{name}.yaml"
    if not NAME.fullmatch(name) or not path.is_file():
        raise UserError(f"there is no study {printable(name)}; {_known(name, study_names(root))}")
    content, lines = read_yaml(path)
    system = content.get("system")
    if not isinstance(system, str) or system not in SYSTEMS:
        line, what = lines.get(("system",), 1), f"unknown system {system!r}"
        if system is None:
            near = next(iter(get_close_matches("system", filter(lambda key: isinstance(key, str), content), 1)), "")
            line, what = lines.get((near,), 1), "names no system" + (f"; is {near} meant for it?" if near else "")
        raise UserError(f"{shown_path(path)}:{line}: {printable(what)}; known: {', '.join(sorted(SYSTEMS))}")
    model = load_system(system).Study
    try:
        study = model.model_validate(content)
    except ValidationError as error:
        raise UserError("\n".join(complaints(error, path, lines, model))) from None
    if study.study != name:
        raise UserError(f"{shown_path(path)}:{lines[('study',)]}: study: {study.study} is not the name of the file")
    return study
